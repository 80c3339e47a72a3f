import LinuxSystem

/// Places a duration among the buckets of `rowan_request_phase_seconds` and `model_latency_seconds`.
///
/// - Units: nanoseconds in, seconds on the page.
enum LatencyHistogram {
    /// Upper bounds in nanoseconds, from a tenth of what one row costs to the longest time-out.
    static let boundsNanoseconds: [15 of UInt64] = [
        10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
        100_000_000, 500_000_000, 2_500_000_000, 10_000_000_000,
    ]

    /// The same bounds as they stand in the label `le`.
    static let boundTexts: [StaticString] = [
        "1e-05", "2.5e-05", "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025",
        "0.1", "0.5", "2.5", "10",
    ]

    /// Cells that one histogram takes in a counter block: its buckets, the bucket above the last bound, the sum.
    static let cellCount = 17
    static let sumCell = 16

    /// Index of the bucket that a duration falls into; the last one has no upper bound.
    static func bucket(ofNanoseconds duration: UInt64) -> Int {
        var index = 0
        while index < 15, duration > boundsNanoseconds[index] {
            index &+= 1
        }
        return index
    }

    /// Records one duration in the histogram whose first cell is `first`.
    static func record(_ duration: UInt64, in block: CounterBlock, from first: Int) {
        record(duration, ofBucket: bucket(ofNanoseconds: duration), in: block, from: first)
    }

    /// Records a duration whose bucket is known.
    static func record(_ duration: UInt64, ofBucket bucket: Int, in block: CounterBlock, from first: Int) {
        block.add(1, to: first &+ bucket)
        block.add(duration, to: first &+ sumCell)
    }
}
