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
