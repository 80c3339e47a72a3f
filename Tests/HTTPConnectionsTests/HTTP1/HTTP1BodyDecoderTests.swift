// Goal: the framing of bodies is taken off exactly, and every doubt about it is a fault.
// Method: tables of chunked bodies written from RFC 9112 section 7.1, each fed whole, cut at every byte and byte by
// byte.
import HTTPConnections
import Testing

@Suite struct HTTP1BodyDecoderTests {
    private func expectSame(_ outcome: BodyOutcome, for input: [UInt8], limit: Int = 1 << 20) {
        #expect(decodeChunked(input, limit: limit) == outcome, "\(text(input).debugDescription)")
        for cut in 0...input.count {
            #expect(decodeChunked(input, cuts: [cut], limit: limit) == outcome, "cut at \(cut)")
        }
        #expect(decodeChunked(input, cuts: Array(0..<input.count), limit: limit) == outcome, "byte by byte")
    }

    static let accepted: [(input: String, body: String)] = [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n", "01234567890123456789"),
        ("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("5;name\r\nhello\r\n0;a=b;c=\"d e;f\"\r\n\r\n", "hello"),
        ("5 \t;name=\u{ff}\r\nhello\r\n0 ; x\r\n\r\n", "hello"),
        ("5;\r\nhello\r\n0\r\n\r\n", "hello"),
        ("1\r\nx\r\n0\r\nTrailer: y\r\nContent-Length: 7\r\nEmpty:\r\n\r\n", "x"),
    ]

    @Test(arguments: accepted) func `a good chunked body is completed however it is cut`(
        sample: (input: String, body: String)
    ) {
        let input = bytes(sample.input)
        expectSame(.completed(bytes(sample.body), byteCount: input.count), for: input)
        // The next request is left alone.
        let withNext = input + bytes("GET / HTTP/1.1\r\n\r\n")
        #expect(decodeChunked(withNext) == .completed(bytes(sample.body), byteCount: input.count))
    }

    @Test(arguments: accepted) func `a chunked body that lacks its end is not completed`(
        sample: (input: String, body: String)
    ) {
        let input = bytes(sample.input)
        for count in 0..<input.count {
            guard case .incomplete(let body) = decodeChunked(Array(input[..<count])) else {
                Issue.record("decided after \(count) bytes")
                continue
            }
            #expect(bytes(sample.body).starts(with: body))
        }
    }

    static let refused: [(input: String, fault: HTTPFault)] = [
        ("\r\n", .malformedChunkSize), ("\n", .malformedChunkSize), (" 5\r\nhello", .malformedChunkSize),
        ("+5\r\nhello", .malformedChunkSize), ("-5\r\nhello", .malformedChunkSize), ("0x5\r\n", .malformedChunkSize),
        ("5_0\r\n", .malformedChunkSize), ("5,5\r\nhello", .malformedChunkSize), ("g\r\n", .malformedChunkSize),
        ("5\0\r\nhello", .malformedChunkSize), (";x\r\n", .malformedChunkSize), ("5 \r\nhello", .malformedChunkSize),
        ("5 5\r\nhello", .malformedChunkSize), ("5\t\r\nhello", .malformedChunkSize),
        ("5\nhello", .lineEndWithoutCarriageReturn), ("5;x\nhello", .lineEndWithoutCarriageReturn),
        ("5 \nhello", .lineEndWithoutCarriageReturn),
        ("5\rhello", .loneCarriageReturn), ("5;x\rhello", .loneCarriageReturn),
        ("5;a\0\r\nhello", .malformedChunkExtension), ("5;a\u{7f}\r\nhello", .malformedChunkExtension),
        ("00000000000000005\r\nhello", .chunkSizeTooLong), ("10000000000000005\r\nhello", .chunkSizeTooLong),
        ("ffffffffffffffff\r\n", .bodyTooLong), ("7fffffffffffffff\r\n", .bodyTooLong),
        ("5\r\nhello0\r\n\r\n", .chunkWithoutLineEnd), ("5\r\nhelloo\r\n0\r\n\r\n", .chunkWithoutLineEnd),
        ("5\r\nhello\n0\r\n\r\n", .chunkWithoutLineEnd), ("5\r\nhello\r0\r\n\r\n", .chunkWithoutLineEnd),
        ("0\r\nGET / HTTP/1.1\r\n\r\n", .malformedTrailer), ("0\r\nname : x\r\n\r\n", .malformedTrailer),
        ("0\r\nname: x\n\r\n", .malformedTrailer), ("0\r\n folded: x\r\n\r\n", .malformedTrailer),
        ("0\r\nname: a\0\r\n\r\n", .malformedTrailer), ("0\r\n\rx", .malformedTrailer),
        ("0\r\n: x\r\n\r\n", .malformedTrailer), ("0\r\n\n", .malformedTrailer),
    ]

    @Test(arguments: refused) func `a bad chunked body is refused however it is cut`(
        sample: (input: String, fault: HTTPFault)
    ) {
        expectSame(.faulted(sample.fault), for: bytes(sample.input))
    }

    @Test func `a body of known length ends there`() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        let input = bytes("helloGET /")
        #expect(decode(input, after: head) == .completed(bytes("hello"), byteCount: 5))
        for cut in 0...input.count {
            #expect(decode(input, after: head, cuts: [cut]) == .completed(bytes("hello"), byteCount: 5))
        }
        #expect(decode(bytes("hell"), after: head) == .incomplete(bytes("hell")))
    }

    @Test func `a request without a length has no body`() {
        let input = bytes("hello")
        #expect(decode(input, after: "GET / HTTP/1.1\r\nHost: a\r\n\r\n") == .completed([], byteCount: 0))
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        #expect(decode(input, after: head) == .completed([], byteCount: 0))
    }

    @Test func `one decoder reads one body after another`() {
        var head = HTTPRequestHead()
        var parser = HTTP1RequestParser(bodyByteCountLimit: 10)
        var decoder = HTTP1BodyDecoder(bodyByteCountLimit: 10)
        let headBytes = bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(parser.bytesReceived(headBytes.span, into: &head) == .headCompleted(byteCount: headBytes.count))
        let body = bytes("8\r\n12345678\r\n0\r\n\r\n")
        for _ in 0..<3 {
            decoder.headCompleted(head)
            #expect(decoder.bytesReceived(body.span) == .bodyBytes(range: 3..<11, consumedByteCount: 11))
            #expect(decoder.bytesReceived(body.span.extracting(11...)) == .completed(consumedByteCount: 7))
        }
    }
}
