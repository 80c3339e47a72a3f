/// Conditions on one element of a model's output.
///
/// A value that is above the threshold fulfils the first condition, one that is far enough above its running mean the
/// second; what is not a number fulfils none.
package struct AnomalyRule: Equatable, Sendable {
    /// What one condition that holds is worth.
    package enum Combination: Equatable, Sendable {
        /// It is enough for the row.
        case any
        /// All of its kind have to hold, those of other rules included.
        case all
    }

    /// A condition on how far a value is above the mean of those before it.
    package struct ZScore: Equatable, Sendable {
        /// In units of the standard deviation.
        package var threshold: Double
        /// Rows that mean and deviation remember.
        package var windowRows: Int

        /// Describes the condition.
        package init(threshold: Double, windowRows: Int) {
            self.threshold = threshold
            self.windowRows = windowRows
        }
    }

    /// The output's place among those of the model.
    package var output: Int
    /// The element of the output's row.
    package var element: Int
    /// Nil for no such condition.
    package var threshold: Double?
    /// Nil for no such condition.
    package var zScore: ZScore?
    package var combination: Combination

    /// Rows that a z-score remembers where the configuration does not say.
    package static let usualWindowRows = 1_000

    /// Describes a rule.
    ///
    /// - Parameter isFloat32: whether the output holds float32: the threshold is then rounded to one, so that a value
    ///   that is shown as the threshold is not above it.
    package init(
        output: Int, element: Int = 0, threshold: Double? = nil, zScore: ZScore? = nil,
        combination: Combination = .any, isFloat32: Bool = false
    ) {
        self.output = output
        self.element = element
        self.threshold = isFloat32 ? threshold.map { Double(Float($0)) } : threshold
        self.zScore = zScore
        self.combination = combination
    }
}
