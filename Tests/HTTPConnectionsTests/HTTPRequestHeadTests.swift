// Goal: the fields that decide about bodies and answers are read as RFC 9110 and Triton read them.
import HTTPConnections
import Testing

@Suite struct HTTPRequestHeadTests {
    /// Parses a request with the given field lines and lends its head.
    private func withHead<Result>(_ lines: String..., body: (borrowing HTTPRequestHead, [UInt8]) -> Result) -> Result? {
        let input = bytes("POST / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n")
        var parser = HTTP1RequestParser(bodyByteCountLimit: 1_000)
        var head = HTTPRequestHead()
        guard case .headCompleted = parser.bytesReceived(input.span, into: &head) else { return nil }
        return body(head, input)
    }

    @Test(arguments: [
        ("gzip", ContentCoding.gzip), ("deflate", .deflate), ("identity", .identity), ("", .identity),
        ("GZIP", .unsupported), ("br", .unsupported), ("gzip, gzip", .unsupported), ("x-gzip", .unsupported),
        ("gzipgzipgzip", .unsupported),
    ])
    func `Content-Encoding is taken as Triton takes it`(value: String, coding: ContentCoding) {
        #expect(withHead("Content-Encoding: \(value)") { head, _ in head.contentCoding } == coding)
    }

    @Test func `a repeated Content-Encoding is not supported`() {
        let coding = withHead("Content-Encoding: gzip", "content-encoding: identity") { head, _ in head.contentCoding }
        #expect(coding == .unsupported)
    }

    @Test(arguments: [
        ("", ContentCoding.identity), ("gzip", .gzip), ("deflate", .deflate), ("gzip, deflate, br", .gzip),
        ("deflate, gzip", .deflate), ("br", .identity), ("*", .identity), ("*;q=1, gzip;q=0.1", .gzip),
        ("GZIP", .identity), ("gzip;q=0", .identity), ("gzip;q=0.000, deflate;q=0.001", .deflate),
        ("gzip;q=0.5, deflate;q=0.8", .deflate), ("gzip;q=0.8, deflate;q=0.5", .gzip),
        ("identity;q=0.5, gzip;q=0.5", .identity), ("gzip;q=0.5, identity", .identity),
        ("gzip;q=1.0, deflate;q=1", .gzip), ("gzip;q=0.999, deflate;q=1.000", .deflate), ("gzip;q=1.", .gzip),
        ("gzip ; q=0.5\t,\tdeflate; Q=0.6", .deflate), (",, gzip ,", .gzip),
        ("gzip;q=high", .identity), ("gzip;q=2", .identity), ("gzip;q=1.5", .identity), ("gzip;q=-1", .identity),
        ("gzip;q=", .identity), ("gzip;q=0.1234", .identity), ("gzip;level=1", .identity), ("gzip;", .identity),
        ("gzip;q=0.5x", .identity), ("gzip deflate", .identity), ("deflate, gzip;q=x", .deflate),
        ("gzip;q=x, deflate", .deflate), ("@, gzip", .gzip),
    ])
    func `Accept-Encoding chooses the highest weight, the first among equals`(value: String, coding: ContentCoding) {
        #expect(withHead("Accept-Encoding: \(value)") { head, _ in head.acceptedCoding } == coding)
    }

    @Test func `several Accept-Encoding fields are one list`() {
        let lines = ("Accept-Encoding: gzip;q=0.5", "Accept-Encoding: deflate;q=0.6")
        #expect(withHead(lines.0, lines.1) { head, _ in head.acceptedCoding } == .deflate)
        #expect(withHead(lines.0, "Accept-Encoding: x;q=x", lines.1) { head, _ in head.acceptedCoding } == .deflate)
    }

