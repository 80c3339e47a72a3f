import DynamicBatching
import LinuxSystem
import RequestTracing
import Testing

@testable import InferenceServer

/// The page as a scraper reads it: sums over loops, cumulative buckets, escaped labels.
@Suite struct MetricsPageTests {
    private static func request(queue: UInt64, compute: UInt64, rows: Int = 1) -> ModelMetrics.Request {
        ModelMetrics.Request(
            rowCount: rows, decodeNanoseconds: 1_000, queueNanoseconds: queue, computeNanoseconds: compute,
            encodeNanoseconds: 2_000)
    }

    private static let figures: ProcessFigures = {
        var figures = ProcessFigures(build: BuildFacts(commit: "a\"b"))
        figures.loops = [.init(connectionCount: 1), .init(connectionCount: 2)]
        figures.residentBytes = 4_096
        figures.cpuSeconds = 0.5
        figures.startTimeSeconds = 1_700_000_000.25
        return figures
    }()

    private static func page(_ registry: MetricsRegistry) -> [Substring] {
        var page = ByteBuffer()
        MetricsPage(registry: registry, process: figures).write(to: &page)
        let text = page.withBytes { bytes in bytes.text(0..<bytes.count) }
        #expect(text.hasSuffix("\n"))
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    /// The value behind a name with its labels.
    private static func value(_ page: [Substring], _ sample: String) -> String? {
        page.first { $0.hasPrefix(sample + " ") }.map { String($0.dropFirst(sample.count + 1)) }
    }

    @Test func `counters of all loops are added`() {
        let registry = MetricsRegistry()
        let loops = [ModelMetrics(), ModelMetrics()]
        for loop in loops { registry.adopt(loop, for: .init(model: "m", version: "2"), loadSeconds: 0.25) }
        loops[0].answered(Self.request(queue: 5_000, compute: 7_000, rows: 10))
        loops[1].answered(Self.request(queue: 5_000, compute: 8_000, rows: 3))
        loops[1].executed(BatchExecution(rowCount: 1))
        loops[1].failed(.rejected)
        loops[0].pendingChanged(by: 2)
        let page = Self.page(registry)
        let labels = "{model=\"m\",version=\"2\"}"
        for (name, expected) in [
            ("nv_inference_request_success", "2"), ("nv_inference_count", "13"), ("nv_inference_exec_count", "1"),
            ("nv_inference_request_duration_us", "31"), ("nv_inference_queue_duration_us", "10"),
            ("nv_inference_compute_input_duration_us", "2"), ("nv_inference_compute_infer_duration_us", "15"),
            ("nv_inference_compute_output_duration_us", "4"), ("nv_inference_pending_request_count", "2"),
            ("nv_model_load_duration_secs", "0.25"),
        ] {
            #expect(Self.value(page, name + labels) == expected, "\(name)")
        }
        #expect(
            Self.value(page, "nv_inference_request_failure{model=\"m\",version=\"2\",reason=\"REJECTED\"}") == "1")
        #expect(Self.value(page, "nv_inference_request_failure{model=\"m\",version=\"2\",reason=\"OTHER\"}") == "0")
        #expect(Self.value(page, "rowan_connections") == "3")
        #expect(Self.value(page, "process_resident_memory_bytes") == "4096")
        #expect(Self.value(page, "process_start_time_seconds") == "1700000000.25")
    }

    @Test func `buckets count everything up to their bound, over all loops`() {
        let registry = MetricsRegistry()
        let loops = [ModelMetrics(), ModelMetrics()]
        for loop in loops { registry.adopt(loop, for: .init(model: "m", version: "1"), loadSeconds: 0) }
        loops[0].answered(Self.request(queue: 10_000, compute: 0))
        loops[0].answered(Self.request(queue: 10_001, compute: 0))
        loops[1].answered(Self.request(queue: 40_000, compute: 0))
        loops[1].answered(Self.request(queue: 11_000_000_000, compute: 0))
        let page = Self.page(registry)
        func sample(_ suffix: String, _ bound: String = "") -> String? {
            let le = bound.isEmpty ? "" : ",le=\"\(bound)\""
            return Self.value(
                page, "rowan_request_phase_seconds\(suffix){model=\"m\",version=\"1\",phase=\"queue\"\(le)}")
        }
        #expect(sample("_bucket", "1e-05") == "1")
        #expect(sample("_bucket", "2.5e-05") == "2")
        #expect(sample("_bucket", "5e-05") == "3")
        #expect(sample("_bucket", "10") == "3")
        #expect(sample("_bucket", "+Inf") == "4")
        #expect(sample("_count") == "4")
        #expect(sample("_sum") == "11.000060001")
        let buckets = page.filter { $0.hasPrefix("rowan_request_phase_seconds_bucket") && $0.contains("\"queue\"") }
        #expect(buckets.count == LatencyHistogram.boundTexts.count + 1)
        let counts = buckets.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(counts == counts.sorted())
    }

