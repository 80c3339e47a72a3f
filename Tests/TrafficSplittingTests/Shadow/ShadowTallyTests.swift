import Testing

@testable import TrafficSplitting

struct ShadowTallyTests {
    private typealias Row = ShadowTally.Row

    @Test func `labels decide about agreement, and each change of label is counted`() {
        var tally = ShadowTally()
        #expect(tally.agreement == nil)
        tally.record(requestOf: 1_000, shadow: 3_000)
        tally.record(Row(labels: (0, 0), difference: 0.25))
        tally.record(Row(labels: (0, 1), difference: 0.5))
        tally.record(Row(labels: (0, 1), difference: 0.5))
        tally.record(Row(labels: (1, 0), difference: 0.5))
        #expect(tally.requests == 1 && tally.rows == 4 && tally.agreeingRows == 1 && tally.agreement == 0.25)
        #expect(tally.flips == [ShadowTally.Flip(from: 0, to: 1): 2, ShadowTally.Flip(from: 1, to: 0): 1])
        #expect(tally.differences.count == 4 && tally.differences.greatest == 0.5)
        #expect(tally.primaryNanoseconds == 1_000 && tally.shadowNanoseconds == 3_000)
    }

    @Test func `without labels only equal values agree`() {
        var tally = ShadowTally()
        tally.record(Row(labels: nil, difference: 0))
        tally.record(Row(labels: nil, difference: 1e-12))
        tally.record(Row(labels: nil, difference: nil))
        #expect(tally.rows == 3 && tally.agreeingRows == 1 && tally.flips.isEmpty)
    }

    @Test func `pairs of labels are limited`() {
        var tally = ShadowTally()
        let limit = TrafficSplittingLimits.flipCount
        for label in 1...Int64(limit) + 3 { tally.record(Row(labels: (0, label), difference: nil)) }
        tally.record(Row(labels: (0, 1), difference: nil))
        #expect(tally.flips.count == limit && tally.otherFlips == 3)
        #expect(tally.flips[ShadowTally.Flip(from: 0, to: 1)] == 2)
    }

    @Test func `failures are no comparisons`() {
        var tally = ShadowTally()
        tally.recordFailure()
        #expect(tally.failures == 1 && tally.requests == 0 && tally.rows == 0)
    }
}
