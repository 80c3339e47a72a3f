import LinuxSystem

/// Who takes events.
///
/// - Isolation: the side thread; calls may block.
protocol EventReceiver: AnyObject {
    /// Brings an event.
    ///
    /// - Parameter limit: how long that may take.
    func deliver(_ event: CloudEvent, within limit: Nanoseconds) -> EventQueue.Outcome
}
