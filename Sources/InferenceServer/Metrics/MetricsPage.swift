import LinuxSystem

/// Writes `GET /metrics`.
///
/// Triton's names keep Triton's meaning and unit; ours count in seconds.
///
/// - Source: Prometheus text exposition format 0.0.4; Triton `docs/user_guide/metrics.md`.
struct MetricsPage {
    private let models: [(key: MetricsRegistry.Key, loadSeconds: Double, perLoop: [ModelMetrics])]
    private let process: ProcessFigures

    /// Figures of the whole process that stand beside those of the models.
    struct ProcessFigures {
        var openConnections: UInt64
        var residentBytes: UInt64
        var cpuSeconds: Double
        var startTimeSeconds: Double
        /// Nil where the allocator keeps no statistics.
        var allocator: AllocatorFigures?
    }

    init(registry: MetricsRegistry, process: ProcessFigures) {
        models = registry.snapshot()
        self.process = process
    }

    func write(to page: inout ByteBuffer) {
        writeCounters(to: &page)
        writeFailures(to: &page)
        writeDurations(to: &page)
        writeGauges(to: &page)
        writePhases(to: &page)
        writeProcess(to: &page)
        if let allocator = process.allocator { writeAllocator(allocator, to: &page) }
    }

    private func writeCounters(to page: inout ByteBuffer) {
        family("nv_inference_request_success", "counter", "Requests answered.", to: &page)
        samples("nv_inference_request_success", cell: .success, to: &page)
        family("nv_inference_count", "counter", "Rows inferred.", to: &page)
        samples("nv_inference_count", cell: .rows, to: &page)
        family("nv_inference_exec_count", "counter", "Batches executed.", to: &page)
        samples("nv_inference_exec_count", cell: .executions, to: &page)
    }

