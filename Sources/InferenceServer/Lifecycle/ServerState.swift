import EventLoops
import LinuxSystem
import Synchronization

/// What every thread of the server may ask and only the control loop decides.
///
/// - Isolation: any thread.
final class ServerState: Sendable {
    /// How far the process is between its start and its end, which is what health checks ask for.
    enum Phase: UInt8, AtomicRepresentable {
        case starting, serving, ending
    }

    private let currentPhase = Atomic(Phase.starting)
    private let exitCode = Atomic<Int32>(0)
    private let exiting = Atomic(false)
    let metrics = MetricsRegistry()
    let log: EventLog
    let allocator: @Sendable () -> AllocatorFigures?

    /// Makes the state of a process that starts.
    ///
    /// - Parameter allocator: the allocator's figures at the time of the call.
    init(log: EventLog, allocator: @escaping @Sendable () -> AllocatorFigures? = { nil }) {
        self.log = log
        self.allocator = allocator
    }

    var phase: Phase { currentPhase.load(ordering: .relaxed) }

    func enter(_ phase: Phase) { currentPhase.store(phase, ordering: .relaxed) }

    /// The exit code, once the control loop has decided that the process ends.
    var decidedExitCode: Int32? {
        exiting.load(ordering: .acquiring) ? exitCode.load(ordering: .relaxed) : nil
    }

    func decideExit(code: Int32) {
        exitCode.store(code, ordering: .relaxed)
        exiting.store(true, ordering: .releasing)
    }
}
