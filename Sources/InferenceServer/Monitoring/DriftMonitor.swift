import EventLoops
import LinuxSystem
import ModelMonitoring

/// Watches how the rows of models drift: adds up what loops have counted, at intervals and when somebody asks, and
/// tells when something crosses a threshold.
///
/// A loop's counts are its own until it is asked to hand them over, which it does between two requests. Whoever asks
/// for a model's drift waits until every loop has done so, and therefore finds the rows of every answer that was sent
/// before. All who ask while a round is under way are answered by the next one, with one document for each model; after
/// a round the monitor rests three times as long as that took, so that no number of calls takes more than a fourth of
/// the thread.
///
/// - Isolation: the control loop's thread.
final class DriftMonitor: TimerHandler {
    /// A model version and what is remembered of its rows.
    ///
    /// It outlives the loaded model: a version that is loaded anew with the same reference and the same window goes on.
    struct Watch {
        var key: MetricsRegistry.Key
        var version: Int64
        var window: DriftWindow
        var alarm: DriftAlarm
        /// What the window said when it was last looked at; nil if rows have come or gone since.
        var report: DriftReport?
        /// The loaded model whose results were counted last, and how many there were.
        var model: ObjectIdentifier
        var results: (rows: UInt64, anomalies: UInt64) = (0, 0)
    }

    private let registry: DriftRegistry
    private let metrics: MetricsRegistry
    private let loops: [Mailbox<LoopOrder>]
    private let loop: EventLoop
    private let raise: (Watch, [DriftAlarm.Crossing], DriftReport) -> Void
    private(set) var watches: [Watch] = []
    /// Loops that have not handed over yet what they were asked for; 0 if nobody was asked.
    private var awaitedLoops = 0
    /// Who waits for the present round, and who came after it began.
    private var present: [DriftCall] = []
    private var next: [DriftCall] = []
    /// Writes the answers of the present round.
    private lazy var desk = DriftDesk(on: loop) { [unowned self] in roundEnded() }
    /// Ends the rest after a round.
    private lazy var rest = Rest(self)
    private var isResting = false
    private var writingBegan = Nanoseconds.zero
    private let clock: any MonotonicClock

    /// How often counts are added up if nobody asks.
    private let interval: Nanoseconds

    private final class Rest: TimerHandler {
        unowned let monitor: DriftMonitor

        init(_ monitor: DriftMonitor) { self.monitor = monitor }

        func timerFired(on loop: EventLoop) { monitor.restEnded() }
    }

    /// Begins to watch.
    ///
    /// - Parameter raise: is told what has crossed a threshold.
    init(
        _ registry: DriftRegistry, _ metrics: MetricsRegistry, loops: [Mailbox<LoopOrder>], interval: Nanoseconds,
        on loop: EventLoop, clock: any MonotonicClock = SystemClock(),
        raise: @escaping (Watch, [DriftAlarm.Crossing], DriftReport) -> Void
    ) {
        self.registry = registry
        self.metrics = metrics
        self.loops = loops
        self.loop = loop
        self.clock = clock
        self.interval = interval
        self.raise = raise
        _ = loop.arm(self, at: loop.now + interval)
    }

    func timerFired(on loop: EventLoop) {
        if !isBusy {
            if registry.entries.contains(where: \.ledger.awaitsCounts) {
                begin()
            } else {
                update()
            }
        }
        _ = loop.arm(self, at: loop.now + interval)
    }

    /// Somebody wants to know a model's drift.
    func asked(_ call: DriftCall) {
        next.append(call)
        if !isBusy { begin() }
    }

    /// Whether a round is under way or has just been.
    private var isBusy: Bool { awaitedLoops > 0 || desk.isWriting || isResting }

    /// A loop has handed over what it has counted.
    func countsLeft() {
        precondition(awaitedLoops > 0, "a loop hands over what it was asked for")
        awaitedLoops -= 1
        if awaitedLoops == 0 { finish() }
    }

    private func begin() {
        swap(&present, &next)
        awaitedLoops = loops.count
        for mailbox in loops { mailbox.send(.leaveDriftCounts) }
        if awaitedLoops == 0 { finish() }
    }

    private func finish() {
        writingBegan = clock.now()
        update()
        let calls = present
        present.removeAll()
        for (model, calls) in Dictionary(grouping: calls, by: \.model) {
            guard let index = watches.firstIndex(where: { $0.model == model }) else {
                for call in calls { call.answer(nil) }
                continue
            }
            let key = watches[index].key
            desk.add(
                DriftDocument(
                    report(at: index), watches[index].window.plan.settings, model: key.model, version: key.version),
                for: calls)
        }
        desk.begin()
    }

