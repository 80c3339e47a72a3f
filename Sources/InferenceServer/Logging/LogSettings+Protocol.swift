import LinuxSystem
import OpenInferenceProtocol

/// The settings under the names by which clients read and change them.
///
/// - Source: Triton `src/http_server.cc`, `HandleLogging`: null leaves a setting as it is. `rowan_access_log` is ours.
extension LogSettings {
    /// Takes over what a request names.
    ///
    /// - Throws: for a name that is no setting, a value of the wrong kind, and the file, which cannot be changed.
    mutating func apply(_ request: SettingsRequest) throws(ProtocolError) {
        for member in request.members {
            if member.value == .null, Self.names.contains(member.name) { continue }
            switch member.name {
            case "log_file":
                throw ProtocolError(
                    .unsupported, "log file location can not be updated through network protocol")
            case "log_info": writesInfo = try Self.flag(member)
            case "log_warning": writesWarnings = try Self.flag(member)
            case "log_error": writesErrors = try Self.flag(member)
            case "log_verbose_level": verboseLevel = try Self.verboseLevel(member)
            case "log_format": timeForm = try Self.timeForm(member)
            case "rowan_access_log": writesAccess = try Self.flag(member)
            default:
                throw ProtocolError(
                    .invalidArgument,
                    "there is no log setting '\(member.name)': there are \(Self.names.joined(separator: ", "))")
            }
        }
    }

    private static let names = [
        "log_file", "log_info", "log_warning", "log_error", "log_verbose_level", "log_format", "rowan_access_log",
    ]

    /// Appends all settings.
    func append(to buffer: inout ByteBuffer) {
        // The log goes to standard error, which Triton says with an empty name.
        buffer.append("{\"log_file\":\"\",\"log_info\":")
        Self.append(writesInfo, to: &buffer)
        buffer.append(",\"log_warning\":")
        Self.append(writesWarnings, to: &buffer)
        buffer.append(",\"log_error\":")
        Self.append(writesErrors, to: &buffer)
        buffer.append(",\"log_verbose_level\":")
        buffer.appendDecimal(UInt(verboseLevel))
        buffer.append(",\"log_format\":\"")
        buffer.append(timeForm.rawValue)
        buffer.append("\",\"rowan_access_log\":")
        Self.append(writesAccess, to: &buffer)
        buffer.append("}")
    }

    private static func append(_ value: Bool, to buffer: inout ByteBuffer) {
        buffer.append(value ? "true" : "false" as StaticString)
    }

    private static func flag(_ member: SettingsRequest.Member) throws(ProtocolError) -> Bool {
        guard case .flag(let value) = member.value else {
            throw ProtocolError(.invalidArgument, "log setting '\(member.name)' is no boolean")
        }
        return value
    }

    private static func verboseLevel(_ member: SettingsRequest.Member) throws(ProtocolError) -> UInt32 {
        guard case .integer(let value) = member.value, let level = Int32(exactly: value), level >= 0 else {
            throw ProtocolError(
                .invalidArgument, "log setting 'log_verbose_level' is no whole number from 0 to \(Int32.max)")
        }
        return UInt32(level)
    }

    private static func timeForm(_ member: SettingsRequest.Member) throws(ProtocolError) -> TimeForm {
        guard case .text(let text) = member.value else {
            throw ProtocolError(.invalidArgument, "log setting 'log_format' is no text")
        }
        guard let form = TimeForm(rawValue: text) else {
            // Triton's code for this one; other faults are the client's.
            throw ProtocolError(.unavailable, "invalid argument for --log_format, got: \(text)")
        }
        return form
    }
}