    private func writeFailures(to page: inout ByteBuffer) {
        family("nv_inference_request_failure", "counter", "Requests that failed, by reason.", to: &page)
        for model in models {
            for reason in ModelMetrics.FailureReason.allCases {
                page.append("nv_inference_request_failure{")
                labels(model.key, to: &page)
                page.append(",reason=\"")
                page.append(reason.label)
                page.append("\"} ")
                page.appendDecimal(UInt(sum(model.perLoop, reason.cell)))
                page.append("\n")
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
            family(name, "counter", help, to: &page)
            samples(name, cell: cell, dividedBy: 1_000, to: &page)
        }
    }

    private func writeGauges(to page: inout ByteBuffer) {
        family(
            "nv_inference_pending_request_count", "gauge",
            "Requests in shared queues and large ones not yet answered; others are answered within their tick.",
            to: &page)
        samples("nv_inference_pending_request_count", cell: .pending, to: &page)
        family("nv_model_load_duration_secs", "gauge", "Time that loading the model took.", to: &page)
        for model in models {
            page.append("nv_model_load_duration_secs{")
            labels(model.key, to: &page)
            page.append("} ")
            page.append(model.loadSeconds.description)
            page.append("\n")
        }
    }

    private func writePhases(to page: inout ByteBuffer) {
        let name: StaticString = "rowan_request_phase_seconds"
        family(name, "histogram", "Time of a request by phase: queue, compute, total.", to: &page)
        for model in models {
            for phase in ModelMetrics.Phase.allCases {
                writeHistogram(name, model, phase, to: &page)
            }
        }
    }

    private func writeHistogram(
        _ name: StaticString, _ model: (key: MetricsRegistry.Key, loadSeconds: Double, perLoop: [ModelMetrics]),
        _ phase: ModelMetrics.Phase, to page: inout ByteBuffer
    ) {
        let first = phase.rawValue * LatencyHistogram.cellCount
        func cell(_ offset: Int) -> UInt64 {
            model.perLoop.reduce(0) { $0 &+ $1.histograms.value(at: first + offset) }
        }
        func line(_ suffix: StaticString, bound: StaticString?, to page: inout ByteBuffer) {
            page.append(name)
            page.append(suffix)
            page.append("{")
            labels(model.key, to: &page)
            page.append(",phase=\"")
            page.append(phase.label)
            if let bound {
                page.append("\",le=\"")
                page.append(bound)
            }
            page.append("\"} ")
        }
        var cumulative: UInt64 = 0
        for index in 0..<LatencyHistogram.sumCell {
            cumulative &+= cell(index)
            let isLast = index == LatencyHistogram.boundTexts.count
            line("_bucket", bound: isLast ? "+Inf" : LatencyHistogram.boundTexts[index], to: &page)
            page.appendDecimal(UInt(cumulative))
            page.append("\n")
        }
        line("_sum", bound: nil, to: &page)
        page.append((Double(cell(LatencyHistogram.sumCell)) / 1e9).description)
        page.append("\n")
        line("_count", bound: nil, to: &page)
        page.appendDecimal(UInt(cumulative))
        page.append("\n")
    }

    private func writeProcess(to page: inout ByteBuffer) {
        family("rowan_connections", "gauge", "Open connections of clients.", to: &page)
        page.append("rowan_connections ")
        page.appendDecimal(UInt(process.openConnections))
        page.append("\n")
        family("process_resident_memory_bytes", "gauge", "Resident memory.", to: &page)
        page.append("process_resident_memory_bytes ")
        page.appendDecimal(UInt(process.residentBytes))
        page.append("\n")
        family("process_cpu_seconds_total", "counter", "User and system CPU time.", to: &page)
        page.append("process_cpu_seconds_total ")
        page.append(process.cpuSeconds.description)
        page.append("\n")
        family("process_start_time_seconds", "gauge", "Start of the process since the epoch.", to: &page)
        page.append("process_start_time_seconds ")
        page.append(process.startTimeSeconds.description)
        page.append("\n")
    }

    private func writeAllocator(_ figures: AllocatorFigures, to page: inout ByteBuffer) {
        let gauges: [(StaticString, UInt64, StaticString)] = [
            ("rowan_allocator_allocated_bytes", figures.allocated, "Memory in use by the program."),
            ("rowan_allocator_active_bytes", figures.active, "Pages that hold memory in use."),
            ("rowan_allocator_resident_bytes", figures.resident, "Physical memory that the allocator holds."),
        ]
        for (name, value, help) in gauges {
            family(name, "gauge", help, to: &page)
            page.append(name)
            page.append(" ")
            page.appendDecimal(UInt(value))
            page.append("\n")
        }
    }

    private func family(
        _ name: StaticString, _ type: StaticString, _ help: StaticString, to page: inout ByteBuffer
    ) {
        page.append("# HELP ")
        page.append(name)
        page.append(" ")
        page.append(help)
        page.append("\n# TYPE ")
        page.append(name)
        page.append(" ")
        page.append(type)
        page.append("\n")
    }

    private func samples(
        _ name: StaticString, cell: ModelMetrics.Cell, dividedBy divisor: UInt64 = 1, to page: inout ByteBuffer
    ) {
        for model in models {
            page.append(name)
            page.append("{")
            labels(model.key, to: &page)
            page.append("} ")
            page.appendDecimal(UInt(sum(model.perLoop, cell) / divisor))
            page.append("\n")
        }
    }

    private func sum(_ loops: [ModelMetrics], _ cell: ModelMetrics.Cell) -> UInt64 {
        loops.reduce(0) { $0 &+ $1.value(of: cell) }
    }

    private func labels(_ key: MetricsRegistry.Key, to page: inout ByteBuffer) {
        page.append("model=\"")
        page.append(Self.escaped(key.model))
        page.append("\",version=\"")
        page.append(Self.escaped(key.version))
        page.append("\"")
        for (tag, value) in key.tags.sorted(by: { $0.key < $1.key }) {
            page.append(",_")
            page.append(tag)
            page.append("=\"")
            page.append(Self.escaped(value))
            page.append("\"")
        }
    }

    /// Label values escape backslash, quote and line feed.
    static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
