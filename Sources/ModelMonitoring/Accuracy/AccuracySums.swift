import func Glibc.log

/// What outcomes add up to.
package struct AccuracySums: Equatable, Sendable {
    package private(set) var confusion = ConfusionMatrix()
    /// Outcomes with a probability of one of two classes.
    package private(set) var probabilityCount = 0
    private var squaredErrors = 0.0
    private var logLosses = 0.0

    /// No outcome yet.
    package init() {}

    /// The least distance of a probability from 0 and from 1 when its logarithm is taken: as in scikit-learn for
    /// 64-bit numbers.
    private static let margin = 0x1p-52

    /// Adds an outcome.
    package mutating func add(_ outcome: LabelledOutcome) {
        confusion.add(actual: outcome.actual, predicted: outcome.predicted)
        guard let probability = outcome.probability, outcome.actual == 0 || outcome.actual == 1 else { return }
        probabilityCount += 1
        let error = probability - Double(outcome.actual)
        squaredErrors += error * error
        let likelihood = outcome.actual == 1 ? probability : 1 - probability
        logLosses -= log(min(1 - Self.margin, max(Self.margin, likelihood)))
    }

    /// Adds those of another sum.
    package mutating func add(_ other: AccuracySums) {
        confusion.add(other.confusion)
        probabilityCount += other.probabilityCount
        squaredErrors += other.squaredErrors
        logLosses += other.logLosses
    }

    /// The mean squared error of the probability of class 1; nil without one.
    ///
    /// - Source: scikit-learn's `brier_score_loss`.
    package var brierScore: Double? { probabilityCount > 0 ? squaredErrors / Double(probabilityCount) : nil }

    /// The mean negative logarithm of the probability of what was true; nil without one.
    ///
    /// - Source: scikit-learn's `log_loss`.
    package var logLoss: Double? { probabilityCount > 0 ? logLosses / Double(probabilityCount) : nil }
}
