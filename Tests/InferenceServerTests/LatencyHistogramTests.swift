import LinuxSystem
import Testing

@testable import InferenceServer

/// Buckets as Prometheus means them: a bound belongs to its bucket, and what exceeds all bounds to the last.
@Suite struct LatencyHistogramTests {
    @Test func `bounds rise, and their texts are the same numbers in seconds`() {
        let bounds = (0..<15).map { LatencyHistogram.boundsNanoseconds[$0] }
        #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
        #expect(LatencyHistogram.boundTexts.map { Double("\($0)") } == bounds.map { Double($0) / 1e9 })
        #expect(LatencyHistogram.cellCount == bounds.count + 2 && LatencyHistogram.sumCell == bounds.count + 1)
    }

    @Test func `a duration on a bound is in its bucket, a nanosecond more is in the next`() {
        for index in 0..<15 {
            let bound = LatencyHistogram.boundsNanoseconds[index]
            #expect(LatencyHistogram.bucket(ofNanoseconds: bound) == index)
            #expect(LatencyHistogram.bucket(ofNanoseconds: bound + 1) == index + 1)
        }
        #expect(LatencyHistogram.bucket(ofNanoseconds: 0) == 0)
        #expect(LatencyHistogram.bucket(ofNanoseconds: .max) == 15)
    }

    @Test func `a duration adds to one bucket and to the sum, and to no other histogram`() {
        let block = CounterBlock()
        let first = LatencyHistogram.cellCount
        for duration in [10_000, 10_001, 3, 20_000_000_000] as [UInt64] {
            LatencyHistogram.record(duration, in: block, from: first)
        }
        var expected = [UInt64](repeating: 0, count: CounterBlock.size)
        expected[first] = 2
        expected[first + 1] = 1
        expected[first + 15] = 1
        expected[first + LatencyHistogram.sumCell] = 20_000_020_004
        #expect((0..<CounterBlock.size).map { block.value(at: $0) } == expected)
    }
}