    private func roundEnded() {
        // Whoever has asked for nothing need not wait for anything.
        let pause = (clock.now() - writingBegan).count * (MonitoringLimits.driftShare - 1)
        guard pause > 0 else { return restEnded() }
        isResting = true
        _ = loop.arm(rest, at: loop.now + Nanoseconds(pause))
    }

    private func restEnded() {
        isResting = false
        if !next.isEmpty { begin() }
    }

    // MARK: Windows

    /// Takes what was handed over into the windows, and judges them.
    private func update() {
        let entries = registry.entries
        // Of a version that is loaded anew the old model counts until its last request has ended.
        var newest: [MetricsRegistry.Key: DriftRegistry.Entry] = [:]
        for entry in entries { newest[entry.key] = entry }
        watches.removeAll { newest[$0.key] == nil }
        for entry in entries where newest[entry.key]?.model == entry.model { adopt(entry) }
        watches.sort { $0.key < $1.key }
        for index in watches.indices {
            let added = takeCounts(of: watches[index], from: entries)
            let results = takeResults(at: index)
            let hasChanged = watches[index].window.add(
                added, resultCount: results.rows, anomalyCount: results.anomalies, at: loop.now)
            if hasChanged { watches[index].report = nil }
            if watches[index].report == nil { judge(at: index) }
        }
    }

    /// What a window says, found out once as long as no row comes or goes.
    private func report(at index: Int) -> DriftReport {
        var report = watches[index].report ?? watches[index].window.report(at: loop.now)
        report.age = watches[index].window.age(at: loop.now)
        watches[index].report = report
        return report
    }

    private func adopt(_ entry: DriftRegistry.Entry) {
        let plan = entry.ledger.plan
        if let index = watches.firstIndex(where: { $0.key == entry.key }) {
            guard watches[index].model != entry.model else { return }
            watches[index].results = (0, 0)
            watches[index].report = nil
            watches[index].model = entry.model
            if watches[index].window.plan.countsAlike(plan) {
                watches[index].window.adopt(plan)
            } else {
                watches[index].window = DriftWindow(plan)
            }
            watches[index].alarm = watches[index].alarm.with(plan.settings)
        } else {
            watches.append(
                Watch(
                    key: entry.key, version: entry.version, window: DriftWindow(plan),
                    alarm: DriftAlarm(plan.settings), model: entry.model))
        }
    }

    private func takeCounts(of watch: Watch, from entries: [DriftRegistry.Entry]) -> DriftCounts {
        let plan = watch.window.plan
        var counts = DriftCounts(for: plan)
        for entry in entries where entry.key == watch.key {
            if entry.ledger.plan.countsAlike(plan) {
                entry.ledger.take(into: &counts)
            } else {
                var forgotten = DriftCounts(for: entry.ledger.plan)
                entry.ledger.take(into: &forgotten)
            }
        }
        return counts
    }

    /// What the loaded model has predicted since the last look.
    private func takeResults(at index: Int) -> (rows: UInt64, anomalies: UInt64) {
        let watch = watches[index]
        var sum: (rows: UInt64, anomalies: UInt64) = (0, 0)
        for loop in metrics.statistics(of: watch.model, watch.key) {
            let anomalies = loop.value(of: .positiveRows)
            sum.anomalies += anomalies
            sum.rows += anomalies + loop.value(of: .otherRows)
        }
        watches[index].results = sum
        // Counters of a loop that has ended are not there any more.
        guard sum.rows >= watch.results.rows, sum.anomalies >= watch.results.anomalies else { return (0, 0) }
        let rows = sum.rows - watch.results.rows
        return (rows, min(rows, sum.anomalies - watch.results.anomalies))
    }

    private func judge(at index: Int) {
        guard watches[index].window.rowCount >= watches[index].window.plan.settings.judgedRows else { return }
        let report = report(at: index)
        registry.judged(report, of: watches[index].key.model)
        let crossings = watches[index].alarm.judged(report)
        if !crossings.isEmpty { raise(watches[index], crossings, report) }
    }

    /// What the metrics page shows: of each model its highest version that is watched.
    func reports() -> [(model: String, report: DriftReport)] {
        var shown: [(model: String, report: DriftReport)] = []
        for (index, watch) in watches.enumerated() {
            let isHighest = !watches.contains { $0.key.model == watch.key.model && $0.version > watch.version }
            if isHighest { shown.append((watch.key.model, report(at: index))) }
        }
        return shown
    }
}
