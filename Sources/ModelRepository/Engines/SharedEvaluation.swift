package import OpenInferenceProtocol

/// The evaluation of one large request's rows, a part by whatever thread is free.
///
/// Results are the same bits, however rows are cut and whoever evaluates them.
///
/// - Isolation: any thread; several may evaluate different rows at once.
package protocol SharedEvaluation: AnyObject, Sendable {
    var rowCount: Int { get }

    /// Rows that are evaluated together at best: parts are multiples of it, but for the last one.
    var blockRowCount: Int { get }

    /// Evaluates some rows.
    ///
    /// - Complexity: allocates for as many calls as there are threads at once.
    /// - Precondition: no other call has had or gets one of these rows.
    func evaluate(rows: Range<Int>)

    /// What the steps of an ensemble have cost all threads together; empty for any other model.
    ///
    /// - Precondition: as for `outputs`.
    var stepTimes: [StepTime] { get }

    /// One column per output of the engine, in its order; those that were not wanted hold no rows.
    ///
    /// - Precondition: all rows were evaluated, and the calling thread knows of it from those that did.
    var outputs: [OutputColumn] { get }

    /// Rows whose result is 1, as `InferenceWorkspace.positiveRowCount` counts them; nil if nothing was predicted.
    ///
    /// - Precondition: as for the outputs.
    var positiveRowCount: Int? { get }

    /// Tokens of all texts together; nil for a model that takes none.
    ///
    /// - Precondition: as for the outputs.
    var tokenCount: Int? { get }
}

extension SharedEvaluation {
    package var tokenCount: Int? { nil }

    /// A model that predicts nothing has no rows to count.
    package var positiveRowCount: Int? { nil }
}

extension SharedEvaluation {
    package var stepTimes: [StepTime] { [] }
}
