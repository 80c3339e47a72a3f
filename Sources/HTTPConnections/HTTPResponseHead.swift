import LinuxSystem

/// The head of an answer, the same for every version of HTTP.
///
/// - Source: RFC 9110 section 6.2. There is no `Date`: section 6.6.1 asks for it only of servers whose answers may be
///   cached.
package struct HTTPResponseHead: Sendable {
    /// The media type of the answer's body.
    package enum ContentType: UInt8, CaseIterable, Sendable {
        case none
        case json
        case octetStream
        case plainText
        case html
        /// The text format that Prometheus reads.
        case prometheusText
        case markdown
        /// Server-sent events.
        case eventStream
        /// Messages of gRPC; only HTTP/2 carries them.
        case grpc
    }

    /// What the answer of HTTP/1.1 says about the connection.
    package enum Persistence: UInt8, CaseIterable, Sendable {
        /// HTTP/1.1 stays open by default.
        case implied
        /// Said to a client of HTTP/1.0 that asked for it.
        case keepAlive
        case close
    }

    /// Which span of which trace an answer belongs to.
    ///
    /// - Source: W3C Trace Context, section 3.2; numbers are written most significant digit first.
    package struct TraceParent: Equatable, Sendable {
        package var traceHigh: UInt64
        package var traceLow: UInt64
        package var span: UInt64

        /// Names a span.
        package init(traceHigh: UInt64, traceLow: UInt64, span: UInt64) {
            self.traceHigh = traceHigh
            self.traceLow = traceLow
            self.span = span
        }
    }

    /// The explanations of an answer's anomalous rows.
    package struct Explanations: Equatable, Sendable {
        /// Identities that are listed at most.
        static let listLimit = 16

        package var origin: UInt64
        /// The sequence number of the first; the others follow.
        package var first: UInt64
        package var count: Int

        /// Names explanations.
        package init(origin: UInt64, first: UInt64, count: Int) {
            self.origin = origin
            self.first = first
            self.count = count
        }
    }

    package var status: HTTPStatus
    package var contentType: ContentType
    package var persistence: Persistence
    /// How the body is compressed.
    package var contentCoding = ContentCoding.identity
    /// Bytes of the JSON part of the uncompressed body; -1 leaves `Inference-Header-Content-Length` out.
    package var inferenceHeaderByteCount = -1
    /// What `Allow` lists; empty leaves it out.
    package var allowedMethods: HTTPMethodSet = []
    /// Seconds of `Retry-After`; negative leaves it out.
    package var retryAfterSeconds = -1
    /// Says which codings of a request's body are understood, for the 501 answer to one that is not.
    package var listsAcceptedCodings = false

    /// The value of `traceparent`, for a request that was recorded; nil leaves it out.
    package var traceParent: TraceParent?

    /// What `rowan-explanation-id` and `rowan-explanation-count` say; nil leaves them out.
    package var explanations: Explanations?

    /// A cookie for the client to keep; nil for none.
    package var cookie: SetCookie?

    /// How a call of gRPC ended: goes into the trailers, or into this head if there is no body.
    ///
    /// Its message stands behind the body.
    package var grpcStatus: GRPCStatus?

    /// Further fields, made once; nil for none.
    package var fields: HTTPAnswerFields?
    /// What the page that called is told; the exchange sets it.
    var originFields: HTTPAnswerFields?

    package init(_ status: HTTPStatus, _ contentType: ContentType = .json, _ persistence: Persistence = .implied) {
        self.status = status
        self.contentType = contentType
        self.persistence = persistence
    }

    /// Appends what `Allow` lists.
    func appendAllowedMethods(to output: inout ByteBuffer) {
        var isFirst = true
        for method in HTTPMethod.allCases where allowedMethods.contains(HTTPMethodSet(method)) {
            if !isFirst { output.append(", ") }
            isFirst = false
            output.append(method.token)
        }
    }
}

extension HTTPResponseHead.ContentType {
    /// The value of the field; nil leaves it out.
    var name: StaticString? {
        switch self {
        case .none: nil
        case .json: "application/json"
        case .octetStream: "application/octet-stream"
        case .plainText: "text/plain; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        case .markdown: "text/markdown; charset=utf-8"
        case .eventStream: "text/event-stream"
        case .grpc: "application/grpc"
        }
    }
}

extension HTTPResponseHead.Explanations {
    /// Appends the value of `rowan-explanation-id`.
    func append(to output: inout ByteBuffer) {
        for index in 0..<min(count, Self.listLimit) {
            if index > 0 { output.append(",") }
            output.appendHexadecimal(origin)
            output.append("-")
            output.append(String(first &+ UInt64(index), radix: 16))
        }
    }
}

extension HTTPResponseHead.TraceParent {
    /// Appends the value of the field.
    func append(to output: inout ByteBuffer) {
        output.append("00-")
        output.appendHexadecimal(traceHigh)
        output.appendHexadecimal(traceLow)
        output.append("-")
        output.appendHexadecimal(span)
        output.append("-01")
    }
}
