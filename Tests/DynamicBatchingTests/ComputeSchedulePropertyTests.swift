import TestSupport
import Testing

@testable import DynamicBatching

/// Random loads in simulated time.
@Suite struct ComputeSchedulePropertyTests {
    @Test func `whatever comes, everything ends and every row is worked on once`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<50 {
            let requests = (0..<60).map { _ in
                ComputeSimulation.Request(
                    arrival: Int64.random(in: 0...20_000_000, using: &random),
                    runsShortly: Bool.random(using: &random),
                    runNanoseconds: Int64.random(in: 0...2_000_000, using: &random),
                    rows: Int.random(in: 0...1, using: &random) * Int.random(in: 0...20_000, using: &random),
                    block: [64, 512].randomElement(using: &random) ?? 64,
                    nanosecondsPerRow: Int64.random(in: 0...300, using: &random),
                    isSpare: Int.random(in: 0..<10, using: &random) == 0)
            }
            let threads = Int.random(in: 1...5, using: &random)
            let outcome = ComputeSimulation.run(requests, threads: threads)
            #expect(outcome.ends.allSatisfy { $0 != nil })
            for (index, request) in requests.enumerated() where !request.isSpare {
                #expect(outcome.covers(index, rowCount: request.rows))
            }
            // Nothing is slower than one thread doing it all.
            let work = requests.reduce(0) { $0 + $1.runNanoseconds + Int64($1.rows) * $1.nanosecondsPerRow }
            #expect(outcome.ends.compactMap { $0 }.max() ?? 0 <= 20_000_000 + work)
        }
    }
}
