/// Memory for a library that allocates a little for everything it does: blocks that are given back are kept by their
/// size and handed out again, so that in the steady state nothing is allocated.
///
/// Sizes are rounded up to powers of two. What is larger than any of them, and what is given back beyond the bytes that
/// are kept, is the allocator's.
///
/// - Layout: a block is aligned to 16 bytes; before it stand as many, which say how large it is.
/// - Ownership: blocks that are in use when the pool ends are lost; whoever uses it ends before it.
/// - Isolation: one thread at a time.
/// - Complexity: a few loads and stores for each call.
@safe
package final class BlockPool {
    /// Bytes that stand before each block.
    private static let headerByteCount = 16
    /// The smallest blocks have 1 << 6 bytes with their headers, the largest that are kept 1 << 13.
    private static let smallestShift = 6
    private static let shiftCount = 8
    /// What the header of a block says that is never kept.
    private static let unkept = shiftCount

    /// The first of the kept blocks of each size; each begins with the address of the next one.
    private var first = unsafe InlineArray<8, UnsafeMutableRawPointer?>(repeating: nil)
    /// Bytes of blocks that may be kept, and of those that are.
    private let keptByteCountLimit: Int
    package private(set) var keptByteCount = 0

    /// Makes a pool that holds nothing yet.
    ///
    /// - Parameter keptByteCountLimit: bytes of free blocks that it keeps at most.
    package init(keptByteCountLimit: Int) {
        precondition(keptByteCountLimit >= 0, "a limit is not negative")
        self.keptByteCountLimit = keptByteCountLimit
    }

    deinit {
        for index in 0..<Self.shiftCount {
            while let block = unsafe takeKept(index) { unsafe block.deallocate() }
        }
    }

    /// Hands out a block of at least as many bytes, with any content.
    package func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        precondition(byteCount >= 0 && byteCount < Int.max - Self.headerByteCount, "a block has a size")
        let whole = byteCount + Self.headerByteCount
        let index = Self.index(of: whole)
        let block: UnsafeMutableRawPointer
        if index < Self.shiftCount, let kept = unsafe takeKept(index) {
            unsafe block = kept
        } else {
            let size = index < Self.shiftCount ? Self.size(index) : whole
            unsafe block = .allocate(byteCount: size, alignment: 16)
        }
        // Every block has room for its header.
        unsafe block.storeBytes(of: index, as: Int.self)
        unsafe block.storeBytes(of: byteCount, toByteOffset: 8, as: Int.self)
        return unsafe block + Self.headerByteCount
    }

    /// Hands out a block of as many zeros.
    package func allocateZeros(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let block = unsafe allocate(byteCount)
        // The block has at least as many bytes.
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return unsafe block
    }

    /// Hands out a larger or smaller block for another one, with what stands in both.
    ///
    /// - Parameter memory: a block of this pool, of no use afterwards.
    package func reallocate(_ memory: UnsafeMutableRawPointer, _ byteCount: Int) -> UnsafeMutableRawPointer {
        // Every block has a header before it, which `allocate` has written.
        let header = unsafe memory - Self.headerByteCount
        let index = unsafe header.load(as: Int.self)
        if index < Self.shiftCount, byteCount <= Self.size(index) - Self.headerByteCount {
            unsafe header.storeBytes(of: byteCount, toByteOffset: 8, as: Int.self)
            return unsafe memory
        }
        let copiedByteCount = min(unsafe header.load(fromByteOffset: 8, as: Int.self), byteCount)
        let block = unsafe allocate(byteCount)
        // The blocks are different ones, and each has as many bytes.
        unsafe block.copyMemory(from: memory, byteCount: copiedByteCount)
        unsafe free(memory)
        return unsafe block
    }

    /// Takes a block back.
    ///
    /// - Parameter memory: a block of this pool, of no use afterwards.
    package func free(_ memory: UnsafeMutableRawPointer) {
        // Every block has a header before it, which `allocate` has written.
        let block = unsafe memory - Self.headerByteCount
        let index = unsafe block.load(as: Int.self)
        precondition(index >= 0 && index <= Self.unkept, "the block is not one of a pool")
        guard index < Self.shiftCount, keptByteCount + Self.size(index) <= keptByteCountLimit else {
            return unsafe block.deallocate()
        }
        keptByteCount += Self.size(index)
        // A kept block is nobody's, and has room for an address.
        unsafe block.storeBytes(of: first[index], as: UnsafeMutableRawPointer?.self)
        unsafe first[index] = block
    }

    private func takeKept(_ index: Int) -> UnsafeMutableRawPointer? {
        guard let block = unsafe first[index] else { return nil }
        // `free` has written there which block comes next.
        unsafe first[index] = block.load(as: UnsafeMutableRawPointer?.self)
        keptByteCount -= Self.size(index)
        return unsafe block
    }

    /// Bytes of the blocks of a size, with their headers.
    private static func size(_ index: Int) -> Int { 1 << (index + smallestShift) }

    /// Which blocks have as many bytes; `unkept` for more than any.
    private static func index(of whole: Int) -> Int {
        let shift = Int.bitWidth - (whole - 1).leadingZeroBitCount
        return min(max(shift - smallestShift, 0), unkept)
    }
}
