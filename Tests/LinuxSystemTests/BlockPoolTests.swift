import LinuxSystem
import TestSupport
import Testing

/// The pool against what it has been told: blocks hold what was written to them, whatever happens to others.
@Suite struct BlockPoolTests {
    /// A block in use, and the byte that fills it.
    @safe
    private struct Block {
        let memory: UnsafeMutableRawPointer
        let byteCount: Int
        let filler: UInt8

        init(_ memory: UnsafeMutableRawPointer, _ byteCount: Int, filler: UInt8) {
            unsafe self.memory = memory
            self.byteCount = byteCount
            self.filler = filler
            // The pool says that as many bytes are there.
            unsafe memory.initializeMemory(as: UInt8.self, repeating: filler, count: byteCount)
        }

        /// Whether the first bytes are still what was written.
        func isIntact(_ memory: UnsafeMutableRawPointer, upTo count: Int) -> Bool {
            // The block has at least as many bytes.
            (0..<count).allSatisfy { unsafe memory.load(fromByteOffset: $0, as: UInt8.self) == filler }
        }
    }

    @Test func aBlockThatWasGivenBackIsHandedOutAgain() {
        let pool = BlockPool(keptByteCountLimit: 1 << 16)
        let first = unsafe pool.allocate(100)
        unsafe pool.free(first)
        #expect(pool.keptByteCount == 128)
        let second = unsafe pool.allocate(112)
        #expect(unsafe first == second, "both have 128 bytes with their headers")
        #expect(pool.keptByteCount == 0)
        unsafe pool.free(second)
    }

    @Test func noMoreIsKeptThanTheLimit() {
        let pool = BlockPool(keptByteCountLimit: 1_024)
        let blocks = unsafe (0..<64).map { _ in unsafe pool.allocate(48) }
        unsafe blocks.forEach { unsafe pool.free($0) }
        #expect(pool.keptByteCount == 1_024)
    }

    @Test func whatIsLargerThanAnySizeIsNotKept() {
        let pool = BlockPool(keptByteCountLimit: 1 << 20)
        let largest = unsafe pool.allocate((1 << 13) - 16)
        let larger = unsafe pool.allocate((1 << 13) - 15)
        unsafe pool.free(larger)
        #expect(pool.keptByteCount == 0)
        unsafe pool.free(largest)
        #expect(pool.keptByteCount == 1 << 13)
    }

    @Test func zerosAreZerosInABlockThatWasUsed() {
        let pool = BlockPool(keptByteCountLimit: 1 << 16)
        unsafe pool.free(Block(pool.allocate(64), 64, filler: 0xff).memory)
        let zeros = unsafe pool.allocateZeros(64)
        #expect((0..<64).allSatisfy { unsafe zeros.load(fromByteOffset: $0, as: UInt8.self) == 0 })
        unsafe pool.free(zeros)
    }

    @Test func blocksHoldWhatWasWrittenToThem() {
        var generator = SeededGenerator(seed: 0x6b10)
        let pool = BlockPool(keptByteCountLimit: 1 << 15)
        var blocks: [Block] = []
        for step in 0..<20_000 {
            let byteCount = Int.random(in: 0...(1 << Int.random(in: 0...15, using: &generator)), using: &generator)
            let filler = UInt8(truncatingIfNeeded: step)
            switch blocks.isEmpty ? 0 : Int.random(in: 0..<3, using: &generator) {
            case 0 where blocks.count < 200:
                unsafe blocks.append(Block(pool.allocate(byteCount), byteCount, filler: filler))
            case 1 where !blocks.isEmpty:
                let block = blocks.remove(at: Int.random(in: blocks.indices, using: &generator))
                let moved = unsafe pool.reallocate(block.memory, byteCount)
                #expect(unsafe block.isIntact(moved, upTo: min(block.byteCount, byteCount)))
                unsafe blocks.append(Block(moved, byteCount, filler: filler))
            default:
                let block = blocks.remove(at: Int.random(in: blocks.indices, using: &generator))
                #expect(unsafe block.isIntact(block.memory, upTo: block.byteCount))
                unsafe pool.free(block.memory)
            }
        }
        for block in blocks { unsafe pool.free(block.memory) }
    }
}
