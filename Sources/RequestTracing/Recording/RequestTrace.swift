package import LinuxSystem

/// The record of a request that is in work.
///
/// - Isolation: the loop's thread.
package final class RequestTrace {
    package var record: TraceRecord

    init(_ record: TraceRecord) { self.record = record }

    /// Takes note of the answer, which leaves now.
    ///
    /// - Parameter status: of HTTP.
    package func answered(_ status: Int, bodyByteCount: Int, at now: Nanoseconds) {
        record.status = status
        record.answerByteCount = bodyByteCount
        record.instants.sendStart = now
    }

    /// Takes note that the model has evaluated the request.
    ///
    /// - Parameter id: the request's identity as a JSON string with its quotation marks; empty if there is none.
    /// - Parameter batchRowCount: rows of the batch that it was part of.
    package func evaluated(
        id: Span<UInt8>, rowCount: Int, batchRowCount: Int, queueStart: Nanoseconds, computeStart: Nanoseconds,
        inputEnd: Nanoseconds, outputStart: Nanoseconds, computeEnd: Nanoseconds
    ) {
        record.isEvaluated = true
        if id.count > 2 { record.requestID = TraceRecord.cut(id.text(1..<id.count - 1)) }
        record.rowCount = rowCount
        record.batchRowCount = batchRowCount
        record.instants.queueStart = queueStart
        record.instants.computeStart = computeStart
        record.instants.inputEnd = inputEnd
        record.instants.outputStart = outputStart
        record.instants.computeEnd = computeEnd
    }

    /// Takes note of what an ensemble has called; calls beyond `TracingLimits.calls` are left out.
    package func called(_ calls: [TracedCall]) {
        record.calls = Array(calls.prefix(TracingLimits.calls))
    }
}
