import Glibc

/// A growable, contiguous run of bytes with one owner.
///
/// Bytes are appended at the end and removed from the front, which is what a connection does with what it has
/// received and has not yet sent. Removing from the front moves an index; the space is reclaimed when it is needed.
///
/// - Ownership: views are valid only inside the closure that receives them.
/// - Isolation: one thread at a time.
/// - Complexity: appending is amortised constant per byte and does not allocate while capacity suffices.
@safe
package struct ByteBuffer: ~Copyable {
    /// Without capacity there is no allocation; this address is then never read or written.
    @usableFromInline
    var base: UnsafeMutableRawPointer
    @usableFromInline
    var start = 0
    @usableFromInline
    var end = 0
    /// Bytes that the allocation has room for.
    @usableFromInline
    package internal(set) var capacity: Int

    /// Makes an empty buffer; one without capacity costs no allocation.
    package init(capacity: Int = 0) {
        precondition(capacity >= 0, "a buffer's capacity is not negative")
        unsafe base = Self.allocate(capacity)
        self.capacity = capacity
    }

    deinit { unsafe Self.deallocate(base, capacity: capacity) }

    /// Number of bytes held.
    @inlinable
    package var count: Int { end &- start }

    package var isEmpty: Bool { start == end }

    /// The bytes held, first received first.
    @inlinable
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            // The first `end` bytes are initialised by every function that moves `end`.
            let held = unsafe Span<UInt8>(
                _unsafeStart: (base + start).assumingMemoryBound(to: UInt8.self), count: end &- start)
            return unsafe _overrideLifetime(held, borrowing: self)
        }
    }

    /// Lends the bytes held.
    ///
    /// A closure is needed where the buffer is a stored property of a class.
    @inlinable
    package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// Makes room for `additional` more bytes.
    @inlinable
    package mutating func reserve(_ additional: Int) {
        if additional > capacity &- end { makeRoom(additional) }
    }

    @inlinable
    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        // `reserve` made sure that one byte after `end` belongs to the allocation.
        unsafe base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end &+= 1
    }

    @inlinable
    package mutating func append(_ source: Span<UInt8>) {
        reserve(source.count)
        // The source is borrowed, so it cannot lie in this buffer, which is borrowed exclusively.
        unsafe source.withUnsafeBufferPointer { from in
            if let first = from.baseAddress {
                unsafe (base + end).copyMemory(from: first, byteCount: from.count)
            }
        }
        end &+= source.count
    }

    /// Appends a literal.
    package mutating func append(_ text: StaticString) {
        precondition(text.hasPointerRepresentation, "a literal of one scalar has no bytes to point to")
        // A static string lives as long as the process.
        append(unsafe Span<UInt8>(_unsafeStart: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends text that is made at run time.
    ///
    /// Disfavoured because a literal would otherwise become a `String` on its way to the buffer.
    @_disfavoredOverload
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            // The span is used before the closure returns.
            append(unsafe Span<UInt8>(_unsafeElements: utf8))
        }
    }

    /// Appends an integer in decimal.
    package mutating func appendDecimal(_ value: Int) {
        if value < 0 {
            append(UInt8(ascii: "-"))
        }
        appendDecimal(value.magnitude)
    }

    /// Appends an unsigned integer in decimal.
    package mutating func appendDecimal(_ value: UInt) {
        var rest = value
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits &+= 1
        }
        reserve(digits)
        rest = value
        var position = end &+ digits
        repeat {
            position &-= 1
            let digit = rest % 10
            rest /= 10
            // `reserve` made sure that `digits` bytes after `end` belong to the allocation.
            unsafe base.storeBytes(
                of: UInt8(truncatingIfNeeded: digit) &+ UInt8(ascii: "0"), toByteOffset: position, as: UInt8.self)
        } while rest != 0
        end &+= digits
    }

    /// Appends up to `limit` bytes that `write` puts into the space behind the bytes held.
    ///
    /// - Parameter write: receives uninitialised space of at least `limit` bytes and returns how many of its first
    ///   bytes it has written, a negative number for none.
    /// - Returns: what `write` returned.
    @inlinable
    @inline(__always)
    package mutating func append(limit: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        reserve(limit)
        let written = unsafe write(UnsafeMutableRawBufferPointer(start: base + end, count: limit))
        precondition(written <= limit, "more bytes reported than there was room for")
        end &+= Swift.max(written, 0)
        return written
    }

    /// Drops bytes from the front.
    package mutating func removeFirst(_ number: Int) {
        precondition(number >= 0 && number <= count, "more bytes removed than are held")
        start &+= number
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Drops bytes from the end.
    package mutating func removeLast(_ number: Int) {
        precondition(number >= 0 && number <= count, "more bytes removed than are held")
        end &-= number
    }

    /// Forgets all bytes and keeps the allocation.
    package mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Forgets all bytes and gives the allocation back.
    package mutating func releaseCapacity() {
        unsafe Self.deallocate(base, capacity: capacity)
        unsafe base = Self.allocate(0)
        capacity = 0
        removeAll()
    }

    private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard byteCount > 0 else { return unsafe nowhere }
        return UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    }

    private static func deallocate(_ base: UnsafeMutableRawPointer, capacity: Int) {
        if capacity > 0 { unsafe base.deallocate() }
    }

    /// The address of the first cache line, which no allocation has and nothing dereferences.
    private static var nowhere: UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    }

    @usableFromInline
    mutating func makeRoom(_ additional: Int) {
        let held = count
        if held &+ additional <= capacity {
            // Enough space in front: move the bytes down; the regions may overlap.
            unsafe _ = memmove(base, base + start, held)
        } else {
            let larger = Swift.max(capacity &* 2, held &+ additional)
            let moved = unsafe Self.allocate(larger)
            unsafe moved.copyMemory(from: base + start, byteCount: held)
            unsafe Self.deallocate(base, capacity: capacity)
            unsafe base = moved
            capacity = larger
        }
        start = 0
        end = held
    }
}

// The only reference to the memory is the value itself, and the value has one owner: who holds it is alone with it.
extension ByteBuffer: @unchecked Sendable {}
