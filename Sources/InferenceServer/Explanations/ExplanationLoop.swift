import AnomalyExplanation
import EventLoops
import HTTPConnections
import KnowledgeRetrieval
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// The thread that explains: it takes anomalous rows up, finds out what they have in common, and composes explanations,
/// one small step after another.
///
/// It has idle priority, and offers its processor after each step: whoever answers clients goes first.
///
/// - Isolation: the explaining thread.
final class ExplanationLoop: TimerHandler, TickObserver {
    /// An explanation in work.
    private struct Work {
        let id: ExplanationIdentity
        var answer: RetrievalAnswer?
        var timings = Explanation.Timings()
    }

    private let state: ServerState
    /// Who keeps what people have confirmed.
    private let knowledge: Mailbox<KnowledgeOrder>
    private let loop: EventLoop
    private let clock: any MonotonicClock
    private let wallClock: @Sendable () -> Int64
    private let composer = ExtractiveComposer()
    private(set) var book = IncidentBook()
    private var waits = ExplanationWaits()
    /// Batches that have come, and where the next record of the first one begins.
    private var batches: [AnomalyBatch] = []
    private var offset = 0
    private var work: Work?
    private var figures = ExplanationFigures()
    private var timer: TimerToken?
    private let processorTime = ThreadProcessorClock()

    /// Processor time for which the thread works before it offers its processor to others.
    private static let sliceDuration = Nanoseconds.microseconds(50)

    init(
        _ state: ServerState, _ knowledge: Mailbox<KnowledgeOrder>, on loop: EventLoop,
        clock: any MonotonicClock = SystemClock(),
        wallClock: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970
    ) {
        self.state = state
        self.knowledge = knowledge
        self.loop = loop
        self.clock = clock
        self.wallClock = wallClock
    }

    func receive(_ order: ExplanationOrder) {
        switch order {
        case .explain(let batch): batches.append(batch)
        case .call(let call): asked(call)
        case .forget(let call):
            if waits.forget(call) { call.refuse(ProtocolError(.unavailable, "nobody waits")) }
        }
    }

    func timerFired(on loop: EventLoop) { timer = nil }

    /// Works for one slice.
    func tickEnded(on loop: EventLoop) -> TickContinuation {
        for due in waits.take(now: loop.now, where: { _ in false }) { answer(due) }
        let begin = processorTime.now()
        var hasWorked = false
        var duration = Nanoseconds.zero
        while duration < Self.sliceDuration, step() {
            hasWorked = true
            duration = processorTime.now() - begin
        }
        if hasWorked {
            figures.longestSlice = max(figures.longestSlice, duration)
            publish()
            SystemThread.yield()
        }
        if !batches.isEmpty || work != nil { return .continueAtOnce }
        return arm()
    }

    /// Sets the timer for what comes next: the end of somebody's patience, or another attempt.
    private func arm() -> TickContinuation {
        let next = min(waits.nextDeadline, book.nextAttempt ?? .never)
        if next <= loop.now { return .continueAtOnce }
        if let timer { loop.cancel(timer) }
        timer = next == .never ? nil : loop.arm(self, at: next)
        return .wait
    }

    private func publish() {
        figures.waiting = book.waitingCount
        figures.remembered = book.count
        figures.oldestSeconds = book.oldestWaitingTime.map { Double(wallClock() - $0) / 1e9 } ?? 0
        state.explanations.figures = figures
    }

    // MARK: Steps

    /// Does the next small thing.
    ///
    /// - Returns: false if there is nothing to do.
    private func step() -> Bool {
        if let work {
            advance(work)
            return true
        }
        if let batch = batches.first {
            takeUp(batch)
            return true
        }
        guard let id = book.nextWaiting(now: clock.now()) else { return false }
        if book.advance(id, { $0.began(now: clock.now()) }) == .retrieve { work = Work(id: id) }
        return true
    }

    /// Takes the next row of a batch up.
    private func takeUp(_ batch: AnomalyBatch) {
        let anomaly = batch.next(from: &offset)
        let byteCount = batch.byteCount
        if let anomaly { admit(anomaly, of: batch.model) }
        guard offset >= byteCount else { return }
        if batch.isSingle { batch.model.arrived(byteCount: byteCount) }
        batch.release()
        batches.removeFirst()
        offset = 0
    }

    private func admit(_ anomaly: Anomaly, of model: ExplainedModel) {
        figures.anomalies += 1
        let begin = clock.now()
        let report = AnomalyReport(anomaly, of: model)
        figures.record((clock.now() - begin).count, of: .evidence)
        let window = Int64(model.plan.settings.windowSeconds) * 1_000_000_000
        let admission = book.admit(anomaly, report.signature, window: window) {
            report.incident(anomaly, of: model, job: ExplanationJob(now: clock.now()))
        }
        switch admission {
        case .joined: figures.joined += 1
        case .opened: break
        case .refused(let id): ended(id, .failed, reason: "queue")
        }
    }

