import LinuxSystem
import Testing

@testable import RequestTracing

/// Bytes of messages; the whole is read by the official definitions in Tests/Conformance/test_tracing.py.
@Suite struct SpanEncodingTests {
    private func bytes(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        write(&writer)
        return writer.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    /// The examples of protobuf.dev, "Encoding", and what follows from its rules.
    @Test func `fields are written as protobuf's documentation shows`() {
        #expect(bytes { $0.integer(150, field: 1) } == [0x08, 0x96, 0x01])
        #expect(bytes { $0.text("testing", field: 2) } == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
        #expect(bytes { $0.message(field: 3) { $0.integer(150, field: 1) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
        let minusTwo = UInt64(bitPattern: -2)
        #expect(
            bytes { $0.integer(minusTwo, field: 1) }
                == [0x08, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
        #expect(bytes { $0.fixed64(1, field: 7) } == [0x39, 1, 0, 0, 0, 0, 0, 0, 0])
        #expect(bytes { $0.fixed32(0x301, field: 16) } == [0x85, 0x01, 1, 3, 0, 0])
        #expect(bytes { $0.bigEndian([0x0102_0304_0506_0708], field: 2) } == [0x12, 8, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(bytes { $0.integer(0, field: 1) } == [] && bytes { $0.text("", field: 1) } == [])
        #expect(
            bytes { $0.presentInteger(0, field: 3) } == [0x18, 0]
                && bytes { $0.presentText("", field: 1) } == [0x0A, 0])
        #expect(bytes { $0.message(field: 1) { _ in } } == [0x0A, 0])
    }

    @Test func `an answer says how many spans were rejected, and why`() {
        #expect(ExportAnswer(Span()).rejectedSpans == 0)
        let partial = bytes { writer in
            writer.message(field: 1) { writer in
                writer.integer(5, field: 1)
                writer.text("too old", field: 2)
            }
        }
        let answer = ExportAnswer(partial.span)
        #expect(answer.rejectedSpans == 5 && answer.message == "too old")
        let long = bytes { $0.message(field: 1) { $0.text(String(repeating: "é", count: 200), field: 2) } }
        #expect(ExportAnswer(long.span).message.utf8.count == TracingLimits.textByteCount)
        let other = bytes { writer in
            writer.fixed64(1, field: 9)
            writer.fixed32(1, field: 8)
            writer.message(field: 1) { $0.integer(7, field: 1) }
        }
        #expect(ExportAnswer(other.span).rejectedSpans == 7)
    }

    @Test func `an answer that is no message says nothing and never traps`() {
        let partial = bytes { $0.message(field: 1) { $0.integer(5, field: 1) } }
        for length in 0..<partial.count {
            #expect(ExportAnswer(partial.span.extracting(..<length)).rejectedSpans == 0)
        }
        for bytes: [UInt8] in [
            [0x0A, 0xFF], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            Array(repeating: 0xFF, count: 30),
            [0x0B], [0x09, 1], [0x0D], Array("{\"partialSuccess\":{}}".utf8),
        ] {
            #expect(ExportAnswer(bytes.span).rejectedSpans == 0)
        }
    }

    @Test func `an evaluated request is three spans, another one`() {
        #expect(
            SpanEncoding.spanCount(of: .sample()) == 3 && SpanEncoding.spanCount(of: .sample(isEvaluated: false)) == 1)
    }

    @Test func `each call of an ensemble is a span more, up to a limit`() {
        let request = RequestTrace(.sample())
        let call = TracedCall(model: "m", version: 1, start: .zero, inputEnd: .zero, end: .zero)
        request.called([call, call])
        #expect(SpanEncoding.spanCount(of: request.record) == 5)
        request.called(Array(repeating: call, count: TracingLimits.calls + 1))
        #expect(SpanEncoding.spanCount(of: request.record) == 3 + 256 && TracingLimits.calls == 256)
    }
}
