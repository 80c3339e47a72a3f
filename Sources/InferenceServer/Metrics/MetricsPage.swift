import LinuxSystem
import ModelMonitoring
import RequestTracing

/// Writes `GET /metrics`.
///
/// Triton's names keep Triton's meaning and unit; ours count in seconds.
///
/// - Complexity: each counter is read once, and labels are written once; a thousand models take some milliseconds.
/// - Source: Prometheus text exposition format 0.0.4; Triton `docs/user_guide/metrics.md`.
struct MetricsPage {
    /// One model version: its labels as they stand between braces, and the sums over loops of what it has counted.
    struct Row {
        let labels: [UInt8]
        /// The same in series that are ours.
        let ownLabels: [UInt8]
        let loadSeconds: Double
        let counters: [UInt64]
        let histograms: [UInt64]

        func value(of cell: ModelMetrics.Cell) -> UInt64 { counters[cell.rawValue] }
    }

    /// One model, with all of its versions.
    struct ModelRow {
        let labels: [UInt8]
        let counters: [UInt64]
    }

    let rows: [Row]
    let models: [ModelRow]
    let process: ProcessFigures
    /// Of each watched model.
    let drift: [(model: String, report: DriftReport)]
    let monitoring: MonitoringFigures
    /// Whether cumulative durations stand on the page.
    let hasCounterLatencies: Bool

    init(
        registry: MetricsRegistry, process: ProcessFigures, drift: [(model: String, report: DriftReport)] = [],
        monitoring: MonitoringFigures = MonitoringFigures(), hasCounterLatencies: Bool = true
    ) {
        let snapshot = registry.snapshot()
        rows = snapshot.series.map(Row.init)
        models = Self.models(of: snapshot, rows)
        self.process = process
        self.drift = drift
        self.monitoring = monitoring
        self.hasCounterLatencies = hasCounterLatencies
    }

    /// Adds up the versions of each model; the versions of one stand together.
    private static func models(of snapshot: MetricsRegistry.Snapshot, _ rows: [Row]) -> [ModelRow] {
        var models: [ModelRow] = []
        var index = 0
        while index < rows.count {
            let name = snapshot.series[index].key.model
            var counters = snapshot.goneVersions[name].map { $0.counters.values } ?? []
            if counters.isEmpty { counters = [UInt64](repeating: 0, count: CounterBlock.size) }
            while index < rows.count, snapshot.series[index].key.model == name {
                for cell in counters.indices { counters[cell] &+= rows[index].counters[cell] }
                index += 1
            }
            let isRouted = snapshot.series[index - 1].key.isRouted
            models.append(ModelRow(labels: labels(ofModel: name) + routedLabel(isRouted), counters: counters))
        }
        return models
    }

    func write(to page: inout ByteBuffer) {
        writeCounters(to: &page)
        writeFailures(to: &page)
        if hasCounterLatencies { writeDurations(to: &page) }
        writeGauges(to: &page)
        writePhases(to: &page)
        writeResults(to: &page)
        if !drift.isEmpty { writeDrift(to: &page) }
        Self.write(monitoring, to: &page)
        writeServer(to: &page)
        writeProcess(to: &page)
        if let security = process.security { Self.write(security, to: &page) }
        Self.write(process.shadows, to: &page)
        Self.write(process.explanations, to: &page)
        if let knowledge = process.knowledge { Self.write(knowledge, to: &page) }
        if let tracing = process.tracing { Self.write(tracing, to: &page) }
        if !process.eventSinks.isEmpty { Self.write(process.eventSinks, to: &page) }
        if let keys = process.keys { Self.write(keys, to: &page) }
    }

    private func writeCounters(to page: inout ByteBuffer) {
        page.appendFamily("nv_inference_request_success", "counter", "Requests answered.")
        samples("nv_inference_request_success", cell: .success, to: &page)
        page.appendFamily("nv_inference_count", "counter", "Rows inferred.")
        samples("nv_inference_count", cell: .rows, to: &page)
        page.appendFamily("nv_inference_exec_count", "counter", "Batches executed.")
        samples("nv_inference_exec_count", cell: .executions, to: &page)
    }

