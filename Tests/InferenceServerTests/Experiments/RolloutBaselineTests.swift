import Testing

@testable import InferenceServer

@Suite struct RolloutBaselineTests {
    private static func counts(requests: UInt64, failures: UInt64, buckets: [Int: UInt64]) -> RolloutBaseline.Counts {
        var counts = RolloutBaseline.Counts()
        counts.requests = requests
        counts.failures = failures
        for (bucket, count) in buckets { counts.latencies[bucket] = count }
        return counts
    }

    @Test func `what has come since is the difference, and all where counters have begun anew`() {
        let earlier = Self.counts(requests: 10, failures: 2, buckets: [3: 10])
        let later = Self.counts(requests: 25, failures: 3, buckets: [3: 20, 4: 5])
        #expect(later.since(earlier) == Self.counts(requests: 15, failures: 1, buckets: [3: 10, 4: 5]))
        #expect(earlier.since(later) == earlier)
    }

    /// Requests by bucket, and the seconds that follow from Prometheus' rule by hand.
    private static let quantiles: [([Int: UInt64], Double?)] = [
        ([:], nil), ([0: 100], 9.5e-06), ([3: 100], 9.75e-05), ([0: 95, 5: 5], 1e-05), ([0: 90, 6: 10], 0.00075),
        ([15: 10], 10),
    ]

    @Test func `the latency is found within its bucket as Prometheus does`() {
        for (buckets, expected) in Self.quantiles {
            let value = Self.counts(requests: 0, failures: 0, buckets: buckets).p95Seconds
            #expect(value == nil ? expected == nil : abs((value ?? 0) - (expected ?? 0)) < 1e-12, "\(buckets)")
        }
    }
}
