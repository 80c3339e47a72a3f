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
    /// A loop has answered everything and handed over all it had; the control thread is told when that is kept.
    case loopDrained(tell: Mailbox<ControlOrder>)
    /// A client brings feedback, or asks.
    case call(MonitoringCall)
}
