/// What the side thread has to say to an operator.
package enum TraceReport: Equatable, Sendable {
    /// A trace file cannot be written; traces are lost until it can.
    case fileFailed(path: String, reason: String)
    /// Spans do not reach their receiver; they wait, and are lost when too many do.
    case sendingFailed(receiver: String, reason: String)
    /// The receiver has refused spans for good.
    case spansRefused(receiver: String, reason: String)
    /// Spans reach their receiver again.
    case sendingWorks(receiver: String)
}
