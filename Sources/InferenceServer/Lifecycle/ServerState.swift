import EventLoops
import KnowledgeRetrieval
import LinuxSystem
import RequestTracing
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
    let drift = DriftRegistry()
    let monitoring = MonitoringRegistry()
    let explanations = ExplanationRegistry()
    let counters = ServerCounters()
    let overload: OverloadWatch
    let shadows = ShadowThread()
    /// What is known about causes and remedies.
    let knowledge: KnowledgeLibrary
    let searchTimes: SearchTimes
    let log: EventLog
    let tracing: Tracing
    let events: ServerEvents
    let allocator: @Sendable () -> AllocatorFigures?
    let build: BuildFacts
    /// nil where nobody needs a key.
    let keys: APIKeyDirectory?
    let accessRefusals: KeyRefusalCounters

    /// Makes the state of a process that starts.
    ///
    /// - Parameter allocator: the allocator's figures at the time of the call.
    ///
    /// - Parameter tracing: nil for one in which nothing can be traced.
    /// - Parameter loopCount: loops that serve.
    /// - Parameter scanInstructions: what vectors are compared with.
    init(
        log: EventLog, tracing: Tracing? = nil, events: ServerEvents = ServerEvents(),
        allocator: @escaping @Sendable () -> AllocatorFigures? = { nil },
        build: BuildFacts = BuildFacts(), clock: any MonotonicClock = SystemClock(), keys: APIKeyDirectory? = nil,
        loopCount: Int = 1, scanInstructions: ScanInstructions = .baseline
    ) {
        self.log = log
        self.tracing = tracing ?? Tracing(TraceOptions(), version: ServerVersion.text)
        self.events = events
        self.allocator = allocator
        self.build = build
        self.keys = keys
        accessRefusals = KeyRefusalCounters(loopCount: loopCount)
        let searchTimes = SearchTimes()
        self.searchTimes = searchTimes
        knowledge = KnowledgeLibrary(instructions: scanInstructions, clock: clock) { searchTimes.record($0) }
        overload = OverloadWatch(clock: clock)
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
