import LinuxSystem
import Testing

@testable import InferenceServer

/// When refusals count as overload, and when it is over.
@Suite struct OverloadStateTests {
    /// Refusals at some milliseconds, then whether the server is overloaded at others.
    @Test(
        arguments: [
            // One burst is none.
            ([0, 1, 2, 500, 999], [999: false, 1_000: false]),
            // A second of refusals is.
            ([0, 500, 1_000], [999: false, 1_000: true, 5_999: true, 6_000: false]),
            // A pause of a second begins the second anew.
            ([0, 900, 1_900, 2_800], [2_800: false]),
            ([0, 900, 1_900, 2_800, 2_900], [2_900: true]),
            // Each further refusal puts the end off.
            ([0, 999, 1_001, 5_000, 9_000], [9_001: true, 13_999: true, 14_000: false]),
            // After the end it takes a second again.
            ([0, 999, 1_001, 7_000, 7_500], [7_500: false]),
            ([0, 999, 1_001, 7_000, 7_500, 8_100], [8_100: true]),
            // What another thread has seen a moment earlier changes nothing.
            ([0, 999, 1_001, 990], [1_002: true, 6_000: true, 6_001: false]),
            ([], [0: false]),
        ] as [([Int], [Int: Bool])])
    func `refusals that go on are overload`(refusals: [Int], expected: [Int: Bool]) {
        for (instant, isOverloaded) in expected {
            var state = OverloadState()
            for refusal in refusals where refusal <= instant { state.requestRefused(at: .milliseconds(refusal)) }
            #expect(state.isOverloaded(at: .milliseconds(instant)) == isOverloaded, "\(refusals) at \(instant)")
        }
    }

    @Test func `the times are such that leaving takes longer than entering`() {
        #expect(OverloadState.leavingTime > OverloadState.enteringTime)
    }
}
