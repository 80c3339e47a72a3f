import LinuxSystem
import OpenInferenceProtocol

/// Writes one trace as Triton does: an element for the request's names, and one for each instant.
///
/// - Source: Triton `src/tracer.cc`, `TraceActivity` and `CaptureTimestamp`; docs/user_guide/trace.md.
enum TritonTraceText {
    /// Numbers that a trace has: one for the request, and one for each call of an ensemble.
    static func idCount(of record: TraceRecord) -> Int { 1 + record.calls.count }

    /// Appends the elements of a trace, with commas between them.
    ///
    /// - Parameter id: the first of `idCount` numbers that no other trace of the process has.
    static func append(_ record: TraceRecord, id: Int, to text: inout ByteBuffer) {
        let instants = record.instants
        appendInstant("HTTP_RECV_START", instants.receiveStart, id, to: &text)
        text.append(",")
        appendInstant("HTTP_RECV_END", instants.receiveEnd, id, to: &text)
        // Of a request that never came to its model Triton writes no more either.
        guard record.isEvaluated else { return }
        text.append(",")
        appendNames(record.model, record.version, request: record.requestID, id, parent: nil, to: &text)
        let rest: [(StaticString, Nanoseconds)] = [
            ("REQUEST_START", instants.requestStart), ("QUEUE_START", instants.queueStart),
            ("COMPUTE_START", instants.computeStart), ("COMPUTE_INPUT_END", instants.inputEnd),
            ("COMPUTE_OUTPUT_START", instants.outputStart), ("COMPUTE_END", instants.computeEnd),
            ("INFER_RESPONSE_COMPLETE", instants.computeEnd), ("REQUEST_END", instants.computeEnd),
            ("HTTP_SEND_START", instants.sendStart), ("HTTP_SEND_END", instants.sendEnd),
        ]
        for (name, instant) in rest {
            text.append(",")
            appendInstant(name, instant, id, to: &text)
        }
        for (index, call) in record.calls.enumerated() {
            let parent = call.caller.map { id + 1 + $0 } ?? id
            append(call, request: record.requestID, id + 1 + index, parent: parent, to: &text)
        }
    }

    /// Appends what an ensemble has called: a request of its own that bears the name of the one that caused it.
    private static func append(
        _ call: TracedCall, request: String, _ id: Int, parent: Int, to text: inout ByteBuffer
    ) {
        text.append(",")
        appendNames(call.model, call.version, request: request, id, parent: parent, to: &text)
        let instants: [(StaticString, Nanoseconds)] = [
            ("REQUEST_START", call.start), ("QUEUE_START", call.start), ("COMPUTE_START", call.start),
            ("COMPUTE_INPUT_END", call.inputEnd), ("COMPUTE_OUTPUT_START", call.end), ("COMPUTE_END", call.end),
            ("REQUEST_END", call.end),
        ]
        for (name, instant) in instants {
            text.append(",")
            appendInstant(name, instant, id, to: &text)
        }
    }

    private static func appendNames(
        _ model: String, _ version: Int64, request: String, _ id: Int, parent: Int?, to text: inout ByteBuffer
    ) {
        text.append("{\"id\":")
        text.appendDecimal(id)
        text.append(",\"model_name\":")
        text.appendJSONString(model)
        text.append(",\"model_version\":")
        text.appendDecimal(Int(version))
        if !request.isEmpty {
            text.append(",\"request_id\":")
            text.appendJSONString(request)
        }
        if let parent {
            text.append(",\"parent_id\":")
            text.appendDecimal(parent)
        }
        text.append("}")
    }

    private static func appendInstant(
        _ name: StaticString, _ instant: Nanoseconds, _ id: Int, to text: inout ByteBuffer
    ) {
        text.append("{\"id\":")
        text.appendDecimal(id)
        text.append(",\"timestamps\":[{\"name\":\"")
        text.append(name)
        text.append("\",\"ns\":")
        text.appendDecimal(Int(instant.count))
        text.append("}]}")
    }
}
