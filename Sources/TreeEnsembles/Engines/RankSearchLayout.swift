import CVectorPrimitives

/// The thresholds of a forest laid out for binary searches of a few rows at a time.
///
/// A column of more thresholds than a search takes has several, each for a range of them.
struct RankSearchLayout {
    private(set) var searches: [rowan_rank_search] = []
    private(set) var tables: [Float] = []

    /// Thresholds of one search: eight decisions.
    static let thresholdLimit = 255

    /// Lays out the thresholds of all columns.
    ///
    /// - Shape: column `c` has the ascending thresholds `conditionStarts[c] ..< conditionStarts[c + 1]`.
    init(conditionStarts: [UInt32], thresholds: [Float]) {
        for column in 0..<max(conditionStarts.count - 1, 0) {
            let range = Int(conditionStarts[column])..<Int(conditionStarts[column + 1])
            for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.thresholdLimit) {
                let end = min(first + Self.thresholdLimit, range.upperBound)
                addSearch(column: column, firstCondition: first, Array(thresholds[first..<end]))
            }
        }
    }

    private mutating func addSearch(column: Int, firstCondition: Int, _ thresholds: [Float]) {
        var levelCount = 1
        while (1 << levelCount) - 1 < thresholds.count { levelCount += 1 }
        searches.append(
            rowan_rank_search(
                column: UInt32(column), first_condition: UInt32(firstCondition),
                condition_count: UInt32(thresholds.count), level_count: UInt32(levelCount),
                first_table: UInt32(tables.count)))
        for level in 0..<levelCount {
            var table = [Float](repeating: .nan, count: max(16, 1 << level))
            for place in 0..<1 << level {
                // The decisions of a way, first decision as the highest bit, lead to the middle of what is left.
                let way = Self.reversed(place, bitCount: level)
                let index = way << (levelCount - level) + 1 << (levelCount - level - 1) - 1
                if index < thresholds.count { table[place] = thresholds[index] }
            }
            // The first level asks every row the same.
            if level == 0 { table = Array(repeating: table[0], count: 16) }
            tables += table
        }
    }

    private static func reversed(_ number: Int, bitCount: Int) -> Int {
        (0..<bitCount).reduce(0) { $0 << 1 | (number >> $1) & 1 }
    }
}
