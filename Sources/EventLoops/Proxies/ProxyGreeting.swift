import LinuxSystem

/// A connection whose PROXY header is arriving.
///
/// - Isolation: the loop's thread; the loop holds it until the header is read or the connection closed.
final class ProxyGreeting: SocketHandler, TimerHandler {
    private let acceptor: ProxyAcceptor
    /// Closed once it was handed on.
    private var socket: StreamSocket
    private var received = ByteBuffer()
    private var timer: TimerToken?

    init(_ socket: consuming StreamSocket, for acceptor: ProxyAcceptor) {
        self.acceptor = acceptor
        self.socket = socket
    }

    func begin(on loop: EventLoop) {
        loop.greetingBegan()
        do throws(SystemError) {
            try socket.register(self, on: loop)
        } catch {
            return fail(.ended, on: loop)
        }
        timer = loop.arm(self, at: loop.now + EventLoopsLimits.proxyHeaderTime)
    }

    func inputReady(on loop: EventLoop) {
        while socket.isOpen {
            switch received.withBytes({ ProxyHeader.bytesReceived($0) }) {
            case .needed(let byteCount):
                guard socket.mayHoldInput(on: loop) else { return }
                // No more than is asked for: what follows the header is not for us.
                switch socket.receive(into: &received, limit: byteCount, on: loop) {
                case .received: continue
                case .wouldBlock: return
                case .ended, .failed: return fail(.ended, on: loop)
                }
            case .faulted(let fault): return fail(fault, on: loop)
            case .completed(let header, _): return handOn(header, on: loop)
            }
        }
    }

    func outputReady(on loop: EventLoop) {}

    func connectionFailed(on loop: EventLoop) { fail(.ended, on: loop) }

    func timerFired(on loop: EventLoop) {
        timer = nil
        fail(.late, on: loop)
    }

    private func handOn(_ header: ProxyHeader, on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
        var greeted = socket.moveOut()
        greeted.relay(from: header.source)
        acceptor.greeted(greeted, on: loop)
    }

    private func fail(_ fault: ProxyHeaderFault, on loop: EventLoop) {
        guard socket.isOpen else { return }
        if let timer { loop.cancel(timer) }
        let peer = socket.peer
        socket.close(on: loop)
        acceptor.failed(fault, peer, on: loop)
    }
}