    @Test func `a version's series vanish with its last counters, and a reload goes on with them`() {
        let registry = MetricsRegistry()
        let key = MetricsRegistry.Key(model: "m", version: "1")
        let loops = [ModelMetrics(), ModelMetrics()]
        for loop in loops { registry.adopt(loop, for: key, loadSeconds: 1) }
        loops[0].executed(BatchExecution(rowCount: 1))
        registry.adopt(loops[0], for: key, loadSeconds: 2)
        let labels = "{model=\"m\",version=\"1\"}"
        #expect(Self.value(Self.page(registry), "nv_inference_exec_count" + labels) == "1", "counted once")
        #expect(Self.value(Self.page(registry), "nv_model_load_duration_secs" + labels) == "2.0")
        registry.forget(loops[1], for: key)
        #expect(Self.value(Self.page(registry), "nv_inference_exec_count" + labels) == "1")
        registry.forget(loops[0], for: key)
        registry.forget(loops[0], for: key)
        #expect(Self.value(Self.page(registry), "nv_inference_exec_count" + labels) == nil)
    }

    @Test func `labels escape what would end them`() {
        let registry = MetricsRegistry()
        let key = MetricsRegistry.Key(model: "a\"b\\c\nd", version: "1", tags: ["zone": "\"x\"", "area": "é"])
        registry.adopt(ModelMetrics(), for: key, loadSeconds: 0)
        let labels = #"{model="a\"b\\c\nd",version="1",_area="é",_zone="\"x\""}"#
        #expect(Self.value(Self.page(registry), "nv_inference_count\(labels)") == "0")
    }

    @Test func `what has become of traces stands on the page where anything can be traced`() {
        func page(_ tracing: TracingFigures?) -> String {
            var figures = ProcessFigures(build: BuildFacts())
            figures.tracing = tracing
            var page = ByteBuffer()
            MetricsPage(registry: MetricsRegistry(), process: figures).write(to: &page)
            return page.withBytes { bytes in bytes.text(0..<bytes.count) }
        }
        #expect(!page(nil).contains("rowan_trace"))
        var options = TraceOptions()
        options.mode = .openTelemetry
        let text = page(Tracing(options, version: "1").figures)
        for name in ["rowan_traces_total", "rowan_traces_written_total", "rowan_trace_spans_sent_total"] {
            #expect(text.contains("# TYPE \(name) counter\n\(name) 0\n"), "\(name)")
        }
        for reason in ["queue_full", "refused", "rejected", "undelivered", "ending", "file"] {
            #expect(text.contains("\nrowan_traces_dropped_total{reason=\"\(reason)\"} 0\n"), "\(reason)")
        }
    }

