/// What other threads tell the thread that explains.
enum ExplanationOrder: Sendable {
    /// Explain these rows.
    case explain(AnomalyBatch)
    /// A client asks, or has an opinion.
    case call(ExplanationCall)
    /// Nobody waits for the answer to a call any more.
    case forget(ExplanationCall)
}
