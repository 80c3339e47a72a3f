import DurableState
import EventLoops
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// The thread that keeps predictions, joins labels with them, judges experiments and leads rollouts.
///
/// Loops hand it what they have recorded and never wait for it; it alone touches files and databases.
///
/// - Isolation: the monitoring thread.
final class MonitorLoop: TimerHandler {
    private let state: ServerState
    private let loop: EventLoop
    private let places: MonitoringPlaces
    private let director: RolloutDirector
    private var models: [ModelMonitor] = []
    private var splits: [SplitMonitor] = []
    private var hasTriedState = false
    private var isArmed = false
    private var loops: [Mailbox<LoopOrder>] = []
    /// Loops that have not handed over yet what they were asked for; 0 if nobody was asked.
    private var awaitedLoops = 0
    /// Calls that wait for the present round, and those that came after it began.
    private var present: [MonitoringCall] = []
    private var next: [MonitoringCall] = []
    private let wallClock: @Sendable () -> Int64

    /// How often figures are made anew and rollouts are judged.
    private static let interval = Nanoseconds.seconds(1)

    /// Opens what the first table needs.
    ///
    /// - Throws: if there is state that cannot be opened, or predictions that cannot be kept.
    init(
        _ state: ServerState, _ options: ServerOptions, source: StateSource?, first: MonitoredSet, on loop: EventLoop,
        wallClock: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970
    ) throws(StateFault) {
        self.state = state
        self.loop = loop
        self.wallClock = wallClock
        places = MonitoringPlaces(options, source)
        director = RolloutDirector(state)
        try openState(for: first)
        for model in first.models { models.append(try places.open(model)) }
        adopt(first.splits)
        publish()
        arm()
    }

    /// Looks again after an interval, if anything is kept or led: an idle thread does not wake for nothing.
    private func arm() {
        guard !isArmed, !models.isEmpty || splits.contains(where: { $0.split.rollout != nil }) else { return }
        isArmed = true
        _ = loop.arm(self, at: loop.now + Self.interval)
    }

    private var nowSeconds: Int64 { wallClock() / 1_000_000_000 }

    func receive(_ order: MonitorOrder) {
        switch order {
        case .began(let loops):
            self.loops = loops
            director.began(loops)
        case .adopt(let set): adopt(set)
        case .keep(let batch): keep(batch)
        case .predictionsLeft: predictionsLeft()
        case .loopDrained(let control): control.send(.loopDrained)
        case .call(let call): asked(call)
        }
    }

    func timerFired(on loop: EventLoop) {
        let now = nowSeconds
        for split in splits { split.look(now: now) }
        director.look(splits, now: now)
        for model in models { reserve(model) }
        publish()
        isArmed = false
        arm()
    }

    // MARK: Adopting

    /// Opens the state once there is something to keep in it.
    private func openState(for set: MonitoredSet) throws(StateFault) {
        guard !hasTriedState, set.splits.contains(where: { $0.rollout != nil }) else { return }
        let opened = try places.openState()
        hasTriedState = true
        guard let store = opened else {
            state.log.write(.info, "rollouts are not kept: give --data-directory or --state-url")
            return
        }
        director.keep(in: store)
    }

    private func adopt(_ set: MonitoredSet) {
        do throws(StateFault) {
            try openState(for: set)
        } catch {
            state.log.write(.error, "state cannot be opened", .init("reason", error.description))
        }
        models.removeAll { known in !set.models.contains { $0 === known.model } }
        for model in set.models where !models.contains(where: { $0.model === model }) {
            do throws(StateFault) {
                models.append(try places.open(model))
            } catch {
                state.log.write(
                    .error, "predictions are not kept", .init("model", model.name), .init("reason", error.description))
            }
        }
        adopt(set.splits)
        publish()
        arm()
    }

    private func adopt(_ next: [TrafficSplit]) {
        splits = next.map { split in
            let weights = state.monitoring.weights(of: split) ?? split.variants.map(\.weight)
            if let known = splits.first(where: { $0.isSame(as: split) }) {
                known.adopt(split, weights: weights)
                return known
            }
            let monitor = SplitMonitor(split, weights: weights)
            takeUp(monitor)
            return monitor
        }
        director.adopt(splits, now: nowSeconds)
        adoptWeights()
    }

    /// Goes through what is kept of a split's predictions.
    private func takeUp(_ monitor: SplitMonitor) {
        for model in models {
            do throws(StateFault) {
                try model.forEachRecord { record in
                    monitor.predicted(record)
                    if record.isLabelled { monitor.labelled(record) }
                }
            } catch {
                state.log.write(
                    .error, "kept predictions cannot be read", .init("model", model.model.name),
                    .init("reason", error.description))
            }
        }
    }

    private func adoptWeights() {
        for monitor in splits {
            let weights = state.monitoring.weights(of: monitor.split) ?? monitor.split.variants.map(\.weight)
            monitor.adopt(monitor.split, weights: weights)
        }
    }

    private func publish() {
        let now = nowSeconds
        state.monitoring.figures = MonitoringFigures(models: models.map { $0.figures(now: now) })
        adoptWeights()
    }

    // MARK: Predictions

    private func keep(_ batch: PredictionBatch) {
        let monitor = models.first { $0.model === batch.model }
        batch.empty { records in
            if batch.isSingle { batch.model.arrived(byteCount: records.count) }
            guard let monitor else { return }
            do throws(StateFault) {
                try monitor.keep(records) { record in
                    guard record.splitHash != 0 else { return }
                    for split in splits { split.predicted(record) }
                }
            } catch {
                state.log.clientFault("predictions cannot be kept", .init("reason", error.description))
            }
        }
        if let monitor { reserve(monitor) }
    }

