import CloudEvents

/// What an operator hears about events.
extension EventLog {
    /// Writes what the side thread of events has to say.
    func write(_ report: EventReport) {
        switch report {
        case .deliveryFailed(let sink, let target, let reason):
            write(
                .warning, "events wait: they cannot be brought to their sink", .init("sink", sink),
                .init("target", target), .init("reason", reason))
        case .deliveryWorks(let sink, let target):
            write(.info, "events are brought to their sink again", .init("sink", sink), .init("target", target))
        case .buried(let sink, let id, let reason, let isKept):
            write(
                .error, "an event was given up", .init("sink", sink), .init("id", id), .init("reason", reason),
                .init("kept", isKept))
        }
    }
}
