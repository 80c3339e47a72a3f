import Testing

@testable import InferenceServer

/// Figures of batches by size: exact for sizes that occur, up to a limit, and never lost beyond it.
@Suite struct BatchSizeCountersTests {
    private func counted(_ sizes: [Int]) -> [Int: UInt64] {
        let counters = BatchSizeCounters()
        for size in sizes {
            counters.add(
                .init(count: 1, readNanoseconds: 1, computeNanoseconds: 10, writeNanoseconds: 100), rowCount: size)
        }
        var found: [Int: UInt64] = [:]
        counters.forEach { size, figures in
            #expect(figures.readNanoseconds == figures.count && figures.computeNanoseconds == 10 * figures.count)
            #expect(figures.writeNanoseconds == 100 * figures.count)
            found[size, default: 0] += figures.count
        }
        return found
    }

    @Test func `every small size has figures of its own`() {
        let limit = MetricsLimits.smallBatchRowCount
        let sizes = Array(1...limit) + Array(1...limit)
        #expect(counted(sizes) == Dictionary(uniqueKeysWithValues: (1...limit).map { ($0, 2) }))
    }

    @Test func `so many larger sizes have them, further ones are counted under the next power of two`() {
        let limit = MetricsLimits.smallBatchRowCount
        let exact = (1...MetricsLimits.largeBatchSizes).map { limit + 7 * $0 }
        #expect(counted(exact + exact.reversed()) == Dictionary(uniqueKeysWithValues: exact.map { ($0, 2) }))
        let beyond = counted(exact + [limit + 1, 1_024, 1_025, 5_000, exact[3], 8_192])
        #expect(beyond[exact[3]] == 2 && beyond[1_024] == 2 && beyond[2_048] == 1 && beyond[8_192] == 2)
        #expect(beyond[limit + 1] == nil && beyond[5_000] == nil)
        #expect(beyond.values.reduce(0, +) == UInt64(exact.count + 6))
    }

    @Test func `the largest power of two takes whatever is larger`() {
        let exponents = MetricsLimits.mergedBatchExponents
        let exact = (1...MetricsLimits.largeBatchSizes).map { MetricsLimits.smallBatchRowCount + $0 }
        let largest = 1 << exponents.upperBound
        let found = counted(exact + [largest, largest + 1, .max])
        #expect(found[largest] == 3)
    }

    @Test func `without batches there is nothing to report`() {
        #expect(counted([]).isEmpty)
    }
}
