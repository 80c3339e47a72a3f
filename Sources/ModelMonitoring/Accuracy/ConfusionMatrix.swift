/// How often each class was predicted for rows of each class.
///
/// - Shape: class × class, rows by the actual and columns by the predicted one; only what is not 0 is kept.
package struct ConfusionMatrix: Equatable, Sendable {
    private struct Cell: Hashable {
        var actual: Int
        var predicted: Int
    }

    private var counts: [Cell: Int] = [:]
    /// Of all rows.
    package private(set) var total = 0
    /// Of those that were predicted as they are.
    package private(set) var correct = 0

    /// No row yet.
    package init() {}

    /// Counts rows.
    package mutating func add(actual: Int, predicted: Int, count: Int = 1) {
        guard count > 0 else { return }
        counts[Cell(actual: actual, predicted: predicted), default: 0] += count
        total += count
        if actual == predicted { correct += count }
    }

    /// Adds the rows of another one.
    package mutating func add(_ other: ConfusionMatrix) {
        for (cell, count) in other.counts { add(actual: cell.actual, predicted: cell.predicted, count: count) }
    }

    /// How many rows of a class were predicted as another one.
    package func count(actual: Int, predicted: Int) -> Int {
        counts[Cell(actual: actual, predicted: predicted)] ?? 0
    }

    /// The classes that occur, ascending.
    package var classes: [Int] {
        Set(counts.keys.flatMap { [$0.actual, $0.predicted] }).sorted()
    }

    /// The share of rows that were predicted as they are; nil without rows.
    package var accuracy: Double? { total > 0 ? Double(correct) / Double(total) : nil }

    /// Precision, recall and their harmonic mean for one class; 0 where nothing is counted, as in scikit-learn.
    package func scores(ofClass index: Int) -> ClassScores {
        let hits = count(actual: index, predicted: index)
        let predicted = counts.reduce(0) { $0 + ($1.key.predicted == index ? $1.value : 0) }
        let actual = counts.reduce(0) { $0 + ($1.key.actual == index ? $1.value : 0) }
        return ClassScores(hits: hits, predicted: predicted, actual: actual)
    }

    /// The scores of class 1 where only 0 and 1 occur; otherwise the means over the classes that occur.
    ///
    /// - Source: scikit-learn's `average="binary"` and `average="macro"`.
    package var scores: ClassScores? {
        guard total > 0 else { return nil }
        let classes = classes
        if classes.allSatisfy({ $0 == 0 || $0 == 1 }) { return scores(ofClass: 1) }
        return ClassScores(meanOf: classes.map { scores(ofClass: $0) })
    }

    /// The share of rows of class 0 that were predicted as something else; nil without such rows.
    package var falsePositiveRate: Double? {
        let negatives = counts.reduce(0) { $0 + ($1.key.actual == 0 ? $1.value : 0) }
        return negatives > 0 ? Double(negatives - count(actual: 0, predicted: 0)) / Double(negatives) : nil
    }
}
