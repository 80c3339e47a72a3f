import LinuxSystem
import Testing

@testable import ServerView

/// What is taken from pages of metrics.
struct ServerSampleTests {
    private func sample(_ text: String) throws -> ServerSample {
        try ServerSample(page: Array(text.utf8).span, time: .seconds(1))
    }

    @Test func `Rowan's page is understood`() throws {
        let page = """
            nv_inference_request_success{model="m",version="2"} 7
            nv_inference_request_failure{model="m",version="2",reason="REJECTED"} 1
            nv_inference_request_failure{model="m",version="2",reason="OTHER"} 2
            nv_inference_count{model="m",version="2"} 70
            nv_inference_exec_count{model="m",version="2"} 5
            nv_inference_request_duration_us{model="m",version="2"} 3000000
            nv_inference_queue_duration_us{model="m",version="2"} 500000
            nv_inference_pending_request_count{model="m",version="2"} 3
            rowan_request_phase_seconds_bucket{model="m",version="2",phase="queue",le="1"} 9
            rowan_request_phase_seconds_bucket{model="m",version="2",phase="total",le="0.5"} 4
            rowan_request_phase_seconds_bucket{model="m",version="2",phase="total",le="+Inf"} 7
            rowan_build_info{version="1.2.3",commit="c",compiler="d"} 1
            rowan_overloaded 1
            rowan_connections 12
            rowan_model_loads_total{result="success"} 4
            rowan_model_loads_total{result="failure"} 1
            process_cpu_seconds_total 1.5
            process_resident_memory_bytes 2e7
            process_start_time_seconds 100
            nv_cpu_utilization 0.25
            """
        var expected = ServerSample(time: .seconds(1))
        var model = ServerSample.Model()
        model.requests = 7
        model.failures = 3
        model.rows = 70
        model.executions = 5
        model.duration = 3
        model.queue = 0.5
        model.pending = 3
        model.buckets = [.init(bound: 0.5, count: 4), .init(bound: .infinity, count: 7)]
        expected.models = [.init(name: "m", version: "2"): model]
        expected.version = "1.2.3"
        expected.isOverloaded = true
        expected.connections = 12
        expected.loads = 4
        expected.failedLoads = 1
        expected.cpuSeconds = 1.5
        expected.residentBytes = 2e7
        expected.startTime = 100
        expected.machineUtilization = 0.25
        #expect(try sample(page) == expected)
    }

    /// As Triton 2.51 writes it, shortened.
    @Test func `Triton's page is understood as far as it goes`() throws {
        let page = """
            # HELP nv_inference_request_success Number of successful inference requests, all batch sizes
            # TYPE nv_inference_request_success counter
            nv_inference_request_success{model="densenet",version="1"} 5
            nv_inference_request_success{model="densenet",version="1",gpu_uuid="GPU-1"} 2
            nv_inference_request_failure{model="densenet",reason="OTHER",version="1"} 0
            nv_pinned_memory_pool_total_bytes 268435456
            nv_cpu_utilization 0.02
            """
        let sample = try sample(page)
        #expect(sample.models[.init(name: "densenet", version: "1")]?.requests == 7)
        #expect(sample.version == nil && sample.connections == nil && sample.cpuSeconds == nil)
        #expect(sample.machineUtilization == 0.02)
    }

    @Test(arguments: [
        "", "<html><body>It works</body></html>", "node_load1 0.5\n", "# TYPE nv_inference_count counter\n",
    ])
    func `another page is refused in clear words`(text: String) {
        #expect(throws: ViewFault("this is no metrics page of Rowan or Triton; name it with --metrics-url")) {
            try sample(text)
        }
    }

    /// Whatever numbers a page holds, they are shown or passed over.
    @Test func `odd numbers end nothing`() throws {
        let numbers = ["NaN", "-1", "-Inf", "+Inf", "1e308", "-1e308", "1e-320", "0"]
        let names = [
            "nv_inference_request_success", "nv_inference_request_failure", "nv_inference_count",
            "nv_inference_exec_count", "nv_inference_pending_request_count", "nv_inference_request_duration_us",
            "nv_inference_queue_duration_us",
        ]
        let plain = [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds",
            "rowan_connections", "rowan_overloaded", "nv_cpu_utilization",
        ]
        func page(_ number: String) -> String {
            let models = names.map { "\($0){model=\"m\",version=\"1\"} \(number)\n" }
            let buckets = numbers.map {
                "rowan_request_phase_seconds_bucket{model=\"m\",version=\"1\",phase=\"total\",le=\"\($0)\"} \(number)\n"
            }
            let loads = ["success", "failure"].map { "rowan_model_loads_total{result=\"\($0)\"} \(number)\n" }
            return (models + buckets + loads + plain.map { "\($0) \(number)\n" }).joined()
        }
        for earlier in numbers {
            for later in numbers {
                let rates = ServerRates(from: try sample(page(earlier)), to: try sample(page(later)))
                let standing = ServerStanding(url: "u")
                let lines = RatesTable(rates: rates, standing: standing, now: 1e300).lines(columns: 80, rows: 24)
                #expect(lines.count >= 4 && lines.allSatisfy { $0.count <= 80 })
                let json = RatesJSON(rates: rates, standing: standing, now: .infinity).line
                #expect(!json.contains("nan") && !json.contains("inf"), "\(json)")
            }
        }
    }

    @Test func `more models than can be shown are refused`() throws {
        func page(_ count: Int) -> String {
            (0..<count).map { "nv_inference_count{model=\"m\($0)\",version=\"1\"} 1\n" }.joined()
        }
        #expect(try sample(page(ServerViewLimits.modelCount)).models.count == ServerViewLimits.modelCount)
        #expect(throws: ViewFault.self) { try sample(page(ServerViewLimits.modelCount + 1)) }
    }
}
