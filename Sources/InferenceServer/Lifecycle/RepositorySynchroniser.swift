import EventLoops
import LinuxSystem
import ModelRepository
import Synchronization

/// The thread that follows a repository of an object store while the server runs.
///
/// It waits for the network so that nobody else has to, and leaves changes to the thread of the repository, which alone
/// moves files where it reads them. Where models are followed it looks at intervals; where they are loaded on request,
/// when it is asked.
///
/// - Isolation: `request` from any thread; the rest is the thread's own.
final class RepositorySynchroniser: Sendable {
    private let mirror: RepositoryMirror
    private let log: EventLog
    private let repository: Mailbox<RepositoryOrder>
    /// Time between two looks; nil where nothing is followed.
    private let period: Nanoseconds?
    private let requests = Mutex<[Request]>([])
    private let news = ThreadSemaphore()

    /// A model, and the one whose load needs it.
    private struct Request {
        let model: String
        let loading: String
    }

    /// What the log has been told and is not told again as long as it stays so.
    private struct Told {
        /// Why the store could not be asked; empty if it could.
        var reason = ""
        var notices: [String] = []
        /// By model.
        var failures: [String: String] = [:]
    }

    init(
        _ mirror: RepositoryMirror, log: EventLog, repository: Mailbox<RepositoryOrder>, options: ServerOptions
    ) {
        self.mirror = mirror
        self.log = log
        self.repository = repository
        period = options.modelControlMode == .poll ? .seconds(options.repositoryPollSeconds) : nil
    }

    /// Starts the thread, which ends when the mirror is interrupted or with the process.
    func start() throws(SystemError) {
        _ = try SystemThread(name: "rowan-s3", priority: .background) { [self] in run() }
    }

    /// Asks for a model to be brought up to date; the answer goes to the thread of the repository.
    ///
    /// - Parameter loading: the model whose load needs it.
    func request(_ model: String, for loading: String) {
        requests.withLock { $0.append(Request(model: model, loading: loading)) }
        news.signal()
    }

    private func run() {
        let clock = SystemClock()
        let never = Nanoseconds.seconds(86_400 * 365)
        var next = clock.now() + (period ?? never)
        var told = Told()
        while !mirror.isInterrupted {
            if news.wait(atMost: next - clock.now()) {
                if let request = requests.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { fetch(request) }
                continue
            }
            let isUnsettled = follow(&told)
            next = clock.now() + min(period ?? never, isUnsettled ? ObjectStoreLimits.quietTime : never)
        }
    }

    /// Brings one model up to date and answers, whatever came of it.
    private func fetch(_ request: Request) {
        do throws(ObjectStoreFault) {
            let look = try mirror.look(at: request.model)
            SynchronisationReport(mirror, log).write(look)
            try hand(
                over: FetchedModels(
                    mirror: mirror, model: request.model, loading: request.loading, staged: look.staged,
                    fault: look.failures.first?.fault))
        } catch {
            let nothing = FetchedModels(
                mirror: mirror, model: request.model, loading: request.loading, staged: StagedChanges(), fault: error)
            repository.send(.fetched(nothing))
            _ = nothing.taken.take()
        }
    }

    /// Looks at the whole store.
    ///
    /// - Returns: whether it is to be looked at again soon.
    private func follow(_ told: inout Told) -> Bool {
        let report = SynchronisationReport(mirror, log)
        do throws(ObjectStoreFault) {
            let look = try mirror.look(waitsForQuiet: true)
            report.write(look, told: told.notices)
            told.notices = look.notices
            for failure in look.failures where told.failures[failure.model] != failure.fault.description {
                report.write(failure.fault, model: failure.model, consequence: "serving what was served before")
            }
            told.failures = Dictionary(
                look.failures.map { ($0.model, $0.fault.description) }, uniquingKeysWith: { first, _ in first })
            if !look.staged.isEmpty {
                try hand(
                    over: FetchedModels(mirror: mirror, model: nil, loading: nil, staged: look.staged, fault: nil))
            }
            if !told.reason.isEmpty { log.write(.info, "repository reached again", .init("url", mirror.location.text)) }
            told.reason = ""
            return look.isUnsettled
        } catch {
            if error.description != told.reason {
                report.write(error, consequence: "serving what was served before")
            }
            told.reason = error.description
            return false
        }
    }

    private func hand(over fetched: FetchedModels) throws(ObjectStoreFault) {
        repository.send(.fetched(fetched))
        try mirror.settle(fetched.staged, isDone: fetched.taken.take())
    }
}
