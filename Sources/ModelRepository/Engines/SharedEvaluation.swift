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

    /// One column per output of the engine, in its order; those that were not wanted hold no rows.
    ///
    /// - Precondition: all rows were evaluated, and the calling thread knows of it from those that did.
    var outputs: [OutputColumn] { get }
}
