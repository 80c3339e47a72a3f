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

    init(_ table: ServingTable, _ state: ServerState, _ options: ServerOptions) {
        self.table = table
        self.state = state
        isStrict = options.strictReadiness
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

    private func lookup(_ path: Span<UInt8>, _ name: Range<Int>, _ version: Int64?) -> ServingTable.Lookup {
        let bytes = path.extracting(name)
        guard Self.isEncoded(bytes) else { return table.lookup(name: bytes, version: version) }
        let decoded = Array(Self.decoded(path, name).utf8)
        return table.lookup(name: decoded.span, version: version)
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
    ) -> HTTP1ResponseHead {
        switch endpoint {
        case .live: return health(true, to: &reply)
        case .ready: return health(!isStrict || table.isStrictlyReady, to: &reply)
        case .serverMetadata:
            ProtocolDocument.appendServerMetadata(
                name: "rowan", version: ServerVersion.text, extensions: Self.extensions, to: &reply)
            return HTTP1ResponseHead(.ok)
        case .modelList: return index(readyOnly: false, to: &reply)
        case .repositoryIndex: return repositoryIndex(body, to: &reply)
        case .repositoryControl: preconditionFailure("repositories are not controlled here")
        case .model(let resource, let name, let version):
            do throws(ProtocolError) {
                let model = table.model(atSlot: try slot(path, name, version))
                return self.model(resource, model, isVersionNamed: version != nil, to: &reply)
            } catch {
                return refusal(error, to: &reply)
            }
        }
    }

    /// The extensions of the protocol that this version implements, in Triton's words.
    private static let extensions = [
        "model_repository", "model_repository(unload_dependents)", "schedule_policy", "model_configuration",
        "binary_tensor_data", "parameters",
    ]

    /// One body serves every client: some read the status only, others one of the two keys.
    ///
    /// - Parameter isHealthy: what the models say; it counts only while the process serves.
    private func health(_ isHealthy: Bool, to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        switch state.phase {
        case .starting: return unavailable("Server starting", to: &reply)
        case .ending: return unavailable("Server exiting", to: &reply)
        case .serving: break
        }
        guard isHealthy else {
            ProtocolDocument.appendHealth(isLive: true, isReady: false, to: &reply)
            return HTTP1ResponseHead(.badRequest)
        }
        ProtocolDocument.appendHealth(isLive: true, isReady: true, to: &reply)
        return HTTP1ResponseHead(.ok)
    }

    private func model(
        _ resource: EndpointTable.ModelResource, _ model: ServedModel, isVersionNamed: Bool,
        to reply: inout ByteBuffer
    ) -> HTTP1ResponseHead {
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
        case .infer:
            preconditionFailure("inference is not answered here")
        }
        return HTTP1ResponseHead(.ok)
    }

    private func versions(of model: ServedModel, _ isVersionNamed: Bool) -> [Int64] {
        let name = Array(model.name.utf8)
        guard !isVersionNamed, let index = table.nameIndex(of: name.span) else { return [model.version] }
        return table.readyVersions(ofNameAt: index)
    }
}

// MARK: - Refusals

extension ResourceAnswers {
    private func unavailable(_ reason: String, to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        writeError(reason, to: &reply)
        return HTTP1ResponseHead(.serviceUnavailable)
    }

    func writeError(_ message: String, to reply: inout ByteBuffer) {
        ProtocolDocument.appendError(message, to: &reply)
    }

    func refusal(_ error: ProtocolError, to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        ErrorAnswer.write(error, to: &reply)
    }

    func notFound(to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        writeError("Not Found", to: &reply)
        return HTTP1ResponseHead(.notFound)
    }

    func methodNotAllowed(_ endpoint: EndpointTable.Endpoint, to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        writeError("Method Not Allowed", to: &reply)
        var head = HTTP1ResponseHead(.methodNotAllowed)
        head.allowedMethods = EndpointTable.methods(of: endpoint)
        return head
    }

    func unsupportedCoding(to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        writeError("the request's Content-Encoding is not supported: send gzip, deflate or identity", to: &reply)
        var head = HTTP1ResponseHead(.notImplemented)
        head.listsAcceptedCodings = true
        return head
    }

    func overload(to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        ErrorAnswer.writeOverload(
            ProtocolError(.unavailable, "the server is overloaded: too many large requests wait"), to: &reply)
    }
}
