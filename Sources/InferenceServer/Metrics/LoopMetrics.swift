import HTTPConnections
import LinuxSystem

/// What one serving loop counts about itself.
///
/// - Isolation: written by the loop; read by any thread.
final class LoopMetrics: Sendable {
    private let closed = CounterBlock()
    /// The loop's processor time.
    let thread: ThreadClockReading

    /// Makes the counters of the calling thread's loop.
    init() { thread = ThreadClockReading() }

    func connectionClosed(_ end: ConnectionEnd) { closed.add(1, to: Int(end.rawValue)) }

    /// Connections that have ended, by reason.
    var closedCounts: [UInt64] { ConnectionEnd.allCases.map { closed.value(at: Int($0.rawValue)) } }
}
