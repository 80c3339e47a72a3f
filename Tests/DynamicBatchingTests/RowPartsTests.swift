import Testing

@testable import DynamicBatching

/// How rows are cut into parts: as a table of what threads get, and over many shapes.
@Suite struct RowPartsTests {
    /// Takes all parts for one thread after the other, each of which takes the given time for a row.
    private func cut(
        rows: Int, block: Int, threads: Int, nanosecondsPerRow: Int64
    ) -> [Range<Int>] {
        var parts = RowParts(rowCount: rows, blockRowCount: block, threadCount: threads)
        var taken: [Range<Int>] = []
        while let part = parts.take() {
            taken.append(part)
            parts.finished(part, nanoseconds: nanosecondsPerRow * Int64(part.count))
        }
        #expect(parts.isEmpty && parts.isFinished)
        return taken
    }

    @Test func `the first part is a block, the next ones take half a millisecond, the last ones become smaller`() {
        let parts = cut(rows: 32_768, block: 512, threads: 2, nanosecondsPerRow: 200)
        // 200 ns for a row: 2,500 rows in the time of a part, of which four blocks are full; a fourth of what is left
        // at most.
        #expect(
            parts.map { $0.count / 512 } == [1] + Array(repeating: 4, count: 12) + [3, 3, 2]
                + Array(repeating: 1, count: 7))
        #expect(parts.map(\.lowerBound) == [0] + parts.dropLast().map(\.upperBound))
        #expect(DynamicBatchingLimits.partNanoseconds == 500_000)
    }

    @Test(arguments: [0, 1, 63, 64, 511, 512, 513, 1_000, 100_000], [1, 2, 3, 64])
    func `every row is in one part, and parts are whole blocks`(rows: Int, threads: Int) {
        for (block, cost) in [(512, 33), (512, 145), (64, 13_000), (64, 0), (512, 1_000_000)] as [(Int, Int64)] {
            let parts = cut(rows: rows, block: block, threads: threads, nanosecondsPerRow: cost)
            #expect(parts.map(\.lowerBound) == (rows == 0 ? [] : [0] + parts.dropLast().map(\.upperBound)))
            #expect(parts.last?.upperBound ?? 0 == rows)
            #expect(parts.allSatisfy { $0.lowerBound % block == 0 })
            #expect(parts.dropLast().allSatisfy { $0.count % block == 0 && !$0.isEmpty })
            let limit = max(Int64(block) * cost, DynamicBatchingLimits.partNanoseconds)
            #expect(parts.allSatisfy { Int64($0.count) * cost <= limit })
        }
    }

    @Test func `parts are sized by the fastest one, because others may have been displaced`() {
        var parts = RowParts(rowCount: 1_000_000, blockRowCount: 512, threadCount: 2)
        let first = parts.take() ?? 0..<0
        let second = parts.take() ?? 0..<0
        #expect([first, second] == [0..<512, 512..<1_024])
        parts.finished(second, nanoseconds: 51_200)
        parts.finished(first, nanoseconds: 51_200_000)
        // 100 ns for a row: 5,000 in the time of a part.
        #expect(parts.take() == 1_024..<1_024 + 9 * 512)
    }

    @Test func `nothing is finished before its last part is`() {
        var parts = RowParts(rowCount: 600, blockRowCount: 512, threadCount: 1)
        #expect(parts.partLimit == 2)
        let first = parts.take() ?? 0..<0
        let second = parts.take() ?? 0..<0
        #expect(parts.isEmpty && parts.take() == nil && parts.partLimit == 0)
        parts.finished(second, nanoseconds: 1)
        #expect(!parts.isFinished && parts.finishedRowCount == 88)
        parts.finished(first, nanoseconds: 1)
        #expect(parts.isFinished && parts.takenRowCount == 600)
    }
}
