import RequestTracing

/// What an operator hears about traces.
extension EventLog {
    /// Writes what the side thread of traces has to say.
    func write(_ report: TraceReport) {
        switch report {
        case .fileFailed(let path, let reason):
            write(
                .error, "traces are lost: their file cannot be written", .init("path", path), .init("reason", reason))
        case .sendingFailed(let receiver, let reason):
            write(.warning, "spans cannot be sent", .init("receiver", receiver), .init("reason", reason))
        case .spansRefused(let receiver, let reason):
            write(
                .warning, "spans are lost: their receiver does not want them", .init("receiver", receiver),
                .init("reason", reason))
        case .sendingWorks(let receiver):
            write(.info, "spans are sent again", .init("receiver", receiver))
        }
    }
}