    private func writeFailures(to page: inout ByteBuffer) {
        page.appendFamily("nv_inference_request_failure", "counter", "Requests that failed, by reason.")
        for row in rows {
            for reason in ModelMetrics.FailureReason.allCases {
                page.append("nv_inference_request_failure{")
                page.append(row.labels.span)
                page.append(",reason=\"")
                page.append(reason.label)
                page.append("\"} ")
                page.appendLine(row.value(of: reason.cell))
            }
        }
    }

    private func writeDurations(to page: inout ByteBuffer) {
        let durations: [(StaticString, ModelMetrics.Cell, StaticString)] = [
            ("nv_inference_request_duration_us", .request, "Time in requests, end to end."),
            ("nv_inference_queue_duration_us", .queue, "Time in the queue."),
            ("nv_inference_compute_input_duration_us", .computeInput, "Time decoding inputs."),
            ("nv_inference_compute_infer_duration_us", .computeInfer, "Time in the model."),
            ("nv_inference_compute_output_duration_us", .computeOutput, "Time encoding outputs."),
        ]
        for (name, cell, help) in durations {
            page.appendFamily(name, "counter", help)
            samples(name, cell: cell, dividedBy: 1_000, to: &page)
        }
    }

    private func writeGauges(to page: inout ByteBuffer) {
        page.appendFamily(
            "nv_inference_pending_request_count", "gauge",
            "Requests in shared queues and large ones not yet answered; others are answered within their tick.")
        samples("nv_inference_pending_request_count", cell: .pending, to: &page)
        page.appendFamily("nv_model_load_duration_secs", "gauge", "Time that loading the model took.")
        for row in rows {
            page.append("nv_model_load_duration_secs{")
            page.append(row.labels.span)
            page.append("} ")
            page.append(row.loadSeconds.description)
            page.append("\n")
        }
    }

    private func writePhases(to page: inout ByteBuffer) {
        let name: StaticString = "rowan_request_phase_seconds"
        page.appendFamily(name, "histogram", "Time of a request by phase: queue, compute, total.")
        for row in rows {
            for phase in ModelMetrics.Phase.allCases {
                let first = phase.rawValue * LatencyHistogram.cellCount
                page.appendHistogram(
                    name, labels: row.ownLabels.span, ",phase=\"", phase.label, cells: row.histograms, from: first)
            }
        }
    }

    private func writeResults(to page: inout ByteBuffer) {
        page.appendFamily("model_prediction_total", "counter", "Rows predicted, by result.")
        for model in models {
            for result in ModelMetrics.Result.allCases {
                page.append("model_prediction_total{")
                page.append(model.labels.span)
                page.append(",result=\"")
                page.append(result.label)
                page.append("\"} ")
                page.appendLine(model.counters[result.rowsCell.rawValue])
            }
        }
        let name: StaticString = "model_latency_seconds"
        page.appendFamily(name, "histogram", "Time of a request; result 1 if any of its rows has it.")
        for model in models {
            for result in ModelMetrics.Result.allCases {
                page.appendHistogram(
                    name, labels: model.labels.span, ",result=\"", result.label, cells: model.counters,
                    from: result.firstHistogramCell)
            }
        }
    }

    private func samples(
        _ name: StaticString, cell: ModelMetrics.Cell, dividedBy divisor: UInt64 = 1, to page: inout ByteBuffer
    ) {
        for row in rows {
            page.append(name)
            page.append("{")
            page.append(row.labels.span)
            page.append("} ")
            page.appendLine(row.value(of: cell) / divisor)
        }
    }
}

extension MetricsPage.Row {
    /// Adds up what all loops have counted for a version.
    init(_ series: MetricsRegistry.Series) {
        labels = MetricsPage.labels(of: series.key)
        ownLabels = labels + MetricsPage.routedLabel(series.key.isRouted)
        loadSeconds = series.loadSeconds
        var counters = [UInt64](repeating: 0, count: CounterBlock.size)
        var histograms = counters
        for loop in series.counters {
            for cell in counters.indices {
                counters[cell] &+= loop.counters.value(at: cell)
                histograms[cell] &+= loop.histograms.value(at: cell)
            }
        }
        self.counters = counters
        self.histograms = histograms
    }
}

extension CounterBlock {
    /// Every counter, each read once.
    fileprivate var values: [UInt64] { (0..<Self.size).map { value(at: $0) } }
}
