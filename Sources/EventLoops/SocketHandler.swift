/// What a loop tells the owner of a socket.
///
/// The loop holds its handlers strongly from `StreamSocket.register` to `StreamSocket.close`; a handler may close its
/// socket in any of these calls. No call is made twice for one event, and none after closing.
///
/// - Isolation: the loop's thread.
package protocol SocketHandler: AnyObject {
    /// Something can be received, perhaps the end.
    ///
    /// Receive as long as `StreamSocket.mayHoldInput` is true, or leave the rest for later: the loop remembers that
    /// there is more but does not call again by itself, so a handler that stops early either asks for another call
    /// with `StreamSocket.callAgain` or receives when it is ready for more.
    func inputReady(on loop: EventLoop)

    /// The socket takes bytes again after a send that could not send all.
    func outputReady(on loop: EventLoop)

    /// The connection has failed: the peer reset it or could not be reached. What is left to do is to close.
    func connectionFailed(on loop: EventLoop)
}

/// What a listener tells the one who serves its connections.
package protocol ConnectionAcceptor: AnyObject {
    /// A connection has arrived: register a handler for it or close it.
    func accepted(_ socket: consuming StreamSocket, on loop: EventLoop)
}

/// What a loop tells the owner of a timer.
package protocol TimerHandler: AnyObject {
    /// The time that the timer was armed for has come; the timer is no longer armed.
    func timerFired(on loop: EventLoop)
}

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
