package import OpenInferenceProtocol

/// What a request wants to change in a trace setting: new values for some parts, and parts that go back to what stands
/// above them.
///
/// - Source: Triton `src/http_server.cc`, `HandleTrace`: scalars are texts there; numbers are taken, too.
package struct TraceSettingChange: Equatable, Sendable {
    /// New values of the parts in `given`.
    private(set) var setting = TraceSetting()
    private(set) var given: TraceSetting.Parts = []
    private(set) var cleared: TraceSetting.Parts = []

    /// Reads what a request names.
    ///
    /// - Throws: for a name that is no setting, a value that cannot be used, and what is not changed over the network.
    package init(_ request: SettingsRequest) throws(ProtocolError) {
        for member in request.members {
            switch member.name {
            case "trace_file":
                throw ProtocolError(
                    .unsupported, "trace file location can not be updated through network protocol")
            case "trace_mode":
                throw ProtocolError(.unsupported, "trace mode can not be updated through network protocol")
            case "trace_level":
                if !clears(member, .level) { setting.isOn = try Self.level(member.value) }
            case "trace_rate":
                if !clears(member, .rate) { setting.rate = try Self.number(member, TracingLimits.rate) }
            case "trace_count":
                if !clears(member, .count) { setting.count = try Self.number(member, TracingLimits.count) }
            case "log_frequency":
                if !clears(member, .logFrequency) {
                    setting.logFrequency = try Self.number(member, TracingLimits.logFrequency)
                }
            default:
                throw ProtocolError(
                    .invalidArgument,
                    "there is no trace setting '\(member.name)': there are trace_level, trace_rate, trace_count and "
                        + "log_frequency")
            }
        }
    }

    /// Whether it asks for traces.
    var turnsOn: Bool { given.contains(.level) && setting.isOn }

    private mutating func clears(_ member: SettingsRequest.Member, _ part: TraceSetting.Parts) -> Bool {
        guard member.value == .null else {
            given.insert(part)
            return false
        }
        cleared.insert(part)
        return true
    }

    /// Whether times are recorded; tensors are not.
    private static func level(_ value: SettingsRequest.Value) throws(ProtocolError) -> Bool {
        guard case .texts(let levels) = value, !levels.isEmpty else {
            throw ProtocolError(
                .invalidArgument, "trace setting 'trace_level' is no list of levels, as in [\"TIMESTAMPS\"]")
        }
        for level in levels {
            switch level {
            case "TIMESTAMPS": break
            case "OFF":
                guard levels.count == 1 else {
                    throw ProtocolError(.invalidArgument, "Expect only one trace level 'OFF' is specified")
                }
                return false
            case "TENSORS":
                throw ProtocolError(
                    .unsupported, "trace level TENSORS is not supported: times are traced, tensors are not")
            default:
                throw ProtocolError(
                    .invalidArgument, "there is no trace level '\(level)': there are OFF and TIMESTAMPS")
            }
        }
        return true
    }

    private static func number(
        _ member: SettingsRequest.Member, _ range: ClosedRange<Int>
    ) throws(ProtocolError) -> Int {
        let number: Int?
        let shown: String
        switch member.value {
        case .integer(let integer): (number, shown) = (integer, "\(integer)")
        case .text(let text): (number, shown) = (text.hasPrefix("+") ? nil : Int(text), text)
        default: (number, shown) = (nil, "something else than a text")
        }
        guard let number, range.contains(number) else {
            throw ProtocolError(
                .invalidArgument,
                "Unable to parse '\(member.name)', got: \(shown): give a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return number
    }
}
