/// Numbers of the fields of OTLP's messages, one table per message.
///
/// - Source: opentelemetry-proto 1.x below `opentelemetry/proto`: `collector/trace/v1/trace_service.proto`,
///   `trace/v1/trace.proto`, `resource/v1/resource.proto` and `common/v1/common.proto`; stable, never to change.
enum OTLPFields {
    enum ExportTraceServiceRequest {
        static let resourceSpans = 1
    }

    enum ResourceSpans {
        static let resource = 1
        static let scopeSpans = 2
        static let schemaURL = 3
    }

    enum Resource {
        static let attributes = 1
    }

    enum ScopeSpans {
        static let scope = 1
        static let spans = 2
        static let schemaURL = 3
    }

    enum InstrumentationScope {
        static let name = 1
        static let version = 2
    }

    enum Span {
        static let traceID = 1
        static let spanID = 2
        static let traceState = 3
        static let parentSpanID = 4
        static let name = 5
        static let kind = 6
        static let startTimeUnixNano = 7
        static let endTimeUnixNano = 8
        static let attributes = 9
        static let status = 15
        static let flags = 16
    }

    enum Status {
        static let code = 3
    }

    enum KeyValue {
        static let key = 1
        static let value = 2
    }

    enum AnyValue {
        static let string = 1
        static let integer = 3
    }

    enum ExportTraceServiceResponse {
        static let partialSuccess = 1
    }

    enum ExportTracePartialSuccess {
        static let rejectedSpans = 1
        static let errorMessage = 2
    }
}
