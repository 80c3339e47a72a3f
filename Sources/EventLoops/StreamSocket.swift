package import LinuxSystem

/// A TCP connection as its owner uses it: receive, send, half-close, close.
///
/// A handler class stores its socket as a property. In the steady state a request costs one `receive` and one `send`
/// system call and nothing else: readiness is edge-triggered and remembered by the loop, so no call is made to find
/// out that there is nothing left, and interest in output is registered once, at the first send that could not send
/// all.
///
/// ```swift
/// func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
///     let connection = Connection(socket)
///     connection.socket.register(connection, on: loop)
/// }
/// func inputReady(on loop: EventLoop) {
///     while socket.mayHoldInput(on: loop) {
///         switch socket.receive(on: loop) {
///         case .received: loop.received.withBytes { parse($0) }
///         case .wouldBlock: return
///         case .ended, .failed: return socket.close(on: loop)
///         }
///     }
/// }
/// ```
///
/// - Ownership: the descriptor is closed by `close`, or when the value dies after its loop has ended.
/// - Isolation: the thread of the loop that accepted it.
package struct StreamSocket: ~Copyable {
    private var descriptor: Descriptor?
    private var token: RegistrationToken?
    /// Who is at the other end.
    package let peer: SocketAddress
}
