import TestSupport
import Testing

@testable import ModelMonitoring

@Suite struct AccuracyWindowsTests {
    @Test func `windows equal a list of everything`() {
        var generator = SeededGenerator.forTest()
        var windows = AccuracyWindows(latestCount: 50)
        var all: [(time: Int64, outcome: LabelledOutcome)] = []
        var now: Int64 = 1_800_000_000
        for step in 0..<3_000 {
            now += Int64.random(in: 0...120, using: &generator)
            // Labels come late.
            let time = now - Int64.random(in: 0...3_000, using: &generator)
            let outcome = LabelledOutcome(
                actual: Int.random(in: 0...2, using: &generator), predicted: Int.random(in: 0...2, using: &generator))
            windows.add(outcome, at: time)
            all.append((time, outcome))
            guard step % 100 == 0 else { continue }
            for (window, minutes) in [(AccuracyWindows.Window.hour, 60 as Int64), (.day, 1_440)] {
                var expected = AccuracySums()
                for entry in all where entry.time / 60 >= now / 60 - minutes { expected.add(entry.outcome) }
                #expect(windows.sums(over: window, now: now) == expected)
            }
            var latest = AccuracySums()
            for entry in all.suffix(50) { latest.add(entry.outcome) }
            #expect(windows.sums(over: .latest, now: now) == latest)
        }
    }

    @Test func `a label of a prediction that is older than a day counts among the latest only`() {
        var windows = AccuracyWindows(latestCount: 10)
        let now: Int64 = 1_800_000_000
        windows.add(LabelledOutcome(actual: 1, predicted: 1), at: now)
        windows.add(LabelledOutcome(actual: 1, predicted: 0), at: now - 1_441 * 60)
        #expect(windows.sums(over: .day, now: now).confusion.total == 1)
        #expect(windows.sums(over: .latest, now: now).confusion.total == 2)
    }

    @Test func `the smallest and the largest window are taken`() {
        let limits = ModelMonitoringLimits.windowPredictions
        for count in [limits.lowerBound, limits.upperBound] {
            var windows = AccuracyWindows(latestCount: count)
            for index in 0...1 { windows.add(LabelledOutcome(actual: index, predicted: 1), at: 60) }
            #expect(windows.sums(over: .latest, now: 60).confusion.total == min(2, count))
        }
    }

    @Test func `rates are those of the latest rows`() {
        var generator = SeededGenerator.forTest()
        var window = RateWindow(rowCount: 100)
        #expect(window.rate == nil)
        var all: [Bool] = []
        for _ in 0..<1_000 {
            let fires = Int.random(in: 0..<5, using: &generator) == 0
            window.add(fires: fires)
            all.append(fires)
            let latest = all.suffix(100)
            #expect(window.rate == Double(latest.count { $0 }) / Double(latest.count))
        }
    }
}
