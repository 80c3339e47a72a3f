import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import RequestTracing

/// What one loop traces: by rate, by model, by the caller's decision, and after changes.
@Suite struct RequestTracerTests {
    private static let models = ["fraud", "spam", nil].map { $0.map { RequestTracer.Model(name: $0, version: 7) } }
    private static let sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"

    private final class Loop {
        let tracing: Tracing
        let tracer: RequestTracer

        init(_ mode: TraceOptions.Mode, rate: Int, _ adjust: (inout TraceOptions) -> Void = { _ in }) {
            var options = TraceOptions()
            options.mode = mode
            options.file = "unused"
            options.setting.isOn = true
            options.setting.rate = rate
            adjust(&options)
            tracing = Tracing(options, version: "1", clock: FakeClock())
            tracer = tracing.makeTracer(generator: SeededGenerator(seed: 1))
            tracer.adopt(models: RequestTracerTests.models)
        }

        func begin(_ slot: Int = 0, _ parent: String = "") -> RequestTrace? {
            tracer.begin(slot: slot, parentField: Array(parent.utf8).span)
        }

        func change(_ json: String, _ model: String? = nil) throws {
            try tracing.change(try SettingsRequest(Array(json.utf8).span), model: model)
        }

        func settings(_ model: String? = nil) -> String {
            var buffer = ByteBuffer()
            tracing.appendSettings(model: model, to: &buffer)
            return buffer.withBytes { $0.text($0.indices) }
        }
    }

    @Test func `every n-th request of all models is traced, each with a trace of its own`() throws {
        let loop = Loop(.triton, rate: 3)
        let traces = (0..<6).map { loop.begin($0 % 2) }
        #expect(traces.map { $0 != nil } == [false, false, true, false, false, true])
        let first = try #require(traces[2]).record
        let second = try #require(traces[5]).record
        #expect(first.model == "fraud" && second.model == "spam" && first.version == 7)
        #expect(first.trace != second.trace && first.span != second.span && first.parent == nil)
        #expect(loop.tracing.figures.traces == 2)
    }

