import AnomalyExplanation
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Reads the queries of calls about explanations.
enum ExplanationQuery {
    /// How long a call may wait: `10s`, `500ms`, or a number of seconds.
    static func patience(_ text: String) throws(ProtocolError) -> Nanoseconds {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard let count = Int(digits), ["", "s", "ms"].contains(unit) else {
            throw ProtocolError(.invalidArgument, "'wait' is a time such as 10s or 500ms")
        }
        let patience = unit == "ms" ? Nanoseconds.milliseconds(min(count, 1 << 30)) : .seconds(min(count, 1 << 30))
        guard patience <= .seconds(AnomalyHandoverLimits.waitSeconds) else {
            throw ProtocolError(
                .invalidArgument, "'wait' is \(text), at most \(AnomalyHandoverLimits.waitSeconds)s are accepted")
        }
        return patience
    }

    /// What the list is asked for.
    static func filter(_ parameters: QueryParameters) throws(ProtocolError) -> IncidentFilter {
        var filter = IncidentFilter()
        for name in parameters.names {
            let value = parameters[name] ?? ""
            switch name {
            case "model": filter.model = value
            case "service": filter.service = value
            case "state":
                guard let state = ExplanationJob.State(rawValue: value) else {
                    let states = ExplanationJob.State.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ProtocolError(.invalidArgument, "'state' is one of \(states)")
                }
                filter.state = state
            case "signature":
                guard let signature = AnomalySignature(value) else {
                    throw ProtocolError(.invalidArgument, "'signature' is sixteen hexadecimal digits")
                }
                filter.signature = signature
            case "since":
                guard let time = InternetTime(value) else {
                    throw ProtocolError(.invalidArgument, "'since' is a time such as 2026-01-31T12:00:00Z")
                }
                filter.since = time.secondsSince1970 * 1_000_000_000
            case "cursor":
                guard let cursor = ExplanationIdentity(value) else {
                    throw ProtocolError(.invalidArgument, "'cursor' is what the page before calls next_cursor")
                }
                filter.cursor = cursor
            case "limit":
                guard let limit = Int(value), ExplanationLimits.pageSize.contains(limit) else {
                    let range = ExplanationLimits.pageSize
                    throw ProtocolError(
                        .invalidArgument, "'limit' is not within \(range.lowerBound) to \(range.upperBound)")
                }
                filter.limit = limit
            default:
                throw ProtocolError(.invalidArgument, "there is no parameter '\(name)'")
            }
        }
        return filter
    }
}
