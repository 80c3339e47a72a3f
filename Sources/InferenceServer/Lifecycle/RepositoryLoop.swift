import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// The thread that loads and unloads models while the server runs.
///
/// It looks at the repositories, loads what has changed or was asked for, publishes a new serving table to every loop
/// and keeps what was replaced until each loop has no work for it. Loops wait for none of it. One thing is done after
/// the other, so that the last call or change always has the last word.
///
/// What is to be done follows from `ModelCatalog`; this type carries it out.
///
/// - Isolation: the repository's thread.
final class RepositoryLoop: TimerHandler, TickObserver {
    /// What the thread is given.
    struct Setup: Sendable {
        var options: ServerOptions
        var state: ServerState
        var loader: ModelLoader
        var catalog: ModelCatalog
        var loops: [Mailbox<LoopOrder>]
        /// Whom to ask for models of object stores.
        var synchronisers: [RepositorySynchroniser] = []
    }

    /// A call that is answered when every loop serves a table.
    struct Answer {
        var generation: Int
        var call: RepositoryCall
        var error: ProtocolError?
    }

    let options: ServerOptions
    let state: ServerState
    let loader: ModelLoader
    var catalog: ModelCatalog
    let loop: EventLoop
    let synchronisers: [RepositorySynchroniser]
    /// Models that synchronisers are asked for, with the calls that wait for them.
    var waiting: [String: Waiting] = [:]
    private let loops: [Mailbox<LoopOrder>]
    /// Generation of the table that each loop serves.
    private var adopted: [Int]
    private var published = 0
    private var answers: [Answer] = []
    /// Models that no table holds any more, each until every loop serves a table of its generation.
    private var departing: [(generation: Int, model: ServedModel)] = []
    private let watcher: RepositoryWatcher?
    /// Paths that were moved to where they are since the last look.
    private var movedHere: Set<String> = []
    private var timer: TimerToken?
    private var nextLook = Nanoseconds.never
    private var lastLookDuration = Nanoseconds.zero
    private var hasReportedWatchFault = false

    /// How long news about directories gather before they are looked at.
    private static let gatheringTime = Nanoseconds.milliseconds(20)
    /// For each part of time that a look takes, parts without a look: the share of a processor that looking may have.
    private static let restFactor: Int64 = 9

    init(_ setup: Setup, on loop: EventLoop) throws(SystemError) {
        options = setup.options
        state = setup.state
        loader = setup.loader
        catalog = setup.catalog
        loops = setup.loops
        synchronisers = setup.synchronisers
        adopted = setup.loops.map { _ in 0 }
        self.loop = loop
        watcher = try? RepositoryWatcher()
        catalog.loopsBegan(count: loops.count)
        loop.addTickObserver(self)
        if let watcher {
            try loop.attach(watcher.changes) { [unowned self] news, _ in receive(news) }
        }
        look()
    }

    func receive(_ order: RepositoryOrder) {
        switch order {
        case .call(let call): receive(call)
        case .fetched(let fetched): receive(fetched)
        case .adopted(let loop, let generation, _):
            adopted[loop] = generation
            settle()
        case .released(let loop, let slot):
            guard let model = catalog.released(slot, by: loop) else { return }
            state.log.write(
                .debug, "a model has no work left", .init("model", model.name), .init("version", "\(model.version)"))
            departing.append((generation: published + 1, model: model))
        }
    }

    func tickEnded(on loop: EventLoop) -> TickContinuation {
        publish()
        return .wait
    }

    // MARK: Publishing

    /// Gives every loop a table that shows what has become of the models.
    func publish() {
        guard catalog.hasNews else { return settle() }
        let table = catalog.makeTable()
        published = table.generation
        state.log.write(
            .debug, "publishing a table", .init("generation", published), .init("names", table.names.count))
        for mailbox in loops { mailbox.send(.adopt(table.copy())) }
        settle()
    }

    /// Answers a call when every loop serves a table that shows its effect.
    func finish(_ call: RepositoryCall, _ error: ProtocolError?) {
        let generation = catalog.hasNews ? published + 1 : published
        answers.append(Answer(generation: generation, call: call, error: error))
    }

    /// Ends what has waited for the loops.
    private func settle() {
        let settled = adopted.min() ?? published
        departing.removeAll { $0.generation <= settled }
        for answer in answers where answer.generation <= settled { send(answer) }
        answers.removeAll { $0.generation <= settled }
    }

    private func send(_ answer: Answer) {
        let call = answer.call
        state.log.audit(
            call.client, call.grounds, "\(call.verb)", .init("model", call.model),
            result: answer.error?.message ?? "done")
        call.finish(answer.error)
    }

    // MARK: Looking

    private func receive(_ news: [DirectoryChanges.Change]) {
        movedHere.formUnion(watcher?.movedHere(news) ?? [])
        let rest = Nanoseconds(lastLookDuration.count * Self.restFactor)
        lookAgain(at: loop.now + max(Self.gatheringTime, rest))
    }

    private func lookAgain(at instant: Nanoseconds) {
        guard instant < nextLook else { return }
        if let timer { loop.cancel(timer) }
        nextLook = instant
        timer = loop.arm(self, at: instant)
    }

    func timerFired(on loop: EventLoop) {
        timer = nil
        nextLook = .never
        look()
    }

    /// Notes paths to which something was moved.
    func noteMoves(_ paths: [String]) { movedHere.formUnion(paths) }

    /// Looks at all repositories, loads what has changed, and says when to look again.
    func look() {
        let clock = SystemClock()
        let begin = clock.now()
        let scan = RepositoryScanner.scan(
            repositories: options.modelRepositories, models: options.models.map { (name: $0.name, path: $0.path) })
        var fingerprints: [String: ModelFingerprint] = [:]
        var directories = Set(options.modelRepositories)
        if options.modelControlMode == .poll {
            for scanned in scan.models {
                fingerprints[scanned.name] = ModelFingerprint(of: scanned)
                directories.formUnion(scanned.watchedDirectories)
            }
        }
        let look = catalog.look(
            ModelCatalog.Sight(
                scan: scan, fingerprints: fingerprints, movedHere: movedHere, now: begin,
                time: Nanoseconds(WallClock.nanosecondsSince1970())))
        // What is written later at the same place was not moved there.
        movedHere = []
        let hasNewWatch = watcher?.watch(directories) ?? false
        reportWatchFault()
        lastLookDuration = clock.now() - begin
        for order in sorted(look.orders) {
            if !load(order) { lookAgain(at: clock.now() + ModelRepositoryLimits.quietTime) }
        }
        relink()
        if hasNewWatch { lookAgain(at: clock.now() + ModelRepositoryLimits.quietTime) }
        lookAgain(at: min(look.next, clock.now() + .seconds(options.repositoryPollSeconds)))
    }

    private func reportWatchFault() {
        guard let fault = watcher?.fault, !hasReportedWatchFault else { return }
        hasReportedWatchFault = true
        state.log.write(
            .warning, "changes of some directories are seen only every --repository-poll-secs",
            .init("reason", fault.description))
    }
}
