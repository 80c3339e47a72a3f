/// How often each class was predicted for rows of each class.
///
/// Of more classes than `ModelMonitoringLimits.confusionClasses` the first ones are followed: rows of the others count
/// for accuracy and as such, and for no other figure, because a label may be any number that a client sends.
///
/// - Shape: class × class, rows by the actual and columns by the predicted one; only what is not 0 is kept.
package struct ConfusionMatrix: Equatable, Sendable {
    private struct Cell: Hashable {
        var actual: Int
        var predicted: Int
    }

    /// Rows of one class, and rows that were predicted so.
    private struct Margin: Equatable {
        var actual = 0
        var predicted = 0
    }

    private var counts: [Cell: Int] = [:]
    private var margins: [Int: Margin] = [:]
    /// Of all rows.
    package private(set) var total = 0
    /// Of those that were predicted as they are.
    package private(set) var correct = 0
    /// Of those with a class that is not followed.
    package private(set) var otherCount = 0

    /// No row yet.
    package init() {}

    /// Counts rows.
    package mutating func add(actual: Int, predicted: Int, count: Int = 1) {
        guard count > 0 else { return }
        total += count
        if actual == predicted { correct += count }
        let newCount = Set([actual, predicted]).count { margins[$0] == nil }
        guard newCount == 0 || margins.count + newCount <= ModelMonitoringLimits.confusionClasses else {
            otherCount += count
            return
        }
        counts[Cell(actual: actual, predicted: predicted), default: 0] += count
        margins[actual, default: Margin()].actual += count
        margins[predicted, default: Margin()].predicted += count
    }

    /// Adds the rows of another one.
    package mutating func add(_ other: ConfusionMatrix) {
        total += other.otherCount
        correct += other.correct
        otherCount += other.otherCount
        let correct = correct
        var cells = Array(other.counts)
        // Where not all classes can be followed, it does not depend on chance which ones are.
        if margins.count + other.margins.count > ModelMonitoringLimits.confusionClasses {
            cells.sort { ($0.key.actual, $0.key.predicted) < ($1.key.actual, $1.key.predicted) }
        }
        for (cell, count) in cells { add(actual: cell.actual, predicted: cell.predicted, count: count) }
        // Right ones were counted as a whole.
        self.correct = correct
    }

    /// How many rows of a class were predicted as another one.
    package func count(actual: Int, predicted: Int) -> Int {
        counts[Cell(actual: actual, predicted: predicted)] ?? 0
    }

    /// The classes that occur and are followed, ascending.
    package var classes: [Int] { margins.keys.sorted() }

    /// The share of rows that were predicted as they are; nil without rows.
    package var accuracy: Double? { total > 0 ? Double(correct) / Double(total) : nil }

    /// Precision, recall and their harmonic mean for one class; 0 where nothing is counted, as in scikit-learn.
    package func scores(ofClass index: Int) -> ClassScores {
        let margin = margins[index] ?? Margin()
        return ClassScores(
            hits: count(actual: index, predicted: index), predicted: margin.predicted, actual: margin.actual)
    }

    /// The scores of class 1 where only 0 and 1 occur; otherwise the means over the classes that occur and are
    /// followed.
    ///
    /// - Complexity: linear in the classes.
    /// - Source: scikit-learn's `average="binary"` and `average="macro"`.
    package var scores: ClassScores? {
        guard total > otherCount else { return nil }
        let classes = classes
        if otherCount == 0, classes.allSatisfy({ $0 == 0 || $0 == 1 }) { return scores(ofClass: 1) }
        return ClassScores(meanOf: classes.map { scores(ofClass: $0) })
    }

    /// The share of rows of class 0 that were predicted as something else; nil without such rows.
    package var falsePositiveRate: Double? {
        let negatives = margins[0]?.actual ?? 0
        return negatives > 0 ? Double(negatives - count(actual: 0, predicted: 0)) / Double(negatives) : nil
    }
}
