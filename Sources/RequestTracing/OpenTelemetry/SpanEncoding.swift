import LinuxSystem

/// Writes traced requests as spans: one for the request as its server saw it, one each for its time in the queue and in
/// the model, and one for each model that an ensemble has called.
///
/// - Source: OTLP 1.x; OpenTelemetry semantic conventions 1.37.0 for HTTP spans. What those have no name for stands
///   under `rowan.`.
struct SpanEncoding {
    /// The semantic conventions that the names follow.
    static let schemaURL = "https://opentelemetry.io/schemas/1.37.0"

    private let resource: [OpenTelemetryOptions.Pair]
    private let version: String
    /// What is added to the monotonic clock to have nanoseconds since 1970.
    private let wallClockOffset: Int64

    /// - Parameter version: of this server.
    init(resource: [OpenTelemetryOptions.Pair], version: String, wallClockOffset: Int64) {
        self.resource = resource
        self.version = version
        self.wallClockOffset = wallClockOffset
    }

    /// Spans that a record becomes.
    static func spanCount(of record: TraceRecord) -> Int { record.isEvaluated ? 3 + record.calls.count : 1 }

    /// The spans of a record but for that of the request, which has an identity from the start.
    private struct Children {
        var queue: SpanIdentity
        var compute: SpanIdentity
        var calls: [SpanIdentity]

        init(of record: TraceRecord, using generator: inout some RandomNumberGenerator) {
            queue = SpanIdentity(using: &generator)
            compute = SpanIdentity(using: &generator)
            calls = []
            for _ in record.calls { calls.append(SpanIdentity(using: &generator)) }
        }
    }