    /// Does the next step of an explanation.
    private func advance(_ current: Work) {
        guard let incident = book.incident(of: current.id) else {
            work = nil
            return
        }
        let begin = clock.now()
        if incident.job.state == .retrieving {
            var current = current
            current.answer = state.knowledge.documents(for: composer.query(for: incident))
            current.timings.retrieval = (clock.now() - begin).count
            figures.record(current.timings.retrieval, of: .retrieval)
            work = book.advance(current.id, { $0.retrieved() }) == .generate ? current : nil
            return
        }
        work = nil
        let answer = current.answer ?? RetrievalAnswer(documents: [], isKeywordOnly: true)
        var explanation = composer.compose(incident, answer, similar: book.similar(to: incident))
        explanation.timings = current.timings
        explanation.timings.generation = (clock.now() - begin).count
        figures.record(explanation.timings.generation, of: .generation)
        if book.advance(current.id, with: explanation, { $0.generated() }) == .finish {
            ended(current.id, .done, reason: "")
        }
    }

    /// Tells everybody who wants to know.
    private func ended(_ id: ExplanationIdentity, _ end: ExplanationJob.State, reason: String) {
        figures.ends[ExplanationFigures.End(state: end, reason: reason), default: 0] += 1
        guard let incident = book.incident(of: id) else { return }
        figures.record(wallClock() - incident.firstTime, of: .total)
        state.events.explained(incident)
        let due = waits.take(now: .zero) { waiting in
            switch waiting.call.subject {
            case .show(let id, _, _): book.incident(of: id)?.job.hasEnded == true
            case .events: true
            case .list, .opinion: false
            }
        }
        for waiting in due { answer(waiting) }
    }

    // MARK: Calls

    /// Answers a call, or lets it wait for what it asks for.
    private func asked(_ call: ExplanationCall) {
        switch call.subject {
        case .show(let id, let patience, let form):
            if patience > .zero, book.incident(of: id)?.job.hasEnded != true {
                // The row itself may still be on its way.
                return waits.wait(call, until: loop.now + patience, event: nil)
            }
            show(id, form, call)
        case .list(let filter):
            let page = book.page(filter)
            call.answer { ExplanationDocuments.append(page.incidents, next: page.next, to: &$0) }
        case .events(let event, let patience):
            let after = event ?? book.lastEvent
            if book.lastEvent <= after, patience > .zero {
                return waits.wait(call, until: loop.now + patience, event: after)
            }
            tell(call, after: after)
        case .opinion(let id): note(call, id)
        }
    }

    /// Answers a call that has waited.
    private func answer(_ waiting: ExplanationWaits.Waiting) {
        switch waiting.call.subject {
        case .show(let id, _, let form): show(id, form, waiting.call)
        case .events: tell(waiting.call, after: waiting.event ?? 0)
        case .list, .opinion: preconditionFailure("only calls for what is still to come wait")
        }
    }

    private func tell(_ call: ExplanationCall, after event: UInt64) {
        let ended = book.ended(after: event, limit: ExplanationLimits.usualPageSize)
        call.answer(.eventStream) { ExplanationDocuments.appendEvents(ended, after: event, to: &$0) }
    }

    private func show(_ id: ExplanationIdentity, _ form: ExplanationCall.Form, _ call: ExplanationCall) {
        guard let incident = book.incident(of: id) else {
            return call.refuse(ProtocolError(.notFound, "there is no explanation '\(id.text)'"))
        }
        switch form {
        case .json: call.answer { IncidentDocument(incident).append(to: &$0, asked: id) }
        case .markdown: call.answer(.markdown) { $0.append(IncidentMarkdown(incident).text) }
        }
    }

    private func note(_ call: ExplanationCall, _ id: ExplanationIdentity) {
        do throws(ProtocolError) {
            let opinion = try call.withBody { (body) throws(ProtocolError) in
                try ExplanationOpinion.read(body, time: wallClock())
            }
            guard book.note(opinion, on: id) else {
                throw ProtocolError(.notFound, "there is no explanation '\(id.text)'")
            }
            audit(call, id, result: "done: \(opinion.verdict.rawValue)")
            if let incident = book.incident(of: id) {
                if let document = ConfirmedIncident.document(of: incident) { knowledge.send(.put(document)) }
                call.answer { IncidentDocument(incident).append(to: &$0, asked: id) }
            }
        } catch {
            audit(call, id, result: error.message)
            call.refuse(error)
        }
    }

    private func audit(_ call: ExplanationCall, _ id: ExplanationIdentity, result: String) {
        guard let caller = call.caller else { return }
        state.log.audit(
            caller.client, caller.grounds, "explanation feedback", .init("explanation", id.text), result: result)
    }
}