    @Test func `every family is declared once, before its samples, and nothing else stands on the page`() {
        let registry = MetricsRegistry()
        for name in ["b", "a"] {
            registry.adopt(ModelMetrics(), for: .init(model: name, version: "1"), loadSeconds: 0)
        }
        var declared: Set<Substring> = []
        var current: Substring = ""
        for line in Self.page(registry) {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE ") {
                current = words[2]
                #expect(declared.insert(current).inserted, "\(line)")
                #expect(["counter", "gauge", "histogram"].contains(words[3]), "\(line)")
            } else if !line.hasPrefix("# HELP ") {
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect(["", "_bucket", "_sum", "_count"].contains { name == current + $0 }, "\(line)")
                #expect(words.last.flatMap { Double($0) } != nil, "\(line)")
            }
        }
    }

    private func page(_ allocator: AllocatorFigures?) -> String {
        var figures = Self.figures
        figures.allocator = allocator
        var page = ByteBuffer()
        MetricsPage(registry: MetricsRegistry(), process: figures).write(to: &page)
        return page.withBytes { $0.text($0.indices) }
    }

    @Test func `rows and latencies are told by result, over versions`() {
        let registry = MetricsRegistry()
        for version in ["1", "2"] {
            let metrics = ModelMetrics()
            registry.adopt(metrics, for: .init(model: "m", version: version), loadSeconds: 0)
            var request = Self.request(queue: 0, compute: 20_000, rows: 10)
            request.positiveRowCount = version == "1" ? 3 : 0
            metrics.answered(request)
        }
        let page = Self.page(registry)
        #expect(Self.value(page, #"model_prediction_total{model="m",result="1"}"#) == "3")
        #expect(Self.value(page, #"model_prediction_total{model="m",result="0"}"#) == "17")
        for result in ["0", "1"] {
            #expect(Self.value(page, #"model_latency_seconds_count{model="m",result="\#(result)"}"#) == "1")
            let bucket = #"model_latency_seconds_bucket{model="m",result="\#(result)",le="2.5e-05"}"#
            #expect(Self.value(page, bucket) == "1")
            #expect(Self.value(page, #"model_latency_seconds_sum{model="m",result="\#(result)"}"#) == "2.3e-05")
        }
    }

    @Test func `loops, connections, loads and overload stand on the page`() {
        var figures = Self.figures
        figures.loops[1].tickCount = 9
        figures.loops[1].processorTime = .milliseconds(1_500)
        figures.acceptedConnections = 12
        figures.closedConnections = [1, 2, 3, 4, 5, 6, 7, 8]
        figures.unreadAnswerBytes = 77
        (figures.loadedModels, figures.failedLoads, figures.isOverloaded) = (4, 1, true)
        (figures.openDescriptors, figures.descriptorLimit, figures.virtualBytes) = (10, 100, 1 << 20)
        figures.machine = .init(utilization: 0.25, memoryByteCount: 2_048, usedMemoryByteCount: 1_024)
        var text = ByteBuffer()
        MetricsPage(registry: MetricsRegistry(), process: figures).write(to: &text)
        let page = text.withBytes { $0.text($0.indices) }.split(separator: "\n")
        for line in [
            #"rowan_build_info{version="\#(ServerVersion.text)",commit="a\"b",compiler="unknown"} 1"#,
            #"rowan_loop_ticks_total{loop="1"} 9"#, #"rowan_loop_cpu_seconds_total{loop="1"} 1.5"#,
            #"rowan_loop_connections{loop="0"} 1"#, "rowan_connections_accepted_total 12",
            #"rowan_connections_closed_total{reason="client"} 1"#, #"rowan_connections_closed_total{reason="lost"} 8"#,
            #"rowan_connections_closed_total{reason="unread"} 5"#, "rowan_unread_answer_bytes 77",
            #"rowan_model_loads_total{result="success"} 4"#, #"rowan_model_loads_total{result="failure"} 1"#,
            "rowan_overloaded 1", "process_open_fds 10", "process_max_fds 100", "process_virtual_memory_bytes 1048576",
            "nv_cpu_utilization 0.25", "nv_cpu_memory_total_bytes 2048", "nv_cpu_memory_used_bytes 1024",
            "nv_pinned_memory_pool_total_bytes 0", "nv_pinned_memory_pool_used_bytes 0",
        ] {
            #expect(page.contains { $0 == line }, "\(line)")
        }
    }

    @Test func `cumulative durations can be left out`() {
        let registry = MetricsRegistry()
        registry.adopt(ModelMetrics(), for: .init(model: "m", version: "1"), loadSeconds: 0)
        var text = ByteBuffer()
        MetricsPage(registry: registry, process: Self.figures, hasCounterLatencies: false).write(to: &text)
        let page = text.withBytes { $0.text($0.indices) }
        #expect(!page.contains("_duration_us") && page.contains("nv_inference_count{"))
    }

    @Test func `what the allocator says stands on the page, if it says anything`() {
        let lines = page(AllocatorFigures(allocated: 1, active: 2, resident: 3)).split(separator: "\n")
        for line in [
            "rowan_allocator_allocated_bytes 1", "rowan_allocator_active_bytes 2", "rowan_allocator_resident_bytes 3",
            "rowan_connections 3",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(!page(nil).contains("allocator") && page(nil).contains("\nrowan_connections 3\n"))
    }
}
