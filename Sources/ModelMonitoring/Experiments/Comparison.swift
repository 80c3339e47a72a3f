/// What is known about the difference of one variant from the control.
package struct Comparison: Equatable, Sendable {
    /// What may be said.
    package enum Verdict: String, Equatable, Sendable {
        /// Too few keys for any statement.
        case tooFewKeys = "too_few_keys"
        /// No difference was found; there may be one.
        case undecided
        /// The variant's rate is higher, or lower, than the control's.
        case higher
        case lower
    }

    package let control: RatioEstimate
    package let variant: RatioEstimate
    /// By observation, as textbooks do it; nil where nothing varies.
    package let chiSquare: ChiSquareTest?
    /// By key, which is what counts for one look at a time that was fixed before.
    package let chiSquareByKey: ChiSquareTest?
    /// What counts for looks at any time.
    package let sequential: SequentialTest
    package let power: PowerFigures

    /// Compares two variants.
    ///
    /// - Parameter sequential: of this comparison, after its latest look.
    package init(control: RatioEstimate, variant: RatioEstimate, sequential: SequentialTest) {
        self.control = control
        self.variant = variant
        self.sequential = sequential
        chiSquare = .pearson((control.sum, control.count), (variant.sum, variant.count))
        chiSquareByKey = .byKey(control, variant)
        power = PowerFigures(control, variant)
    }

    package var verdict: Verdict {
        if min(control.keyCount, variant.keyCount) < SequentialTest.keyCountFloor { return .tooFewKeys }
        guard sequential.isDecided else { return .undecided }
        return variant.rate > control.rate ? .higher : .lower
    }
}
