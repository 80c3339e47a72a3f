import JSONSyntax
import LinuxSystem

/// The body of a request that changes log or trace settings: one object of names and new values.
///
/// What a name means, and which values it takes, is for the setting's owner to say.
///
/// - Source: Triton's extension_logging.md, `$log_setting_request`, and extension_trace.md, `$trace_setting_request`.
package struct SettingsRequest: Equatable, Sendable {
    /// A value as JSON gives it.
    package enum Value: Equatable, Sendable {
        case null
        case flag(Bool)
        case integer(Int)
        case text(String)
        case texts([String])
    }

    /// One setting that is to change.
    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: Value
    }

    /// In the order of the body, each name once.
    package private(set) var members: [Member] = []

    /// Nothing so far.
    init() {}

    /// Reads a body, which may be empty: then nothing changes.
    ///
    /// - Throws: where the body is no such object, is too long, or names a setting twice.
    package init(_ body: Span<UInt8>) throws(ProtocolError) {
        guard !body.isEmpty else { return }
        guard body.count <= OpenInferenceProtocolLimits.settingsByteCount else {
            throw .longSettings(body.count)
        }
        var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)
        guard case .beginObject = try cursor.nextToken(in: body) else {
            throw ProtocolError(.invalidArgument, "the settings are no JSON object")
        }
        while case .key(let key) = try cursor.nextToken(in: body) {
            let name = JSONString.decode(key, in: body)
            guard !members.contains(where: { $0.name == name }) else {
                throw ProtocolError(.invalidArgument, "setting '\(name)' is given twice")
            }
            try set(name, try Self.value(of: name, &cursor, body))
        }
        _ = try cursor.nextToken(in: body)
    }

    /// Takes a setting; one of the same name is replaced.
    mutating func set(_ name: String, _ value: Value) throws(ProtocolError) {
        members.removeAll { $0.name == name }
        guard members.count < OpenInferenceProtocolLimits.settingCount else {
            throw ProtocolError(
                .invalidArgument, "more than \(OpenInferenceProtocolLimits.settingCount) settings in one request")
        }
        members.append(Member(name: name, value: value))
    }

    private static func value(
        of name: String, _ cursor: inout JSONCursor, _ body: Span<UInt8>
    ) throws(ProtocolError) -> Value {
        switch try cursor.nextToken(in: body) {
        case .null: return .null
        case .true: return .flag(true)
        case .false: return .flag(false)
        case .string(let text): return .text(JSONString.decode(text, in: body))
        case .number(let range):
            if let integer = Int(body.text(range)) { return .integer(integer) }
        case .beginArray: return .texts(try texts(of: name, &cursor, body))
        default: break
        }
        throw ProtocolError(
            .invalidArgument, "setting '\(name)' is no text, whole number, boolean, list of texts or null")
    }

    private static func texts(
        of name: String, _ cursor: inout JSONCursor, _ body: Span<UInt8>
    ) throws(ProtocolError) -> [String] {
        var texts: [String] = []
        while true {
            switch try cursor.nextToken(in: body) {
            case .endArray: return texts
            case .string(let text): texts.append(JSONString.decode(text, in: body))
            default: throw ProtocolError(.invalidArgument, "setting '\(name)' is a list of something else than texts")
            }
        }
    }
}

extension ProtocolError {
    static func longSettings(_ byteCount: Int) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "the settings have \(byteCount) bytes: at most \(OpenInferenceProtocolLimits.settingsByteCount) are taken")
    }
}
