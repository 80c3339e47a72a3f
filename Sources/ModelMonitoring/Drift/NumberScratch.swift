import LinuxSystem

/// Memory for a block of numbers that the kernel reads as doubles.
struct NumberScratch: ~Copyable {
    private static let rowCount = 256
    private var doubles = AlignedArray<Double>(count: Self.rowCount, repeating: 0)

    /// Fills the memory block by block and has each block counted.
    mutating func forEachBlock(
        of count: Int, _ value: (Int) -> Double, counted: (Span<Double>, Int) -> Void
    ) {
        for first in stride(from: 0, to: count, by: Self.rowCount) {
            let rows = min(Self.rowCount, count - first)
            for row in 0..<rows { doubles[row] = value(first + row) }
            doubles.withSpan { counted($0, rows) }
        }
    }
}
