/// Work that is done once per tick, after everything that was ready has been handled: batches, then output.
package protocol TickObserver: AnyObject {
    /// All events, messages and timers of this tick have been handled.
    func tickEnded(on loop: EventLoop) -> TickContinuation
}

/// Whether a loop may wait after a tick.
package enum TickContinuation: Equatable, Sendable {
    /// Nothing is left to do until something happens.
    case wait
    /// There is work for another tick: look for events without waiting.
    case continueAtOnce
}
