import HTTPConnections
import JSONSyntax
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// The list of models, as Triton's repository extension gives it.
extension ResourceAnswers {
    /// `POST /v2/repository/index`: the body is optional and may ask for ready versions only.
    func repositoryIndex(_ body: Span<UInt8>, to reply: inout ByteBuffer) -> HTTPResponseHead {
        do throws(ProtocolError) {
            appendIndex(readyOnly: try Self.asksForReadyOnly(body), to: &reply)
            return HTTPResponseHead(.ok)
        } catch {
            return refusal(error, to: &reply)
        }
    }

    /// Writes every model and version with its state.
    func appendIndex(readyOnly: Bool, to reply: inout ByteBuffer) {
        var isFirst = true
        reply.append("[")
        for entry in table.index where !readyOnly || entry.state == "READY" {
            if !isFirst { reply.append(",") }
            isFirst = false
            ProtocolDocument.appendIndexEntry(
                name: entry.name, version: entry.version.map { "\($0)" }, state: entry.state, reason: entry.reason,
                to: &reply)
        }
        reply.append("]")
    }

    /// Whether the body holds `"ready": true`.
    private static func asksForReadyOnly(_ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        guard !body.isEmpty else { return false }
        do throws(JSONFault) {
            if let isReadyOnly = try readyMember(of: body) { return isReadyOnly }
        } catch {
            throw ProtocolError(.invalidArgument, "failed to parse the request JSON buffer: \(error)")
        }
        throw ProtocolError(.invalidArgument, "the body of an index request is no object with a boolean 'ready'")
    }

    /// The value of the member `ready`, false without one, nil where the body or the member is of another kind.
    private static func readyMember(of body: Span<UInt8>) throws(JSONFault) -> Bool? {
        var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)
        var ready: Bool? = false
        guard try cursor.next(in: body) == .beginObject else { return nil }
        while case .key(let key) = try cursor.next(in: body) {
            guard body.matches(key.range, "ready") else {
                try cursor.skipValue(in: body)
                continue
            }
            switch try cursor.next(in: body) {
            case .true: ready = true
            case .false: ready = false
            default: return nil
            }
        }
        _ = try cursor.next(in: body)
        return ready
    }
}
