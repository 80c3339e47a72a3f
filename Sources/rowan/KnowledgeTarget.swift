import DurableState
import InferenceServer
import JSONSyntax
import KnowledgeRetrieval
import LinuxSystem
import ServerView

/// Where knowledge is kept that a command works on.
struct KnowledgeTarget {
    private enum Place {
        case server(ServerCaller)
        case state(KnowledgeKeeper, KnowledgeLibrary)
    }

    private let place: Place
    private let options: KnowledgeOptions

    /// Finds it: a running server is only called later, a store is opened and read.
    init(_ options: KnowledgeOptions) throws(KnowledgeCommand.Fault) {
        self.options = options
        switch options.place {
        case .server(let url):
            do throws(ViewFault) {
                let server = try ServerAddress(url, defaultPort: 8_000)
                var token: String?
                if let file = options.tokenFile { token = try ServerCaller.token(inFile: file) }
                let client = try ServerClient(certificateAuthorityFile: options.certificateAuthorityFile)
                place = .server(ServerCaller(server, token: token, client))
            } catch {
                throw KnowledgeCommand.Fault(error.message)
            }
        case .state(let location):
            let now = WallClock.nanosecondsSince1970
            let base = KnowledgeLibrary(instructions: .baseline)
            do throws(StateFault) {
                let store = try StateStore(at: location, for: .serving, now: now)
                let keeper = KnowledgeKeeper(base, store: store, now: now)
                try Self.refresh(keeper)
                place = .state(keeper, base)
            } catch {
                throw KnowledgeCommand.Fault(error.description)
            }
        }
    }

    private static func refresh(_ keeper: KnowledgeKeeper) throws(StateFault) {
        do throws(KnowledgeFault) {
            try keeper.refresh()
        } catch {
            throw .location(error.description)
        }
    }

    /// Takes documents.
    func put(_ documents: [KnowledgeDocument]) throws(ReadingFault) -> KnowledgeKeeper.Outcome {
        switch place {
        case .state(let keeper, _):
            do throws(KnowledgeFault) {
                return try keeper.put(documents)
            } catch {
                throw ReadingFault(error.description)
            }
        case .server(let caller):
            var body = ByteBuffer()
            body.append("{\"documents\":[")
            for (index, document) in documents.enumerated() {
                if index > 0 { body.append(",") }
                document.append(to: &body)
            }
            body.append("]}")
            let text = body.withBytes { $0.text($0.indices) }
            let bytes = try Self.called { () throws(ViewFault) in try caller.post("/v2/knowledge", text) }
            let answer = JSONValue(bytes.span)
            var outcome = KnowledgeKeeper.Outcome()
            outcome.added = answer?["added"]?.integer ?? 0
            outcome.replaced = answer?["replaced"]?.integer ?? 0
            outcome.unchanged = answer?["unchanged"]?.integer ?? 0
            return outcome
        }
    }

    /// What is found, as a server answers.
    func search(_ text: String, limit: Int) throws(ReadingFault) -> String {
        switch place {
        case .state(_, let base):
            var query = RetrievalQuery(message: LogMessage(record: text).text, limit: limit)
            query.service = options.service
            query.tenant = options.tenant
            return KnowledgeDocuments.text(of: base.documents(for: query), for: query)
        case .server(let caller):
            var parameters = [("q", text), ("limit", "\(limit)")]
            if let service = options.service { parameters.append(("service", service)) }
            if let tenant = options.tenant { parameters.append(("tenant", tenant)) }
            let answer = try Self.called { () throws(ViewFault) in
                try caller.get("/v2/knowledge/search", parameters: parameters)
            }
            return String(decoding: answer, as: UTF8.self)
        }
    }

    private static func called(_ body: () throws(ViewFault) -> [UInt8]) throws(ReadingFault) -> [UInt8] {
        do throws(ViewFault) {
            return try body()
        } catch {
            throw ReadingFault(error.message)
        }
    }
}
