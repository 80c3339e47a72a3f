import EventLoops
import LinuxSystem
import Synchronization

/// What every thread of the server may ask and only the control loop decides.
///
/// - Isolation: any thread.
final class ServerState: Sendable {
    /// Whether the process answers health checks as ready; turns true once and false once.
    private let serving = Atomic(false)
    private let exitCode = Atomic<Int32>(0)
    private let exiting = Atomic(false)
    let metrics = MetricsRegistry()
    let log: EventLog

    init(log: EventLog) {
        self.log = log
    }

    var isServing: Bool { serving.load(ordering: .relaxed) }

    func setServing(_ value: Bool) { serving.store(value, ordering: .relaxed) }

    /// The exit code, once the control loop has decided that the process ends.
    var decidedExitCode: Int32? {
        exiting.load(ordering: .acquiring) ? exitCode.load(ordering: .relaxed) : nil
    }

    func decideExit(code: Int32) {
        exitCode.store(code, ordering: .relaxed)
        exiting.store(true, ordering: .releasing)
    }
}
