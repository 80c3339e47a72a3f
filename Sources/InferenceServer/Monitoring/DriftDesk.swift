import EventLoops
import LinuxSystem
import ModelMonitoring

/// Writes the documents that calls for drift wait for: one for all calls to a model, in slices of a few milliseconds,
/// between which the loop does what else there is to do.
///
/// - Isolation: the control loop's thread.
final class DriftDesk: TimerHandler {
    /// A document in work, and who waits for it.
    private final class Job {
        var document: DriftDocument
        let calls: [DriftCall]

        init(_ document: consuming DriftDocument, _ calls: [DriftCall]) {
            self.document = document
            self.calls = calls
        }
    }

    private let loop: EventLoop
    private let finished: () -> Void
    private var jobs: [Job] = []

    /// - Parameter finished: is told when the last document is written.
    init(on loop: EventLoop, finished: @escaping () -> Void) {
        self.loop = loop
        self.finished = finished
    }

    var isWriting: Bool { !jobs.isEmpty }

    /// Adds a document to those that `begin` begins.
    func add(_ document: consuming DriftDocument, for calls: [DriftCall]) { jobs.append(Job(document, calls)) }

    /// Writes what was added, and tells when that is done, at once if it is little or nothing.
    func begin() { jobs.isEmpty ? finished() : slice() }

    func timerFired(on loop: EventLoop) { slice() }

    private func slice() {
        guard let job = jobs.first else { return }
        if let text = job.document.write(variables: MonitoringLimits.variablesPerSlice) {
            for call in job.calls { call.answer(text) }
            jobs.removeFirst()
        }
        guard isWriting else { return finished() }
        _ = loop.arm(self, at: loop.now)
    }
}
