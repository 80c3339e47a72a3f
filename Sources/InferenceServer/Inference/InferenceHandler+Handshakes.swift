import EventLoops
import LinuxSystem

/// What is noted about connections before they ask for anything.
extension InferenceHandler {
    func handshakeCompleted(_ facts: TLSFacts) { handshakes.completed(facts) }

    func handshakeFailed(_ fault: TLSFault, peer: SocketAddress) {
        handshakes.failed(fault)
        state.log.handshakeFailed(fault, peer: peer)
    }
}
