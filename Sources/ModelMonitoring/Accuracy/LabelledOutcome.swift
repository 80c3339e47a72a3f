/// A prediction whose truth has become known.
package struct LabelledOutcome: Equatable, Sendable {
    /// The classes by their numbers.
    package var actual: Int
    package var predicted: Int
    /// Of class 1, where the model tells two classes apart and has said so; else nil.
    package var probability: Double?

    /// An outcome.
    package init(actual: Int, predicted: Int, probability: Double? = nil) {
        self.actual = actual
        self.predicted = predicted
        self.probability = probability
    }
}
