/// How a model's rows are watched: the section `drift` of `rowan.pbtxt`.
package struct DriftSettings: Sendable, Equatable {
    /// Rows that a window remembers.
    package var windowRows: UInt64 = 10_000
    /// Seconds after which it forgets, however few rows came.
    package var windowSeconds: UInt64 = 3_600
    /// The part of the rows that is counted, above 0 and up to 1, chosen at random.
    package var sampleFraction = 1.0
    /// PSI from which on a variable is worth a look, and from which on it has drifted.
    package var psiWarning = 0.1
    package var psiAlert = 0.3

    /// The settings of a model that says nothing but where its reference lies.
    package init() {}

    /// Rows of a window from which on it is judged.
    package var judgedRows: UInt64 { min(DriftLimits.judgedRows, windowRows) }
}
