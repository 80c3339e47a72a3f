import EventLoops

/// What other threads tell the thread that monitors.
enum MonitorOrder: Sendable {
    /// Loops that serve, to be told of other weights.
    case began([Mailbox<LoopOrder>])
    /// Watch these models and splits from now on.
    case adopt(MonitoredSet)
    /// Keep these predictions.
    case keep(PredictionBatch)
    /// A loop has handed over what it was asked for.
    case predictionsLeft
    /// A client brings feedback, or asks.
    case call(MonitoringCall)
}
