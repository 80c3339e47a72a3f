import AccessControl
import LinuxSystem

/// What has become of requests for the sake of their keys.
extension MetricsPage {
    static func write(_ figures: KeyFigures, to page: inout ByteBuffer) {
        if !figures.rows.isEmpty {
            page.appendFamily(
                "rowan_api_key_requests_total", "counter", "Requests that showed a known API key, by the key's id.")
            for row in figures.rows {
                for outcome in KeyTally.Outcome.allCases {
                    page.append("rowan_api_key_requests_total{key=\"")
                    page.append(row.id)
                    page.append("\",result=\"")
                    page.append(outcome.label)
                    page.append("\"} ")
                    page.appendLine(row.counts[outcome.rawValue])
                }
            }
        }
        page.appendFamily("rowan_access_refusals_total", "counter", "Requests refused that no API key is known of.")
        for reason in KeyRefusalCounters.Reason.allCases {
            page.append("rowan_access_refusals_total{reason=\"")
            page.append(reason.label)
            page.append("\"} ")
            page.appendLine(figures.refusals[reason.rawValue])
        }
    }
}

extension KeyTally.Outcome {
    fileprivate var label: StaticString {
        switch self {
        case .admitted: "admitted"
        case .forbidden: "forbidden"
        case .limited: "limited"
        }
    }
}
