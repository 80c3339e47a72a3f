import LinuxSystem
import RequestTracing

/// What has become of traces.
extension MetricsPage {
    static func write(_ figures: TracingFigures, to page: inout ByteBuffer) {
        let counters: [(StaticString, UInt64, StaticString)] = [
            ("rowan_traces_total", figures.traces, "Requests that were traced."),
            ("rowan_traces_written_total", figures.writtenTraces, "Traces written to the trace file."),
            ("rowan_trace_spans_sent_total", figures.sentSpans, "Spans that their receiver has taken."),
        ]
        for (name, value, help) in counters {
            begin(name, help, to: &page)
            page.append(name)
            page.append(" ")
            page.appendDecimal(UInt(value))
            page.append("\n")
        }
        let name: StaticString = "rowan_traces_dropped_total"
        begin(name, "Spans, or traces for the trace file, that were lost, by reason.", to: &page)
        for loss in TracingFigures.Loss.allCases {
            page.append(name)
            page.append("{reason=\"")
            page.append(loss.label)
            page.append("\"} ")
            page.appendDecimal(UInt(figures.lost(loss)))
            page.append("\n")
        }
    }

    private static func begin(_ name: StaticString, _ help: StaticString, to page: inout ByteBuffer) {
        page.append("# HELP ")
        page.append(name)
        page.append(" ")
        page.append(help)
        page.append("\n# TYPE ")
        page.append(name)
        page.append(" counter\n")
    }
}
