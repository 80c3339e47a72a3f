import TestSupport
import Testing

@testable import ModelMonitoring

/// PSI and Kolmogorov-Smirnov against numpy and scipy, whose values `training/drift_statistics.py` has written.
@Suite struct DriftStatisticsTests {
    private static func lines(_ kind: String) throws -> [Substring] {
        // The fixtures lie beside the module's tests.
        try FixtureFile.text("drift.txt", testFile: #filePath.replacing("/Drift/", with: "/"))
            .split(separator: "\n").filter { $0.hasPrefix(kind + " ") }.map { $0.dropFirst(kind.count + 1) }
    }

    @Test func `the probability of a distance is scipy's`() throws {
        let lines = try Self.lines("tail")
        #expect(lines.count > 60)
        for line in lines {
            let numbers = line.split(separator: " ").compactMap { Double($0) }
            let tail = KolmogorovDistribution.tail(distance: numbers[0], rowCounts: (numbers[1], numbers[2]))
            let effective = numbers[1] * numbers[2] / (numbers[1] + numbers[2])
            // Beyond a hundred thousand rows the sum is replaced by an expansion; near 0, where scipy takes a
            // recursion, the expansion stays.
            let isNear0 = effective <= 100_000 && effective * numbers[0] * numbers[0].squareRoot() <= 1.4
            let exact = 1e-6 * max(numbers[3], 1e-3)
            let tolerance = isNear0 ? 1e-4 : effective > 100_000 ? 1e-4 * numbers[3] + 1e-9 : exact
            #expect(abs(tail - numbers[3]) <= tolerance, "\(line): \(tail)")
        }
    }

    @Test func `stability index and distance over bins are numpy's and scipy's`() throws {
        let lines = try Self.lines("bins")
        #expect(lines.count == 40)
        for line in lines {
            let columns = line.split(separator: "|").map { $0.split(separator: " ") }
            let (reference, current) = (columns[0].compactMap { UInt64($0) }, columns[1].compactMap { UInt64($0) })
            let expected = columns[2...4].compactMap { Double($0[0]) }
            #expect(abs(DriftStatistics.stabilityIndex(reference, current) - expected[0]) < 1e-12)
            let distance = DriftStatistics.kolmogorovDistance(reference, current)
            #expect(abs(distance - expected[1]) < 1e-12)
            let rows = (Double(reference.reduce(0, +)), Double(current.reduce(0, +)))
            let tail = KolmogorovDistribution.tail(distance: distance, rowCounts: rows)
            #expect(abs(tail - expected[2]) <= 1e-6 * max(expected[2], 1e-3), "\(line): \(tail)")
        }
    }

    @Test func `a small window's probability is near scipy's exact one`() {
        // scipy 1.17.1: kstwo.sf(z / sqrt(40), 40) for z = 0.5, 0.9, 1.3.
        for (z, expected) in [(0.5, 0.9470428375879417), (0.9, 0.35854202662487045), (1.3, 0.0585091116925055)] {
            let tail = KolmogorovDistribution.tail(distance: z / 40.0.squareRoot(), rowCount: 40)
            #expect(abs(tail - expected) < 1e-4, "\(z): \(tail)")
        }
    }

    @Test func `an empty class counts as one row in ten thousand`() {
        let shares = (0.5, 1.0, DriftStatistics.leastShare)
        let index = DriftStatistics.stabilityIndex([50, 50], [100, 0])
        let twin = (shares.1 - shares.0) * _log(shares.1 / shares.0) + (shares.2 - shares.0) * _log(shares.2 / shares.0)
        #expect(abs(index - twin) < 1e-12)
        #expect(DriftStatistics.stabilityIndex([100, 0], [7, 0]) == 0)
    }

    /// A logarithm that owes nothing to the tested code: by its series.
    private func _log(_ value: Double) -> Double {
        var (rest, halvings) = (value, 0.0)
        while rest > 1.5 { (rest, halvings) = (rest / 2, halvings + 1) }
        while rest < 0.75 { (rest, halvings) = (rest * 2, halvings - 1) }
        let y = (rest - 1) / (rest + 1)
        var (term, sum) = (y, 0.0)
        for index in stride(from: 1.0, to: 60, by: 2) {
            sum += term / index
            term *= y * y
        }
        return 2 * sum + halvings * 0.693147180559945309417
    }
}
