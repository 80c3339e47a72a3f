import Glibc
import TestSupport

/// How good ranks are, where one document is right for each query.
struct RetrievalScores {
    /// Counted from 1; nil for what is not among the first ten.
    let ranks: [Int?]

    /// Normalised discounted cumulative gain: 1 / log2(rank + 1) on average.
    var gain: Double { Self.mean(ranks.map(Self.gain)) }
    var recall: Double { Self.mean(ranks.map { $0 == nil ? 0 : 1 }) }
    var reciprocalRank: Double { Self.mean(ranks.map { $0.map { 1 / Double($0) } ?? 0 }) }

    /// 95 % of the gain by the bootstrap: a thousand samples of as many queries, from a fixed seed.
    var interval: ClosedRange<Double> {
        var generator = SeededGenerator(seed: 1)
        let gains = ranks.map(Self.gain)
        let means = (0..<1_000).map { _ in Self.mean((0..<gains.count).map { _ in generator.element(of: gains) }) }
            .sorted()
        return means[25]...means[974]
    }

    /// The cells of a table's line.
    var text: String {
        let interval = interval
        return "\(Self.shown(gain)) (\(Self.shown(interval.lowerBound))–\(Self.shown(interval.upperBound))) "
            + "| \(Self.shown(recall)) | \(Self.shown(reciprocalRank)) |"
    }

    private static func gain(_ rank: Int?) -> Double { rank.map { 1 / log2(Double($0) + 1) } ?? 0 }

    private static func mean(_ numbers: [Double]) -> Double {
        numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
    }

    private static func shown(_ number: Double) -> String {
        let thousandths = Int((number * 1_000).rounded())
        let rest = "\(thousandths % 1_000)"
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