    /// The body of an export request.
    func request(for records: ArraySlice<TraceRecord>, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var writer = ProtobufWriter()
        // A closure cannot hold what is passed by reference across another one.
        var children: [Children] = []
        for record in records { children.append(Children(of: record, using: &generator)) }
        writer.message(field: OTLPFields.ExportTraceServiceRequest.resourceSpans) { writer in
            writer.message(field: OTLPFields.ResourceSpans.resource) { writer in
                for pair in resource { Self.attribute(pair.name, pair.value, OTLPFields.Resource.attributes, &writer) }
            }
            writer.message(field: OTLPFields.ResourceSpans.scopeSpans) { writer in
                writer.message(field: OTLPFields.ScopeSpans.scope) { writer in
                    writer.text("rowan", field: OTLPFields.InstrumentationScope.name)
                    writer.text(version, field: OTLPFields.InstrumentationScope.version)
                }
                for (record, identities) in zip(records, children) { spans(of: record, identities, &writer) }
                writer.text(Self.schemaURL, field: OTLPFields.ScopeSpans.schemaURL)
            }
            writer.text(Self.schemaURL, field: OTLPFields.ResourceSpans.schemaURL)
        }
        return writer.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private func spans(of record: TraceRecord, _ children: Children, _ writer: inout ProtobufWriter) {
        let instants = record.instants
        writer.message(field: OTLPFields.ScopeSpans.spans) { writer in requestSpan(record, &writer) }
        guard record.isEvaluated else { return }
        writer.message(field: OTLPFields.ScopeSpans.spans) { writer in
            span(
                record, children.queue, parent: record.span, "queue", .inner, instants.queueStart,
                instants.computeStart, &writer)
            Self.attribute("rowan.model.name", record.model, OTLPFields.Span.attributes, &writer)
        }
        writer.message(field: OTLPFields.ScopeSpans.spans) { writer in
            span(
                record, children.compute, parent: record.span, "compute", .inner, instants.inputEnd,
                instants.outputStart, &writer)
            Self.attribute("rowan.model.name", record.model, OTLPFields.Span.attributes, &writer)
            Self.attribute("rowan.model.version", Int(record.version), OTLPFields.Span.attributes, &writer)
            Self.attribute("rowan.request.rows", record.rowCount, OTLPFields.Span.attributes, &writer)
            Self.attribute("rowan.batch.rows", record.batchRowCount, OTLPFields.Span.attributes, &writer)
        }
        for (call, identity) in zip(record.calls, children.calls) {
            let parent = call.caller.map { children.calls[$0] } ?? children.compute
            writer.message(field: OTLPFields.ScopeSpans.spans) { writer in
                span(record, identity, parent: parent, "call", .inner, call.start, call.end, &writer)
                Self.attribute("rowan.model.name", call.model, OTLPFields.Span.attributes, &writer)
                Self.attribute("rowan.model.version", Int(call.version), OTLPFields.Span.attributes, &writer)
                Self.attribute("rowan.request.rows", record.rowCount, OTLPFields.Span.attributes, &writer)
            }
        }
    }

    private func requestSpan(_ record: TraceRecord, _ writer: inout ProtobufWriter) {
        let field = OTLPFields.Span.attributes
        let call = record.call
        span(
            record, record.span, parent: record.parent, "POST \(Self.route)", .server, record.instants.receiveStart,
            record.instants.sendEnd, &writer)
        Self.attribute("http.request.method", "POST", field, &writer)
        Self.attribute("http.route", Self.route, field, &writer)
        Self.attribute("url.path", call.path, field, &writer)
        Self.attribute("url.scheme", "http", field, &writer)
        Self.attribute("network.protocol.name", "http", field, &writer)
        Self.attribute("network.protocol.version", call.httpVersion, field, &writer)
        Self.attribute("client.address", call.clientAddress, field, &writer)
        Self.attribute("client.port", call.clientPort, field, &writer)
        if !call.userAgent.isEmpty { Self.attribute("user_agent.original", call.userAgent, field, &writer) }
        Self.attribute("http.request.body.size", call.bodyByteCount, field, &writer)
        Self.attribute("rowan.model.name", record.model, field, &writer)
        Self.attribute("rowan.model.version", Int(record.version), field, &writer)
        if !record.requestID.isEmpty { Self.attribute("rowan.request.id", record.requestID, field, &writer) }
        if record.rowCount > 0 { Self.attribute("rowan.request.rows", record.rowCount, field, &writer) }
        guard record.status > 0 else { return Self.attribute("error.type", "client_gone", field, &writer) }
        Self.attribute("http.response.status_code", record.status, field, &writer)
        Self.attribute("http.response.body.size", record.answerByteCount, field, &writer)
        // A server's fault is an error of its span; a client's is not.
        guard record.status >= 500 else { return }
        Self.attribute("error.type", "\(record.status)", field, &writer)
        writer.message(field: OTLPFields.Span.status) { writer in
            writer.integer(2, field: OTLPFields.Status.code)
        }
    }

    private static let route = "/v2/models/{model}/infer"

    /// `SPAN_KIND_INTERNAL` and `SPAN_KIND_SERVER`.
    private enum Kind: UInt64 {
        case inner = 1
        case server = 2
    }

    private func span(
        _ record: TraceRecord, _ identity: SpanIdentity, parent: SpanIdentity?, _ name: String, _ kind: Kind,
        _ start: Nanoseconds, _ end: Nanoseconds, _ writer: inout ProtobufWriter
    ) {
        writer.bigEndian([record.trace.high, record.trace.low], field: OTLPFields.Span.traceID)
        writer.bigEndian([identity.number], field: OTLPFields.Span.spanID)
        writer.text(record.state.text, field: OTLPFields.Span.traceState)
        if let parent { writer.bigEndian([parent.number], field: OTLPFields.Span.parentSpanID) }
        writer.text(name, field: OTLPFields.Span.name)
        writer.integer(kind.rawValue, field: OTLPFields.Span.kind)
        writer.fixed64(wallClock(start), field: OTLPFields.Span.startTimeUnixNano)
        writer.fixed64(wallClock(end), field: OTLPFields.Span.endTimeUnixNano)
        // Bit 0: sampled. Bits 8 and 9: it is known whether the parent is another process's, and it is.
        let isRemote = kind == .server && parent != nil
        writer.fixed32(isRemote ? 0x301 : 0x101, field: OTLPFields.Span.flags)
    }

    private func wallClock(_ instant: Nanoseconds) -> UInt64 {
        UInt64(max(0, instant.count + wallClockOffset))
    }

    private static func attribute(_ name: String, _ value: String, _ field: Int, _ writer: inout ProtobufWriter) {
        writer.message(field: field) { writer in
            writer.text(name, field: OTLPFields.KeyValue.key)
            writer.message(field: OTLPFields.KeyValue.value) { writer in
                // An empty text is written, too: it is not the same as no value.
                writer.presentText(value, field: OTLPFields.AnyValue.string)
            }
        }
    }

    private static func attribute(_ name: String, _ value: Int, _ field: Int, _ writer: inout ProtobufWriter) {
        writer.message(field: field) { writer in
            writer.text(name, field: OTLPFields.KeyValue.key)
            writer.message(field: OTLPFields.KeyValue.value) { writer in
                writer.presentInteger(UInt64(bitPattern: Int64(value)), field: OTLPFields.AnyValue.integer)
            }
        }
    }
}
