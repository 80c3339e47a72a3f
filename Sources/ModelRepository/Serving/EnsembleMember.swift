/// A model that an ensemble calls, directly or through an ensemble within it.
package struct EnsembleMember: Sendable {
    package let model: ServedModel
    /// The steps of the ensemble's engine that are calls of the model: one for a forest, all of an inner ensemble's.
    package let steps: Range<Int>
}
