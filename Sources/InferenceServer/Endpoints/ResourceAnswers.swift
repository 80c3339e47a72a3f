import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Answers every resource but inference from a serving table.
///
/// - Isolation: the loop's thread.
final class ResourceAnswers {
    var table: ServingTable
    private let state: ServerState
    private let isStrict: Bool
    /// The port that documentation names.
    private let port: UInt16
    private let allowsSharedMemory: Bool
    /// Whether the server is not ready while it refuses requests for want of room.
    private let isUnreadyWhenOverloaded: Bool
    let statistics: StatisticsDocument

    init(_ table: ServingTable, _ state: ServerState, _ options: ServerOptions) {
        self.table = table
        self.state = state
        isStrict = options.strictReadiness
        if case .number(let number) = options.httpPort { port = number } else { port = 8000 }
        allowsSharedMemory = options.allowClientSharedMemory
        isUnreadyWhenOverloaded = options.unreadyWhenOverloaded
        statistics = StatisticsDocument(registry: state.metrics, clock: SystemClock())
    }

    /// Finds the model version that a path names.
    ///
    /// - Throws: not found, or known and not ready.
    func slot(_ path: Span<UInt8>, _ name: Range<Int>, _ version: Range<Int>?) throws(ProtocolError) -> Int {
        let number = try version.map { range throws(ProtocolError) in try Self.number(path, range) }
        let lookup = lookup(path, name, number)
        if case .ready(let slot) = lookup { return slot }
        throw refusal(of: lookup, Self.decoded(path, name), number)
    }

    /// Finds a model version by what it is called.
    ///
    /// - Throws: not found, or known and not ready.
    func slot(named name: Span<UInt8>, _ version: Int64?) throws(ProtocolError) -> Int {
        let lookup = table.lookup(name: name, version: version)
        if case .ready(let slot) = lookup { return slot }
        throw refusal(of: lookup, name.text(name.indices), version)
    }

    private func lookup(_ path: Span<UInt8>, _ name: Range<Int>, _ version: Int64?) -> ServingTable.Lookup {
        withDecodedName(path, name) { table.lookup(name: $0, version: version) }
    }

    /// Lends a name of a path as it was before a client encoded it; nothing is allocated for one that was not.
    func withDecodedName<Result>(_ path: Span<UInt8>, _ name: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
        let bytes = path.extracting(name)
        guard Self.isEncoded(bytes) else { return body(bytes) }
        let decoded = Array(Self.decoded(path, name).utf8)
        return body(decoded.span)
    }

    private func refusal(
        of lookup: ServingTable.Lookup, _ name: String, _ version: Int64?
    ) -> ProtocolError {
        let explanation = ServingTable.explanation(of: lookup, name: name, version: version) ?? name
        switch lookup {
        case .versionNotReady: return ProtocolError(.unavailable, explanation)
        case .ready, .unknownName, .unknownVersion, .noReadyVersion: return ProtocolError(.notFound, explanation)
        }
    }

    /// A version's number; one that is too large for any version is not found.
    private static func number(_ path: Span<UInt8>, _ range: Range<Int>) throws(ProtocolError) -> Int64 {
        var value: Int64 = 0
        for index in range {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(path[index] &- UInt8(ascii: "0"))
            let (sum, carry) = scaled.addingReportingOverflow(digit)
            if overflow || carry {
                throw ProtocolError(.invalidArgument, "the version '\(path.text(range))' is no 64-bit number")
            }
            value = sum
        }
        return value
    }

    private static func isEncoded(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where name[index] == UInt8(ascii: "%") {
            return true
        }
        return false
    }

