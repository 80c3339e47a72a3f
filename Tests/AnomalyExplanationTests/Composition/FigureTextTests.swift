import Testing

@testable import AnomalyExplanation

@Suite struct FigureTextTests {
    @Test(arguments: [
        (0.0, "0"), (0.98608, "0.986"), (12.345, "12.3"), (123.45, "123"), (1_399, "1400"), (29_710, "29,700"),
        (-0.0456, "−0.0456"), (0.000123, "0.000123"), (0.00005, "0.00005"), (1_234_567, "1,230,000"), (9.999, "10"),
    ])
    func `numbers have three digits`(value: Double, text: String) {
        #expect(FigureText.number(value) == text)
    }

    @Test func `what is no number is named`() {
        #expect(FigureText.number(.infinity) == "∞")
        #expect(FigureText.number(.nan) == "missing")
        #expect(FigureText.value(nil, of: "x") == "missing")
    }

    @Test(arguments: [
        ("heap_used_ratio", 0.972, "97.2 %"), ("gc_pause_seconds", 0.31, "310 ms"), ("dns_seconds", 2, "2 s"),
        ("disk_await_seconds", 0.0000417, "41.7 µs"), ("network_receive_bytes_per_second", 41_140_000, "41.1 MB/s"),
        ("requests_per_second", 2_190, "2190/s"), ("error_log_lines_per_minute", 6.488, "6.49/min"),
        ("queue_depth", 4.7, "4.7"), ("latency_ms", 120, "120 ms"), ("x_ratio", 40, "40"), ("swap_bytes", 512, "512 B"),
    ])
    func `a feature's name tells its unit`(name: String, value: Double, text: String) {
        #expect(FigureText.value(value, of: name) == text)
    }

    @Test(arguments: [(0.5, "50 %"), (0.994, "99.4 %"), (0.123, "12 %"), (1, "100 %"), (0.0123, "1.2 %")])
    func `parts are percent`(part: Double, text: String) {
        #expect(FigureText.percent(part) == text)
    }

    @Test func `names without their unit are words`() {
        #expect(FigureText.words(of: "gc_pause_seconds") == "gc pause")
        #expect(FigureText.words(of: "runnable_threads") == "runnable threads")
        #expect(FigureText.words(of: "_seconds") == "seconds")
    }
}
