import DurableState
import EventLoops
import KnowledgeRetrieval
import LinuxSystem
import OpenInferenceProtocol

/// The thread that keeps what is known: reads it, takes documents, makes their vectors, and answers calls about it.
///
/// - Isolation: the knowledge thread.
final class KnowledgeLoop: TimerHandler {
    private let state: ServerState
    private let loop: EventLoop
    private let base: KnowledgeLibrary
    private let keeper: KnowledgeKeeper
    /// Where runbooks lie that a server knows whose store is new; nil for none.
    private let starterDirectory: String?
    /// Whether others may change what is kept.
    private let isShared: Bool
    private var isArmed = false

    /// How often changes of other servers are looked for.
    private static let lookInterval = Nanoseconds.seconds(5)

    /// Opens the store; nothing is read.
    init(
        _ state: ServerState, _ options: ServerOptions, source: StateSource?, on loop: EventLoop
    ) throws(StateFault) {
        self.state = state
        self.loop = loop
        base = state.knowledge
        let now = WallClock.nanosecondsSince1970
        keeper = KnowledgeKeeper(base, store: try source?.open(now: now), now: now)
        starterDirectory = options.starterDirectory
        if case .postgres = source?.location { isShared = true } else { isShared = false }
    }

    func receive(_ order: KnowledgeOrder) {
        switch order {
        case .begin: begin()
        case .call(let call): answer(call)
        case .adopt(let encoder): attempt { () throws(KnowledgeFault) in try keeper.adopt(encoder) }
        case .put(let document):
            attempt { () throws(KnowledgeFault) in try keeper.put([document]) }
        }
        arm()
    }

    func timerFired(on loop: EventLoop) {
        isArmed = false
        if keeper.canComplete {
            attempt { () throws(KnowledgeFault) in _ = try keeper.completeOne() }
        } else if isShared {
            attempt { () throws(KnowledgeFault) in try keeper.refresh() }
        }
        arm()
    }

    /// Goes on making vectors at once, one document at a time so that calls need not wait; an idle thread does not
    /// wake for nothing.
    private func arm() {
        guard !isArmed else { return }
        if keeper.canComplete {
            isArmed = true
            _ = loop.arm(self, at: loop.now)
        } else if isShared {
            isArmed = true
            _ = loop.arm(self, at: loop.now + Self.lookInterval)
        }
    }

    private func attempt(_ body: () throws(KnowledgeFault) -> Void) {
        do throws(KnowledgeFault) {
            try body()
        } catch {
            state.log.clientFault("knowledge cannot be kept or read", .init("reason", error.description))
        }
    }

    // MARK: Beginning

    private func begin() {
        attempt { () throws(KnowledgeFault) in
            try keeper.refresh()
            if try keeper.isNew() { try takeStarterSet() }
        }
        let figures = base.figures
        state.log.write(
            .info, "knowledge is ready", .init("documents", "\(figures.documents)"),
            .init("chunks", "\(figures.chunks)"), .init("vectors", base.encoder?.name ?? "none: words only"),
            .init("kept", keeper.isKept ? "yes" : "no: give --data-directory or --state-url"))
    }

    private func takeStarterSet() throws(KnowledgeFault) {
        guard let directory = starterDirectory else { return }
        do throws(ReadingFault) {
            let files = try KnowledgeFiles(at: directory)
            var documents: [KnowledgeDocument] = []
            for file in files.paths { documents += try files.documents(in: file) }
            try put(documents)
        } catch {
            state.log.write(.warning, "the starter set cannot be read", .init("reason", error.message))
        }
    }

    private func put(_ documents: [KnowledgeDocument]) throws(ReadingFault) {
        do throws(KnowledgeFault) {
            try keeper.put(documents)
        } catch {
            throw ReadingFault(error.description)
        }
    }

    // MARK: Calls

    private func answer(_ call: KnowledgeCall) {
        do throws(ProtocolError) {
            switch call.subject {
            case .put(let areLines): try put(call, areLines)
            case .remove(let id): try remove(call, id)
            case .list(let after, let limit):
                let documents = base.documents(after: after, limit: limit + 1)
                let page = Array(documents.prefix(limit))
                let next = documents.count > limit ? page.last?.id : nil
                call.answer { KnowledgeDocuments.append(page, next: next, base, to: &$0) }
            case .show(let id):
                guard let document = base.document(id) else { throw Self.unknown(id) }
                call.answer { document.append(to: &$0) }
            case .search(let query):
                let found = base.documents(for: query)
                call.answer { KnowledgeDocuments.append(found, of: query, to: &$0) }
            }
        } catch {
            audit(call, result: error.message)
            call.refuse(error)
        }
    }

    private static func unknown(_ id: String) -> ProtocolError {
        ProtocolError(.notFound, "there is no document '\(id.prefix(200))'")
    }

    private func put(_ call: KnowledgeCall, _ areLines: Bool) throws(ProtocolError) {
        let documents: [KnowledgeDocument]
        do throws(ReadingFault) {
            documents = try call.withBody { (body) throws(ReadingFault) in
                areLines ? try DocumentReader.jsonLines(body) : try DocumentReader.json(body)
            }
        } catch {
            throw ProtocolError(.invalidArgument, error.message)
        }
        let outcome = try changed { () throws(KnowledgeFault) in try keeper.put(documents) }
        audit(
            call,
            result: "added=\(outcome.added) replaced=\(outcome.replaced) unchanged=\(outcome.unchanged)")
        call.answer { KnowledgeDocuments.append(outcome, ids: documents.map(\.id), to: &$0) }
    }

    private func remove(_ call: KnowledgeCall, _ id: String) throws(ProtocolError) {
        guard try changed({ () throws(KnowledgeFault) in try keeper.remove(id) }) else { throw Self.unknown(id) }
        audit(call, result: "removed")
        call.answer { reply in
            reply.append("{\"removed\":")
            reply.appendJSONString(id)
            reply.append("}")
        }
    }

    private func changed<Result>(_ body: () throws(KnowledgeFault) -> Result) throws(ProtocolError) -> Result {
        do throws(KnowledgeFault) {
            return try body()
        } catch {
            switch error {
            case .refused, .full: throw ProtocolError(.invalidArgument, error.description)
            case .state: throw ProtocolError(.unavailable, "knowledge cannot be kept now: \(error)")
            }
        }
    }

    private func audit(_ call: KnowledgeCall, result: String) {
        guard let caller = call.caller else { return }
        if case .remove(let id) = call.subject {
            state.log.audit(caller.client, caller.grounds, "knowledge removal", .init("id", id), result: result)
        } else {
            state.log.audit(caller.client, caller.grounds, "knowledge", .init("id", ""), result: result)
        }
    }
}
