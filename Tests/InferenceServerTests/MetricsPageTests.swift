import LinuxSystem
import Testing

@testable import InferenceServer

/// The page as a scraper reads it: sums over loops, cumulative buckets, escaped labels.
@Suite struct MetricsPageTests {
    private static func request(queue: UInt64, compute: UInt64, rows: Int = 1) -> ModelMetrics.Request {
        ModelMetrics.Request(
            rowCount: rows, decodeNanoseconds: 1_000, queueNanoseconds: queue, computeNanoseconds: compute,
            encodeNanoseconds: 2_000)
    }

    private static func page(_ registry: MetricsRegistry) -> [Substring] {
        var page = ByteBuffer()
        MetricsPage(
            registry: registry,
            process: .init(
                openConnections: 3, residentBytes: 4_096, cpuSeconds: 0.5, startTimeSeconds: 1_700_000_000.25,
                allocator: nil)
        ).write(to: &page)
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
        loops[1].executed()
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
        loops[0].executed()
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
        let figures = MetricsPage.ProcessFigures(
            openConnections: 7, residentBytes: 4_096, cpuSeconds: 0.5, startTimeSeconds: 12, allocator: allocator)
        var page = ByteBuffer()
        MetricsPage(registry: MetricsRegistry(), process: figures).write(to: &page)
        return page.withBytes { $0.text($0.indices) }
    }

    @Test func `what the allocator says stands on the page, if it says anything`() {
        let lines = page(AllocatorFigures(allocated: 1, active: 2, resident: 3)).split(separator: "\n")
        for line in [
            "rowan_allocator_allocated_bytes 1", "rowan_allocator_active_bytes 2", "rowan_allocator_resident_bytes 3",
            "rowan_connections 7",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(!page(nil).contains("allocator") && page(nil).contains("\nrowan_connections 7\n"))
    }
}
