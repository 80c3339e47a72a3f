import LinuxSystem
import TestSupport
import Testing

@testable import RequestTracing

/// Which traces stand in which file, and that each file is whole at any time.
@Suite struct TritonTraceFileTests {
    private let folder = TemporaryFolder()
    private let figures = TracingFigures()

    private var path: String { folder.path + "/trace.json" }

    private func file() -> TritonTraceFile {
        TritonTraceFile(at: path, figures: figures) { report in Issue.record("\(report)") }
    }

    private func directive(frequency: Int = 0, count: Int = -1) -> TraceDirective {
        var setting = TraceSetting()
        setting.logFrequency = frequency
        setting.count = count
        return TraceDirective(setting)
    }

    /// How many traces a file holds; nil if there is no such file, -1 if it is no array.
    private func traces(_ ending: String = "") -> Int? {
        guard let text = TextFile.text(at: path + ending) else { return nil }
        guard text.hasPrefix("[{"), text.hasSuffix("}]") else { return -1 }
        return text.split(separator: "\"model_name\"").count - 1
    }

    @Test func `a trace is written as Triton writes it`() {
        let file = file()
        file.take(.sample(directive()))
        file.take(.sample(directive(), isEvaluated: false))
        file.end(by: .zero)
        let instants = [
            ("HTTP_RECV_START", 100), ("HTTP_RECV_END", 110), ("REQUEST_START", 120), ("QUEUE_START", 130),
            ("COMPUTE_START", 140), ("COMPUTE_INPUT_END", 150), ("COMPUTE_OUTPUT_START", 160), ("COMPUTE_END", 170),
            ("INFER_RESPONSE_COMPLETE", 170), ("REQUEST_END", 170), ("HTTP_SEND_START", 180), ("HTTP_SEND_END", 190),
        ].map { #"{"id":1,"timestamps":[{"name":"\#($0)","ns":\#($1)}]}"# }
        let names = #"{"id":1,"model_name":"fraud","model_version":3,"request_id":"a"}"#
        let first = (instants[..<2] + [names] + instants[2...]).joined(separator: ",")
        let second = instants[..<2].joined(separator: ",").replacingEach(#""id":1"#, with: #""id":2"#)
        // Two directives are written one after the other, in no order.
        #expect(["[\(first),\(second)]", "[\(second),\(first)]"].contains(TextFile.text(at: path)))
        #expect(figures.writtenTraces == 2)
    }

    @Test func `what an ensemble calls is written as requests with the number of their caller`() {
        let file = file()
        var record = TraceRecord.sample(directive())
        record.calls = [
            TracedCall(
                model: "inner", version: 1, start: Nanoseconds(150), inputEnd: Nanoseconds(151), end: Nanoseconds(155)),
            TracedCall(
                model: "a", version: 2, caller: 0, start: Nanoseconds(150), inputEnd: Nanoseconds(151),
                end: Nanoseconds(155)),
        ]
        file.take(record)
        file.take(.sample(record.directive))
        file.end(by: .zero)
        let text = TextFile.text(at: path) ?? ""
        let instants = [
            ("REQUEST_START", 150), ("QUEUE_START", 150), ("COMPUTE_START", 150), ("COMPUTE_INPUT_END", 151),
            ("COMPUTE_OUTPUT_START", 155), ("COMPUTE_END", 155), ("REQUEST_END", 155),
        ].map { #"{"id":3,"timestamps":[{"name":"\#($0)","ns":\#($1)}]}"# }.joined(separator: ",")
        #expect(text.contains(#"{"id":2,"model_name":"inner","model_version":1,"request_id":"a","parent_id":1},"#))
        #expect(
            text.contains(
                #",{"id":3,"model_name":"a","model_version":2,"request_id":"a","parent_id":2},"# + instants
                    + #",{"id":4,"timestamps""#))
        #expect(figures.writtenTraces == 2, "calls are parts of their request's trace")
    }

    @Test func `without a frequency all go into one file, which is whole at any time`() {
        let file = file()
        let directive = directive()
        #expect(traces() == nil)
        for count in 1...5 {
            file.take(.sample(directive))
            _ = file.lookedAround(at: .zero)
            #expect(traces() == count)
        }
        file.end(by: .zero)
        #expect(traces() == 5 && traces(".0") == nil)
    }

    @Test func `with a frequency each file has as many, and the last one the rest`() {
        let file = file()
        let directive = directive(frequency: 2)
        for _ in 0..<5 { file.take(.sample(directive)) }
        #expect(traces(".0") == 2 && traces(".1") == 2 && traces(".2") == nil)
        file.end(by: .zero)
        #expect(traces(".2") == 1 && traces(".3") == nil && traces() == nil)
    }

    @Test func `a number of traces has its numbered file when it is complete`() {
        let file = file()
        let directive = directive(count: 3)
        for count in 1...3 {
            #expect(directive.choose())
            file.take(.sample(directive))
            if count < 3 { _ = file.lookedAround(at: .zero) }
            #expect(traces(".0") == (count < 3 ? nil : 3))
        }
        file.end(by: .zero)
        #expect(traces() == nil && traces(".1") == nil)
    }

    @Test func `a number that is not complete goes into the file in the end`() {
        let file = file()
        let directive = directive(count: 3)
        #expect(directive.choose())
        file.take(.sample(directive))
        file.end(by: .zero)
        #expect(traces() == 1 && traces(".0") == nil)
    }

    @Test func `a setting that is replaced ends its file`() {
        let file = file()
        let first = directive(frequency: 10)
        let second = directive(frequency: 10)
        file.take(.sample(first))
        file.take(.sample(second))
        first.retire()
        _ = file.lookedAround(at: .zero)
        #expect((traces(".0") ?? 0) + (traces(".1") ?? 0) == 2)
        file.take(.sample(first))
        file.take(.sample(second))
        file.end(by: .zero)
        #expect([0, 1, 2].map { traces(".\($0)") ?? 0 }.reduce(0, +) == 4)
    }

    @Test func `much is written before anybody asks for it`() {
        let file = file()
        let directive = directive()
        var count = 0
        while traces() == nil {
            file.take(.sample(directive))
            count += 1
            guard count * 500 < TracingLimits.fileBufferByteCount * 2 else { break }
        }
        #expect(traces() == count && count > 10)
    }

    @Test func `a file that cannot be written is reported once, and traces are counted`() {
        var reports: [TraceReport] = []
        let file = TritonTraceFile(at: folder.path + "/none/trace.json", figures: figures) { reports.append($0) }
        let directive = directive(frequency: 1)
        for _ in 0..<3 { file.take(.sample(directive)) }
        #expect(figures.lost(.file) == 3 && figures.writtenTraces == 0 && reports.count == 1)
        folder.write("", to: "none/x")
        file.take(.sample(directive))
        #expect(figures.writtenTraces == 1)
    }
}

extension String {
    fileprivate func replacingEach(_ part: String, with other: String) -> String {
        var rest = self[...]
        var result = ""
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}
