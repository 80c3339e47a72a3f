/// How well one class is found.
package struct ClassScores: Equatable, Sendable {
    package let precision: Double
    package let recall: Double
    package let f1: Double

    /// Scores of a class.
    ///
    /// - Parameter hits: rows of the class that were predicted so.
    /// - Parameter predicted: rows that were predicted so.
    /// - Parameter actual: rows of the class.
    init(hits: Int, predicted: Int, actual: Int) {
        precision = predicted > 0 ? Double(hits) / Double(predicted) : 0
        recall = actual > 0 ? Double(hits) / Double(actual) : 0
        f1 = predicted + actual > 0 ? 2 * Double(hits) / Double(predicted + actual) : 0
    }

    /// The means of several classes' scores.
    init(meanOf scores: [ClassScores]) {
        let count = Double(max(1, scores.count))
        precision = scores.reduce(0) { $0 + $1.precision } / count
        recall = scores.reduce(0) { $0 + $1.recall } / count
        f1 = scores.reduce(0) { $0 + $1.f1 } / count
    }
}