    @Test func `codings beyond the limit are not looked at`() {
        let others = String(repeating: "x,", count: HTTPLimits.acceptedCodingCount - 1)
        #expect(withHead("Accept-Encoding: \(others)gzip") { head, _ in head.acceptedCoding } == .gzip)
        #expect(withHead("Accept-Encoding: \(others)x,gzip") { head, _ in head.acceptedCoding } == .identity)
    }

    @Test(arguments: [
        ("0", HTTPRequestHead.InferenceHeaderLength.byteCount(0)), ("129", .byteCount(129)), ("", .unreadable),
        ("-1", .unreadable), ("1 2", .unreadable), ("x", .unreadable), ("9223372036854775808", .unreadable),
        ("9223372036854775807", .byteCount(Int.max)), ("99999999999999999999999", .unreadable),
    ])
    func `Inference-Header-Content-Length is one decimal number`(
        value: String, length: HTTPRequestHead.InferenceHeaderLength
    ) {
        let found = withHead("inference-header-content-length: \(value)") { head, _ in head.inferenceHeaderLength }
        #expect(found == length)
    }

    @Test func `Inference-Header-Content-Length may be absent and may not contradict itself`() {
        let name = "Inference-Header-Content-Length"
        #expect(withHead { head, _ in head.inferenceHeaderLength } == .absent)
        #expect(withHead("\(name): 5", "\(name): 05") { head, _ in head.inferenceHeaderLength } == .byteCount(5))
        #expect(withHead("\(name): 5", "\(name): 6") { head, _ in head.inferenceHeaderLength } == .unreadable)
        #expect(withHead("\(name): x", "\(name): 6") { head, _ in head.inferenceHeaderLength } == .unreadable)
    }

    @Test func `one traceparent is noted, several count as none`() {
        func found(_ lines: String...) -> String? {
            switch lines.count {
            case 1: withHead(lines[0]) { head, input in text(input[head.traceParentRange]) }
            default: withHead(lines[0], lines[1]) { head, input in text(input[head.traceParentRange]) }
            }
        }
        #expect(found("traceparent: 00-1") == "00-1" && found("TraceParent:00-2 ") == "00-2")
        #expect(found("traceparent: a", "Traceparent: a") == "" && found("traceparent: ") == "")
        #expect(found("traceparenu: a") == "" && found("uraceparent: a") == "" && found("x-traceparent: a") == "")
        #expect(found("tracestate: a=1", "traceparent: b") == "b")
    }

    @Test func `each field of a name is found, until there are enough`() {
        let name = HTTPFieldName("cookie")
        let values = withHead("cookie: a=1", "Cookie:  b=2") { head, input in
            var values: [String] = []
            head.forEachValue(of: name, in: input.span) { range in
                values.append(text(input[range]))
                return true
            }
            head.forEachValue(of: name, in: input.span) { range in
                values.append(text(input[range]))
                return false
            }
            return values
        }
        #expect(values == ["a=1", "b=2", "a=1"])
    }

    @Test func `any field is found whatever its case`() {
        let name = HTTPFieldName("X-Request-ID")
        let value = withHead("x-requesT-iD:  7 a ", "X-Request-ID: second") { head, input in
            head.value(of: name, in: input.span).map { text(input[$0]) }
        }
        #expect(value == "7 a")
        #expect(withHead("X-Request-I: 1") { head, input in head.value(of: name, in: input.span) } == .some(nil))
    }

    @Test func `names that resemble known ones mean nothing`() {
        let outcome = withHead(
            "Content-Lengtx: 5", "Contend-Length: 6", "Transfer_Encoding: chunked", "Connectiox: close",
            "Accept-Encodinx: gzip", "Content-Encodinx: gzip", "Inference-Header-Content-Lengtx: 5", "Expecx: y"
        ) { head, _ in
            !head.isChunked && head.contentLength <= 0 && head.keepsAlive && head.acceptedCoding == .identity
                && head.contentCoding == .identity && head.inferenceHeaderLength == .absent
        }
        #expect(outcome == true)
    }
}