    /// Sees to it that there are numbers for the next predictions.
    private func reserve(_ monitor: ModelMonitor) {
        do throws(StateFault) {
            try monitor.reserve()
        } catch {
            state.log.clientFault("no identities of predictions can be reserved", .init("reason", error.description))
        }
    }

    // MARK: Calls

    /// Takes a call, and asks the loops for what they have recorded: whoever calls finds the predictions of every
    /// answer that was sent before.
    private func asked(_ call: MonitoringCall) {
        next.append(call)
        if awaitedLoops == 0 { begin() }
    }

    private func begin() {
        swap(&present, &next)
        awaitedLoops = loops.count
        for mailbox in loops { mailbox.send(.leavePredictions) }
        if awaitedLoops == 0 { finish() }
    }

    private func predictionsLeft() {
        precondition(awaitedLoops > 0, "a loop hands over what it was asked for")
        awaitedLoops -= 1
        if awaitedLoops == 0 { finish() }
    }

    private func finish() {
        for call in present { answer(call) }
        present.removeAll()
        if !next.isEmpty { begin() }
    }

    private func answer(_ call: MonitoringCall) {
        do throws(ProtocolError) {
            switch call.subject {
            case .feedback(let model, let message): try join(call, model, message)
            case .experiments: call.answer { appendExperiments(to: &$0) }
            case .experiment(let name): try show(call, try split(name))
            case .rollout(let name): try command(call, try split(name))
            }
        } catch {
            audit(call, result: error.message)
            call.refuse(error)
        }
    }

    private func split(_ name: String) throws(ProtocolError) -> SplitMonitor {
        guard let monitor = splits.first(where: { $0.split.name == name }) else {
            throw ProtocolError(.notFound, "there is no split '\(name)'")
        }
        return monitor
    }

    private func appendExperiments(to reply: inout ByteBuffer) {
        reply.append("{\"experiments\":[")
        for (index, monitor) in splits.enumerated() {
            reply.append(index == 0 ? "{\"name\":" : ",{\"name\":" as StaticString)
            reply.appendText(monitor.split.name)
            reply.append(",\"variants\":[")
            for (place, variant) in monitor.split.variants.enumerated() {
                if place > 0 { reply.append(",") }
                reply.appendText(variant.name)
            }
            reply.append("],\"rollout_phase\":")
            if let rollout = director.rollout(of: monitor.split.name) {
                reply.appendText(rollout.phase.rawValue)
            } else {
                reply.append("null")
            }
            reply.append("}")
        }
        reply.append("]}")
    }

    private func show(_ call: MonitoringCall, _ monitor: SplitMonitor) throws(ProtocolError) {
        monitor.look(now: nowSeconds)
        let document = ExperimentDocument(
            monitor: monitor, shadow: state.shadows.figures.first { $0.split == monitor.split.name },
            rollout: director.rollout(of: monitor.split.name), isKept: director.isKept)
        call.answer { document.append(to: &$0) }
    }

    private func command(_ call: MonitoringCall, _ monitor: SplitMonitor) throws(ProtocolError) {
        let command = try call.withBody { (body) throws(ProtocolError) in try RolloutCommand.read(body) }
        switch director.command(command, monitor, now: nowSeconds) {
        case .done: adoptWeights()
        case .refused(let reason): throw ProtocolError(.invalidArgument, reason)
        case .unkept(let sentence):
            adoptWeights()
            throw ProtocolError(.unavailable, sentence)
        }
        audit(call, result: "done: \(command.rawValue)")
        try show(call, monitor)
    }

    // MARK: Feedback

    private func join(_ call: MonitoringCall, _ named: String, _ message: Range<Int>?) throws(ProtocolError) {
        let request = try call.withBody { (body) throws(ProtocolError) in
            if let message { try FeedbackRequest(message, in: body) } else { try FeedbackRequest(body) }
        }
        let name = message == nil ? named : request.model
        let outcome = try join(request.items, name)
        audit(
            call,
            result: "accepted=\(outcome.accepted) unknown=\(outcome.unknown) late=\(outcome.late) "
                + "duplicate=\(outcome.duplicate)")
        call.answer { reply in
            if message == nil { outcome.append(to: &reply) } else { outcome.appendMessage(to: &reply) }
        }
    }

    /// Joins labels that were sent to a model or a split.
    private func join(_ items: [FeedbackItem], _ name: String) throws(ProtocolError) -> FeedbackOutcome {
        let split = splits.first { $0.split.name == name }
        let candidates: [ModelMonitor]
        if let split {
            let names = Set(split.split.variants.map(\.model))
            candidates = models.filter { names.contains($0.model.name) }
        } else {
            candidates = models.filter { $0.model.name == name }
        }
        guard !candidates.isEmpty else { throw ProtocolError(.notFound, MonitoringPlaces.absence(of: name)) }
        do throws(StateFault) {
            return try ModelMonitor.join(items, among: candidates, split: split?.hash) { record in
                for split in splits { split.labelled(record) }
            }
        } catch {
            throw ProtocolError(.unavailable, "labels cannot be kept now: \(error)")
        }
    }

    private func audit(_ call: MonitoringCall, result: String) {
        guard let caller = call.caller else { return }
        switch call.subject {
        case .feedback(let model, _):
            state.log.audit(caller.client, caller.grounds, "feedback", .init("model", model), result: result)
        case .rollout(let split):
            state.log.audit(caller.client, caller.grounds, "rollout", .init("split", split), result: result)
        case .experiments, .experiment: break
        }
    }
}
