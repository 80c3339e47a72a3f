/// A fixed number of elements in one allocation that starts on a cache line and never moves.
///
/// Matrices, output columns and the tables of the tree kernels live in these. All elements are initialised from the
/// start, and the allocation ends with at least 64 further readable bytes, so that a vector load that begins at a
/// valid element may run over the end.
///
/// - Layout: 64-byte aligned, elements adjacent, 64 zero bytes behind the last one.
/// - Ownership: views are valid only inside the closure that receives them.
@safe
package struct AlignedArray<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline
    let base: UnsafeMutablePointer<Element>
    /// Number of elements.
    package let count: Int

    /// Allocates `count` elements of one value.
    ///
    /// The elements are filled by bytes, because they are written one by one where the type is not specialised.
    @inlinable
    package init(count: Int, repeating value: Element) {
        precondition(count >= 0, "an array's count is not negative")
        let size = count * MemoryLayout<Element>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 64, alignment: 64)
        unsafe (memory + size).initializeMemory(as: UInt8.self, repeating: 0, count: 64)
        // An element's bytes are all there is to it, and the allocation holds `size` of them.
        unsafe Self.fill(memory, size, with: value)
        unsafe base = memory.bindMemory(to: Element.self, capacity: count)
        self.count = count
    }

    /// Writes elements of one value: the first, then copies of what is there, up to what the nearest cache holds.
    ///
    /// - Precondition: `size` bytes may be written, a multiple of the stride.
    @usableFromInline
    static func fill(_ memory: UnsafeMutableRawPointer, _ size: Int, with value: Element) {
        guard size > 0 else { return }
        unsafe memory.initializeMemory(as: Element.self, repeating: value, count: 1)
        let copiedByteCount = max(MemoryLayout<Element>.stride, 8_192)
        var filled = MemoryLayout<Element>.stride
        while filled < size {
            // Source and target do not overlap: the target begins where what is filled ends.
            let count = min(filled, size - filled, copiedByteCount)
            unsafe (memory + filled).copyMemory(from: memory, byteCount: count)
            filled += count
        }
    }

    /// Copies the elements of a span.
    @inlinable
    package init(copying source: Span<Element>, filler: Element) {
        self.init(count: source.count, repeating: filler)
        for index in source.indices {
            unsafe base[index] = source[index]
        }
    }

    deinit { unsafe base.deallocate() }

    /// Bytes that the elements take.
    package var byteCount: Int { count * MemoryLayout<Element>.stride }

    /// One element; the index is checked.
    package subscript(_ index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index outside the array")
            return unsafe base[index]
        }
        set {
            precondition(index >= 0 && index < count, "index outside the array")
            unsafe base[index] = newValue
        }
    }

    /// All elements.
    @inlinable
    package var span: Span<Element> {
        @_lifetime(borrow self)
        borrowing get {
            // All `count` elements are initialised by `init`.
            let all = unsafe Span<Element>(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(all, borrowing: self)
        }
    }

    /// Lends all elements.
    ///
    /// A closure is needed where the array is a stored property of a class.
    @inlinable
    @inline(__always)
    package borrowing func withSpan<Result: ~Copyable, Failure: Error>(
        _ body: (Span<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span)
    }

    /// Lends all elements for writing.
    @inlinable
    @inline(__always)
    package mutating func withMutableSpan<Result: ~Copyable, Failure: Error>(
        _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Exclusive access to `self` makes the span the only way to these elements.
        var all = unsafe MutableSpan<Element>(_unsafeStart: base, count: count)
        return try body(&all)
    }

    /// Lends some elements for writing, beside others that other threads write.
    ///
    /// - Precondition: until the closure returns, nothing else reads or writes these elements. It is the caller's to
    ///   hold; only the range is checked.
    @inlinable
    @inline(__always)
    package borrowing func withElementsOfOneWriter<Result: ~Copyable, Failure: Error>(
        _ range: Range<Int>, _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements outside the array")
        // The elements lie within the array, and the caller is alone with them.
        var elements = unsafe MutableSpan<Element>(_unsafeStart: base + range.lowerBound, count: range.count)
        return try body(&elements)
    }

    /// Lends the address of the first element to code below Swift's spans: kernels and system calls.
    ///
    /// - Ownership: the address is valid only inside the closure.
    @unsafe
    package borrowing func withUnsafeAddress<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(base)
    }
}