    @Test func `a model with settings of its own counts by itself`() throws {
        let loop = Loop(.triton, rate: 2)
        try loop.change(#"{"trace_rate":"1"}"#, "spam")
        #expect((0..<4).map { _ in loop.begin(1) != nil } == [true, true, true, true])
        #expect((0..<4).map { _ in loop.begin(0) != nil } == [false, true, false, true])
        try loop.change(#"{"trace_level":["OFF"]}"#, "spam")
        #expect(loop.begin(1) == nil && loop.begin(0) == nil && loop.begin(0) != nil)
    }

    @Test func `a change holds from the next request on, and one of another model resets no count`() throws {
        let loop = Loop(.triton, rate: 3)
        #expect(loop.begin() == nil && loop.begin() == nil)
        try loop.change(#"{"trace_rate":"9"}"#, "spam")
        #expect(loop.begin() != nil)
        try loop.change(#"{"trace_level":["OFF"]}"#)
        #expect((0..<9).allSatisfy { _ in loop.begin() == nil })
        try loop.change(#"{"trace_level":["TIMESTAMPS"],"trace_rate":"1"}"#)
        #expect(loop.begin() != nil)
    }

    @Test func `a count is shared by all loops`() throws {
        let loop = Loop(.triton, rate: 1) { $0.setting.count = 3 }
        let other = loop.tracing.makeTracer()
        other.adopt(models: Self.models)
        #expect(loop.begin() != nil && other.begin(slot: 0, parentField: Span()) != nil && loop.begin() != nil)
        #expect(other.begin(slot: 0, parentField: Span()) == nil && loop.begin() == nil)
        #expect(loop.settings().contains(#""trace_count":"0""#))
    }

    @Test func `a caller's decision is ours, and counts nothing`() throws {
        let loop = Loop(.openTelemetry, rate: 2)
        let trace = try #require(loop.begin(0, Self.sampled)).record
        #expect(trace.trace.text == "4bf92f3577b34da6a3ce929d0e0e4736" && trace.parent?.number == 0x00F0_67AA_0BA9_02B7)
        #expect(trace.span.number != trace.parent?.number)
        #expect((0..<5).allSatisfy { _ in loop.begin(0, Self.unsampled) == nil })
        #expect(loop.begin() == nil && loop.begin() != nil)
        let none = Loop(.openTelemetry, rate: 0)
        #expect(none.begin() == nil && none.begin(0, Self.sampled) != nil)
        try none.change(#"{"trace_level":["OFF"]}"#)
        #expect(none.begin(0, Self.sampled) == nil)
    }

    @Test func `a malformed field counts as none, and none counts in Triton's mode`() throws {
        let loop = Loop(.openTelemetry, rate: 1)
        let trace = try #require(loop.begin(0, Self.sampled + "0")).record
        #expect(trace.parent == nil && trace.trace.text != "4bf92f3577b34da6a3ce929d0e0e4736")
        let file = Loop(.triton, rate: 2)
        #expect(file.begin(0, Self.sampled) == nil && file.begin(0, Self.unsampled)?.record.parent == nil)
    }

    @Test func `a sampler that is not parent-based decides by the trace's number`() throws {
        let sampler = try #require(RootSampler(name: "traceidratio", argument: "0.5"))
        let loop = Loop(.openTelemetry, rate: 2) {
            $0.setting.fraction = 0.5
            $0.openTelemetry.sampler = sampler
        }
        let low = "00-000000000000000000000000000000ff-00f067aa0ba902b7-00"
        let high = "00-000000000000000000ff0000000000ff-00f067aa0ba902b7-01"
        #expect(loop.begin(0, low) != nil && loop.begin(0, high) == nil)
    }

    @Test func `without a place for traces nothing can be switched on`() throws {
        let loop = Loop(.triton, rate: 1) {
            $0.file = nil
            $0.setting.isOn = false
        }
        #expect(loop.begin() == nil && !loop.tracing.isPossible)
        #expect(
            throws: ProtocolError(
                .invalidArgument, "Attempting to set invalid trace setting :trace file name is not given")
        ) { try loop.change(#"{"trace_level":["TIMESTAMPS"]}"#) }
        try loop.change(#"{"trace_rate":"5"}"#)
        #expect(
            loop.settings()
                == #"{"trace_level":["OFF"],"trace_rate":"5","trace_count":"-1","log_frequency":"0","trace_file":"","#
                + #""trace_mode":"triton"}"#)
    }

    @Test func `nothing is switched on that could not be written`() throws {
        let loop = Loop(.triton, rate: 1) {
            $0.file = "/proc/none/trace.json"
            $0.setting.isOn = false
        }
        #expect(throws: SystemError.self) { try loop.tracing.checkFile() }
        #expect(
            throws: ProtocolError(
                .unavailable,
                "Attempting to set invalid trace setting :the trace file cannot be written: No such file or directory")
        ) { try loop.change(#"{"trace_level":["TIMESTAMPS"]}"#) }
        try loop.change(#"{"trace_rate":"5"}"#)
        #expect(loop.begin() == nil)
        // Spans go elsewhere.
        try Loop(.openTelemetry, rate: 1) { $0.file = "/proc/none/trace.json" }.tracing.checkFile()
    }

    @Test func `settings are shown as Triton shows them`() throws {
        let loop = Loop(.triton, rate: 1) { $0.file = "a\"b" }
        try loop.change(#"{"log_frequency":"5"}"#, "spam")
        let expected =
            #"{"trace_level":["TIMESTAMPS"],"trace_rate":"1","trace_count":"-1","log_frequency":"5","#
            + #""trace_file":"a\"b","trace_mode":"triton"}"#
        #expect(loop.settings("spam") == expected)
        #expect(
            Loop(.openTelemetry, rate: 2).settings()
                == #"{"trace_level":["TIMESTAMPS"],"trace_rate":"2","trace_count":"-1","trace_mode":"opentelemetry","#
                + #""url":"http://localhost:4318/v1/traces","bsp_max_queue_size":"2048","bsp_schedule_delay":"5000","#
                + #""bsp_max_export_batch_size":"512"}"#)
    }

    @Test func `what finds no room in the ring is counted`() throws {
        let loop = Loop(.openTelemetry, rate: 1)
        for _ in 0...TracingLimits.ringCapacity {
            let trace = try #require(loop.begin())
            loop.tracer.finish(trace, at: .zero)
        }
        #expect(loop.tracing.figures.lost(.queueFull) == 1)
    }

    @Test func `texts of requests are cut between characters`() {
        let text = String(repeating: "é", count: TracingLimits.textByteCount)
        #expect(TraceRecord.cut(text).utf8.count == TracingLimits.textByteCount)
        #expect(TraceRecord.cut("a" + text).utf8.count == TracingLimits.textByteCount - 1)
        #expect(TraceRecord.cut("short") == "short")
    }

    @Test func `the side thread writes what loops have left, and ends when it is told`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/trace.json"
        let loop = Loop(.triton, rate: 1) { $0.file = path }
        try loop.tracing.start { report in Issue.record("\(report)") }
        for _ in 0..<3 {
            let trace = try #require(loop.begin())
            trace.answered(200, bodyByteCount: 1, at: .zero)
            loop.tracer.finish(trace, at: .zero)
        }
        loop.tracing.end(by: .never)
        #expect(loop.tracing.figures.writtenTraces == 3)
        let text = try #require(TextFile.text(at: path))
        #expect(text.hasPrefix(#"[{"id":1,"#) && text.hasSuffix("]") && text.contains(#"{"id":3,"#))
    }
}
