/// The head of one request: where its parts lie in the bytes received, and what its fields mean.
///
/// The parser fills it and nothing else writes it. It holds ranges, not bytes, so a caller who drops or moves the
/// bytes in front of the body has to take what it needs first.
///
/// - Units: all ranges are offsets into the span that the parser was given.
/// - Ownership: one is enough for each thread when requests are parsed whole; filling it allocates nothing.
package struct HTTPRequestHead: ~Copyable {
    /// Where one field lies.
    ///
    /// 32 bits suffice because a head is bounded by the limits.
    struct Field: BitwiseCopyable {
        var nameStart: UInt32 = 0
        var nameEnd: UInt32 = 0
        var valueStart: UInt32 = 0
        var valueEnd: UInt32 = 0

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// What `Inference-Header-Content-Length` says about the JSON part of the uncompressed body.
    package enum InferenceHeaderLength: Equatable, Sendable {
        /// The whole body is JSON.
        case absent
        case byteCount(Int)
        /// Not one decimal number: the request is answered 400, the connection goes on.
        case unreadable
    }

    package internal(set) var method = HTTPMethod.other
    /// 1 or 2.
    package internal(set) var majorVersion: UInt8 = 1
    /// 1 for HTTP/1.1 and HTTP/2, which has none, 0 for HTTP/1.0.
    package internal(set) var minorVersion: UInt8 = 1
    /// The method token.
    package internal(set) var methodRange = 0..<0
    /// The path: of an absolute URI its path only, `/` if that is empty; `*` for `OPTIONS *`.
    ///
    /// Not percent-decoded.
    package internal(set) var pathRange = 0..<0
    /// What follows the question mark, empty if there is none.
    package internal(set) var queryRange = 0..<0

    /// Bytes of the body by `Content-Length`, -1 if the field is absent.
    package internal(set) var contentLength = -1
    /// The body is in chunked framing.
    package internal(set) var isChunked = false
    /// The client lets the connection stay open after this request.
    package internal(set) var keepsAlive = true
    /// The client waits for `100 Continue` before it sends the body.
    package internal(set) var expectsContinue = false
    package internal(set) var hasHost = false
    /// The request is a call of gRPC, which only HTTP/2 can carry.
    package internal(set) var isGRPC = false
    package internal(set) var inferenceHeaderLength = InferenceHeaderLength.absent
    /// How the request's body is compressed.
    package internal(set) var contentCoding = ContentCoding.identity
    /// How the client prefers its answer to be compressed.
    package internal(set) var acceptedCoding = ContentCoding.identity

    /// The value of `traceparent`; means something only if there is exactly one.
    var traceParentField = 0..<0
    var traceParentCount = 0

    /// The value of the field `traceparent`; empty without one, and if there are several, of which none counts.
    ///
    /// - Source: W3C Trace Context, section 3.2.
    package var traceParentRange: Range<Int> { traceParentCount == 1 ? traceParentField : 0..<0 }

    /// The value of the field `cookie`; of several the first.
    package internal(set) var cookieRange = 0..<0
    /// How many such fields there are.
    package internal(set) var cookieCount = 0

    /// Number of header fields.
    package internal(set) var fieldCount = 0

    /// `Connection` named `close`, or `keep-alive`.
    var namesClose = false
    var namesKeepAlive = false
    var namesTransferEncoding = false
    var namesContentCoding = false
    /// Weight of `acceptedCoding` in thousandths.
    var acceptedThousandths = 0
    var fields = InlineArray<100, Field>(repeating: Field())

    package init() {
        precondition(fields.count == HTTPLimits.fieldCount, "the table has room for every field the limit admits")
    }

    /// Forgets the previous request; the table keeps its place.
    mutating func reset() {
        contentLength = -1
        isChunked = false
        expectsContinue = false
        hasHost = false
        isGRPC = false
        inferenceHeaderLength = .absent
        contentCoding = .identity
        acceptedCoding = .identity
        traceParentCount = 0
        cookieCount = 0
        fieldCount = 0
        namesClose = false
        namesKeepAlive = false
        namesTransferEncoding = false
        namesContentCoding = false
        acceptedThousandths = 0
    }

    /// The name of a field, in the spelling received.
    package func nameRange(ofField index: Int) -> Range<Int> {
        precondition(index >= 0 && index < fieldCount, "a field that was received")
        return fields[index].name
    }

    /// The value of a field without the white space around it.
    package func valueRange(ofField index: Int) -> Range<Int> {
        precondition(index >= 0 && index < fieldCount, "a field that was received")
        return fields[index].value
    }

    /// The value of the first field of a name.
    ///
    /// - Complexity: fields × length of the name; does not allocate.
    /// - Parameter bytes: the span that the parser was given.
    package func value(of name: HTTPFieldName, in bytes: Span<UInt8>) -> Range<Int>? {
        var value: Range<Int>?
        forEachValue(of: name, in: bytes) { range in
            value = range
            return false
        }
        return value
    }

    /// Calls for the value of each field of a name, in their order, until the closure returns false.
    package func forEachValue(of name: HTTPFieldName, in bytes: Span<UInt8>, _ body: (Range<Int>) -> Bool) {
        for index in 0..<fieldCount
        where ASCII.folded(bytes.extracting(nameRange(ofField: index)), equals: name.lowercased) {
            if !body(valueRange(ofField: index)) { return }
        }
    }
}
