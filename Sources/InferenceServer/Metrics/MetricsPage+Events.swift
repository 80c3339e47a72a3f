import CloudEvents
import LinuxSystem

/// What has become of events.
extension MetricsPage {
    static func write(_ sinks: [EventFigures], to page: inout ByteBuffer) {
        page.appendFamily("rowan_events_total", "counter", "Events for a sink that waits for them no more, by result.")
        for sink in sinks {
            let results: [(StaticString, UInt64)] = [
                ("delivered", sink.delivered), ("dead_letter", sink.buried), ("lost", sink.lost),
            ]
            for (result, value) in results {
                page.append("rowan_events_total{sink=\"\(escaped(sink.sink))\",result=\"")
                page.append(result)
                page.append("\"} ")
                page.appendLine(value)
            }
        }
        page.appendFamily("rowan_event_attempts_failed_total", "counter", "Attempts after which an event waited on.")
        for sink in sinks {
            page.append("rowan_event_attempts_failed_total{sink=\"\(escaped(sink.sink))\"} ")
            page.appendLine(sink.failures)
        }
    }
}
