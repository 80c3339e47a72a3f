// Goal: every head is judged as the RFCs say, whatever pieces it arrives in.
// Method: tables of heads written from the RFCs, each fed whole, cut once at every byte, and byte by byte.
import HTTPConnections
import Testing

@Suite struct HTTP1RequestParserTests {
    @Test(arguments: RequestHeadSamples.accepted) func `a good head is completed however it is cut`(input: String) {
        let input = bytes(input)
        guard case .completed(let summary) = ReferenceRequestParser.parse(input) else {
            Issue.record("the reference refuses it")
            return
        }
        expectSame(.completed(summary), for: input)
    }

    @Test(arguments: RequestHeadSamples.refused) func `a bad head is refused however it is cut`(sample: RefusedHead) {
        expectSame(.faulted(sample.fault), for: bytes(sample.input))
    }

    private func expectSame(_ outcome: HeadOutcome, for input: [UInt8]) {
        #expect(parse(input) == outcome)
        for cut in 0..<input.count {
            #expect(parse(input, cuts: [cut]) == outcome, "cut at \(cut)")
        }
        #expect(parse(input, cuts: Array(0..<input.count)) == outcome, "byte by byte")
    }

    @Test(arguments: RequestHeadSamples.accepted) func `a head that lacks its end is not decided`(input: String) {
        let input = bytes(input)
        guard case .completed(let summary) = parse(input) else { return }
        for count in 0..<summary.byteCount {
            #expect(parse(Array(input[..<count])) == .incomplete, "\(count) bytes")
        }
    }

    @Test func `the parts of an inference request are found`() {
        guard case .completed(let summary) = parse(RequestHeadSamples.accepted[5]) else {
            Issue.record("the head is refused")
            return
        }
        #expect(summary.method == "POST")
        #expect(summary.path == "/v2/models/m/versions/1/infer")
        #expect(summary.query == "x=1&y=?2")
        #expect(summary.contentLength == 4_096)
        #expect(summary.fields.count == 5)
        #expect(summary.fields[0] == "host=[::1]:8000")
        #expect(summary.keepsAlive)
    }

    @Test func `an absolute target is reduced to its path`() {
        for (target, path, query) in [
            ("http://a/v2?x", "/v2", "x"), ("http://a", "/", ""), ("https://a?x", "/", "x"), ("hTTp://a:80/", "/", ""),
        ] {
            guard case .completed(let summary) = parse("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") else {
                Issue.record("\(target) is refused")
                continue
            }
            #expect(summary.path == path)
            #expect(summary.query == query)
        }
    }

    @Test func `persistence follows version and Connection`() {
        for (version, connection, keepsAlive) in [
            ("1.1", "", true), ("1.1", "close", false), ("1.1", "keep-alive", true), ("1.1", "CLOSE, x", false),
            ("1.0", "", false), ("1.0", "keep-alive", true), ("1.0", "x,Keep-Alive", true),
            ("1.0", "keep-alive, close", false), ("1.1", "closed", true), ("1.1", "clos", true),
        ] {
            let head = "GET / HTTP/\(version)\r\nHost: a\r\nConnection: \(connection)\r\n\r\n"
            guard case .completed(let summary) = parse(head) else {
                Issue.record("refused: \(head)")
                continue
            }
            #expect(summary.keepsAlive == keepsAlive, "\(version) \(connection)")
        }
    }

    @Test func `bytes behind the head are left alone`() {
        let head = bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        guard case .completed(let summary) = parse(head + bytes("\0\n\r#GET")) else {
            Issue.record("the head is refused")
            return
        }
        #expect(summary.byteCount == head.count)
    }

    @Test func `one parser reads one head after another`() {
        var parser = HTTP1RequestParser(bodyByteCountLimit: 10)
        var head = HTTPRequestHead()
        let first = bytes(
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n")
        let second = bytes("GET /b HTTP/1.0\r\n\r\n")
        #expect(parser.bytesReceived(first.span.extracting(..<20), into: &head) == .needsMoreBytes)
        #expect(parser.bytesReceived(first.span, into: &head) == .headCompleted(byteCount: first.count))
        #expect(head.method == .post && head.contentLength == 3 && head.expectsContinue && !head.keepsAlive)
        #expect(parser.bytesReceived(second.span, into: &head) == .headCompleted(byteCount: second.count))
        #expect(head.method == .get && head.contentLength == -1 && !head.expectsContinue && !head.hasHost)
        #expect(head.fieldCount == 0 && !head.isChunked)
    }
}
