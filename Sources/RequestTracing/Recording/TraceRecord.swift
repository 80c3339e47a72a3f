package import LinuxSystem

/// Everything that is known about one traced request, from its first byte to its answer's last.
///
/// - Isolation: a value; made on a loop, handed to the side thread by a ring.
package struct TraceRecord: Sendable {
    /// The instants that Triton names, in their order.
    ///
    /// - Units: nanoseconds of the monotonic clock.
    package struct Instants: Equatable, Sendable {
        /// The first byte of the request was there, and the last one.
        package var receiveStart = Nanoseconds.zero
        package var receiveEnd = Nanoseconds.zero
        /// Decoding began; the request then waited for its batch; its evaluation began and ended.
        package var requestStart = Nanoseconds.zero
        package var queueStart = Nanoseconds.zero
        package var computeStart = Nanoseconds.zero
        package var inputEnd = Nanoseconds.zero
        package var outputStart = Nanoseconds.zero
        /// The answer was encoded, and given to the kernel.
        package var computeEnd = Nanoseconds.zero
        package var sendStart = Nanoseconds.zero
        package var sendEnd = Nanoseconds.zero

        package init() {}
    }

    /// Who has asked for what, as far as it is told to a receiver of spans.
    package struct Call: Equatable, Sendable {
        package var path = ""
        package var userAgent = ""
        package var clientAddress = ""
        package var clientPort = 0
        /// `1.0`, `1.1` or `2`.
        package var httpVersion = "1.1"
        package var bodyByteCount = 0

        package init() {}
    }

    package let directive: TraceDirective
    package let trace: TraceIdentity
    /// Our span of the request as a whole.
    package let span: SpanIdentity
    /// The caller's span; nil if the trace begins here.
    package let parent: SpanIdentity?
    package var state = TraceState()
    package var call = Call()
    package var model: String
    package var version: Int64
    /// The identity that the client gave the request; empty if it gave none.
    package var requestID = ""
    package var rowCount = 0
    /// Rows of the batch that the request was evaluated with.
    package var batchRowCount = 0
    /// 0 if the client was gone before there was an answer.
    package var status = 0
    package var answerByteCount = 0
    /// Whether the model has evaluated the request; without, the instants behind `requestStart` say nothing.
    package var isEvaluated = false
    package var instants = Instants()
    /// What an ensemble has called, each call behind the one that it is part of.
    package internal(set) var calls: [TracedCall] = []

    /// Describes a request of which only the beginning is known.
    init(
        _ directive: TraceDirective, trace: TraceIdentity, span: SpanIdentity, parent: SpanIdentity?, model: String,
        version: Int64
    ) {
        self.directive = directive
        self.trace = trace
        self.span = span
        self.parent = parent
        self.model = model
        self.version = version
    }

    /// Cuts a text of a request to what may stand in a trace.
    package static func cut(_ text: String) -> String {
        guard text.utf8.count > TracingLimits.textByteCount else { return text }
        var kept = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in text.unicodeScalars {
            byteCount += UTF8.width(scalar)
            if byteCount > TracingLimits.textByteCount { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
