import EventLoops
import LinuxSystem

/// What one loop counts about the handshakes of one kind of port.
///
/// - Isolation: written by the loop; read by any thread.
final class HandshakeCounters: Sendable {
    /// How a handshake that was completed went.
    enum Success: Int, CaseIterable {
        case tls12, tls12Resumed, tls13, tls13Resumed
    }

    private let cells = CounterBlock()

    func completed(_ facts: TLSFacts) {
        let success: Success =
            facts.isVersion13
            ? (facts.isResumed ? .tls13Resumed : .tls13) : (facts.isResumed ? .tls12Resumed : .tls12)
        cells.add(1, to: success.rawValue)
    }

    func failed(_ fault: TLSFault) { cells.add(1, to: Success.allCases.count + Int(fault.kind.rawValue)) }

    func value(of success: Success) -> UInt64 { cells.value(at: success.rawValue) }

    func value(of kind: TLSFault.Kind) -> UInt64 {
        cells.value(at: Success.allCases.count + Int(kind.rawValue))
    }
}