    /// A name as it was before a client encoded it for a URL.
    ///
    /// Clients quote every byte outside RFC 3986's unreserved set.
    static func decoded(_ path: Span<UInt8>, _ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if path[index] == UInt8(ascii: "%"), index + 2 < range.upperBound,
                let high = hexadecimal(path[index + 1]), let low = hexadecimal(path[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(path[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

// MARK: - Answers

extension ResourceAnswers {
    /// Answers a resource other than inference.
    func answer(
        _ endpoint: EndpointTable.Endpoint, _ path: Span<UInt8>, _ body: Span<UInt8>, to reply: inout ByteBuffer
    ) -> HTTPResponseHead {
        switch endpoint {
        case .live: return writeHealth(to: &reply) { () throws(ProtocolError) in try isHealthy() }
        case .ready: return writeHealth(to: &reply) { () throws(ProtocolError) in try isReady() }
        case .serverMetadata:
            appendServerMetadata(to: &reply)
            return HTTPResponseHead(.ok)
        case .modelList:
            appendIndex(readyOnly: false, to: &reply)
            return HTTPResponseHead(.ok)
        case .repositoryIndex: return repositoryIndex(body, to: &reply)
        case .openAPI:
            let document = OpenAPIDocument.bytes
            reply.append(document.span)
            return HTTPResponseHead(.ok)
        case .documentation:
            DocumentationPage(table, port: port).write(to: &reply)
            return HTTPResponseHead(.ok, .html)
        case .repositoryControl: preconditionFailure("repositories are not controlled here")
        case .embeddings: preconditionFailure("texts are not encoded here")
        case .sharedMemory: preconditionFailure("regions are not registered here")
        case .logSettings, .traceSettings: preconditionFailure("settings are not answered here")
        case .statistics: preconditionFailure("statistics of all models are not written here")
        case .knowledge, .knowledgeSearch: preconditionFailure("what is known is not answered here")
        case .feedback, .experiments, .rollout: preconditionFailure("experiments are not answered here")
        case .explanations: preconditionFailure("explanations are not answered here")
        case .model(let resource, let name, let version):
            do throws(ProtocolError) {
                let model = table.model(atSlot: try slot(path, name, version))
                guard resource != .generate else {
                    throw ProtocolError(
                        .unsupported, "model '\(model.name)' is a tree ensemble and generates no text: use infer")
                }
                if resource == .ready { try checkReadiness(of: model) }
                append(resource, of: model, isVersionNamed: version != nil, to: &reply)
                return HTTPResponseHead(.ok)
            } catch {
                guard resource == .statistics else { return refusal(error, to: &reply) }
                let isServed = (try? slot(path, name, nil)) != nil
                let refused = noStatistics(
                    Self.decoded(path, name), isServed: isServed, isVersionNamed: version != nil)
                return refusal(refused, to: &reply)
            }
        }
    }

    /// Refuses to call a model ready that answers some of its clients only.
    func checkReadiness(of model: ServedModel) throws(ProtocolError) {
        if model.unreadiness.isEmpty { return }
        throw ProtocolError(.unavailable, "model '\(model.name)' is not ready: \(model.unreadiness)")
    }

    /// Writes the server's metadata.
    func appendServerMetadata(to reply: inout ByteBuffer) {
        ProtocolDocument.appendServerMetadata(
            name: "rowan", version: ServerVersion.text, extensions: extensions, to: &reply)
    }

    /// The extensions of the protocol that this version implements, in Triton's words.
    private var extensions: [String] {
        Self.possibleExtensions.filter { $0 != Self.sharedMemoryExtension || allowsSharedMemory }
    }

    private static let sharedMemoryExtension = "system_shared_memory"

    private static let possibleExtensions = [
        "classification", sharedMemoryExtension,
        "model_repository", "model_repository(unload_dependents)", "schedule_policy", "model_configuration",
        "binary_tensor_data", "parameters", "statistics", "trace", "logging",
    ]

    /// Whether the process serves.
    ///
    /// - Throws: while it starts or ends.
    func isHealthy() throws(ProtocolError) -> Bool {
        switch state.phase {
        case .starting: throw ProtocolError(.unavailable, "Server starting")
        case .ending: throw ProtocolError(.unavailable, "Server exiting")
        case .serving: return true
        }
    }

    /// Whether the models are ready, too.
    ///
    /// - Throws: while the process starts or ends, and while it is overloaded, where that counts.
    func isReady() throws(ProtocolError) -> Bool {
        if isUnreadyWhenOverloaded, state.phase == .serving, state.overload.isOverloaded {
            throw ProtocolError(.unavailable, "Server overloaded")
        }
        return try isHealthy() && (!isStrict || table.isStrictlyReady)
    }

    /// What a health check of gRPC is told: readiness, as in Triton.
    var health: ProtocolMessage.Health {
        do throws(ProtocolError) {
            return try isReady() ? .serving : .notServing
        } catch {
            return .notServing
        }
    }

    /// One body serves every client: some read the status only, others one of the two keys.
    private func writeHealth(
        to reply: inout ByteBuffer, _ isHealthy: () throws(ProtocolError) -> Bool
    ) -> HTTPResponseHead {
        do throws(ProtocolError) {
            let isReady = try isHealthy()
            ProtocolDocument.appendHealth(isLive: true, isReady: isReady, to: &reply)
            return HTTPResponseHead(isReady ? .ok : .badRequest)
        } catch {
            var head = refusal(error, to: &reply)
            if state.phase == .serving { head.retryAfterSeconds = 1 }
            return head
        }
    }

    /// Writes what is known about a model.
    func append(
        _ resource: EndpointTable.ModelResource, of model: ServedModel, isVersionNamed: Bool,
        to reply: inout ByteBuffer
    ) {
        switch resource {
        case .metadata:
            ProtocolDocument.appendModelMetadata(
                model.signature, versions: versions(of: model, isVersionNamed).map { "\($0)" },
                inputs: model.inputs, to: &reply)
        case .ready:
            ProtocolDocument.appendModelReady(model.name, isReady: true, to: &reply)
        case .configuration:
            let text = model.configurationJSON
            reply.append(text.span)
        case .statistics:
            statistics.append(isVersionNamed ? [model] : readyVersions(of: model), to: &reply)
        case .infer, .generate, .drift:
            preconditionFailure("answered elsewhere")
        }
    }

    private func versions(of model: ServedModel, _ isVersionNamed: Bool) -> [Int64] {
        let name = Array(model.name.utf8)
        guard !isVersionNamed, let index = table.nameIndex(of: name.span) else { return [model.version] }
        return table.readyVersions(ofNameAt: index)
    }

    private func readyVersions(of model: ServedModel) -> [ServedModel] {
        let name = Array(model.name.utf8)
        return versions(of: model, false).compactMap { version in
            if case .ready(let slot) = table.lookup(name: name.span, version: version) {
                table.model(atSlot: slot)
            } else {
                nil
            }
        }
    }
}

// MARK: - Refusals

extension ResourceAnswers {
    func writeError(_ message: String, to reply: inout ByteBuffer) {
        ProtocolDocument.appendError(message, to: &reply)
    }

    func refusal(_ error: ProtocolError, to reply: inout ByteBuffer) -> HTTPResponseHead {
        ErrorAnswer.write(error, to: &reply)
    }

    func notFound(to reply: inout ByteBuffer) -> HTTPResponseHead {
        writeError("Not Found", to: &reply)
        return HTTPResponseHead(.notFound)
    }

    func methodNotAllowed(_ endpoint: EndpointTable.Endpoint, to reply: inout ByteBuffer) -> HTTPResponseHead {
        writeError("Method Not Allowed", to: &reply)
        var head = HTTPResponseHead(.methodNotAllowed)
        head.allowedMethods = EndpointTable.methods(of: endpoint)
        return head
    }

    /// - Source: Triton's `TRITONSERVER_ServerModelStatistics`, whose code differs from that of other resources.
    func noStatistics(_ model: String, isServed: Bool, isVersionNamed: Bool) -> ProtocolError {
        let sentence =
            isServed && isVersionNamed
            ? "requested model version is not available for model '\(model)'"
            : "requested model '\(model)' is not available"
        return ProtocolError(.invalidArgument, sentence)
    }

    func unsupportedCoding(to reply: inout ByteBuffer) -> HTTPResponseHead {
        writeError("the request's Content-Encoding is not supported: send gzip, deflate or identity", to: &reply)
        var head = HTTPResponseHead(.notImplemented)
        head.listsAcceptedCodings = true
        return head
    }

    func overload(to reply: inout ByteBuffer) -> HTTPResponseHead {
        ErrorAnswer.writeOverload(.tooManyLargeRequests, to: &reply)
    }
}

extension ProtocolError {
    static var tooManyLargeRequests: ProtocolError {
        ProtocolError(.unavailable, "the server is overloaded: too many large requests wait")
    }
}
