// Goal: heads of answers are exactly the bytes that RFC 9112 asks for, whichever way they are written.
import HTTPConnections
import LinuxSystem
import Testing

@Suite struct HTTPResponseHeadTests {
    private func written(_ head: HTTPResponseHead, bodyByteCount: Int) -> String {
        var output = ByteBuffer()
        head.append(to: &output, bodyByteCount: bodyByteCount)
        return text(copied(output))
    }

    @Test func `the usual answer has three lines`() {
        #expect(
            written(HTTPResponseHead(.ok), bodyByteCount: 17)
                == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n")
    }

    @Test(arguments: [
        (HTTPStatus.ok, "200 OK"), (.badRequest, "400 Bad Request"), (.forbidden, "403 Forbidden"),
        (.notFound, "404 Not Found"), (.methodNotAllowed, "405 Method Not Allowed"),
        (.requestTimeout, "408 Request Timeout"), (.contentTooLarge, "413 Content Too Large"),
        (.targetTooLong, "414 URI Too Long"), (.unsupportedMediaType, "415 Unsupported Media Type"),
        (.expectationFailed, "417 Expectation Failed"), (.unprocessableContent, "422 Unprocessable Content"),
        (.tooManyRequests, "429 Too Many Requests"), (.headerTooLarge, "431 Request Header Fields Too Large"),
        (.internalServerError, "500 Internal Server Error"), (.notImplemented, "501 Not Implemented"),
        (.badGateway, "502 Bad Gateway"), (.serviceUnavailable, "503 Service Unavailable"),
        (.gatewayTimeout, "504 Gateway Timeout"), (.versionNotSupported, "505 HTTP Version Not Supported"),
    ])
    func `every status has the line of the registry`(status: HTTPStatus, line: String) {
        let head = HTTPResponseHead(status, .none)
        #expect(written(head, bodyByteCount: 0) == "HTTP/1.1 \(line)\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func `all optional fields can be written together`() {
        var head = HTTPResponseHead(.methodNotAllowed, .octetStream, .close)
        head.contentCoding = .gzip
        head.inferenceHeaderByteCount = 0
        head.allowedMethods = [.reading, .posting]
        head.retryAfterSeconds = 5
        head.listsAcceptedCodings = true
        let lines = written(head, bodyByteCount: 1_234_567_890).split(separator: "\r\n").map(String.init)
        #expect(
            lines == [
                "HTTP/1.1 405 Method Not Allowed", "Content-Type: application/octet-stream", "Connection: close",
                "Content-Encoding: gzip", "Inference-Header-Content-Length: 0", "Allow: GET, HEAD, POST",
                "Retry-After: 5", "Accept-Encoding: gzip, deflate", "Content-Length: 1234567890",
            ])
    }

    @Test func `each optional field appears only when it is asked for`() {
        var head = HTTPResponseHead(.ok, .json, .keepAlive)
        #expect(written(head, bodyByteCount: 0).contains("\r\nConnection: keep-alive\r\n"))
        head = HTTPResponseHead(.ok)
        head.contentCoding = .deflate
        #expect(written(head, bodyByteCount: 0).contains("\r\nContent-Encoding: deflate\r\n"))
        head = HTTPResponseHead(.ok)
        head.inferenceHeaderByteCount = 99
        #expect(written(head, bodyByteCount: 0).contains("\r\nInference-Header-Content-Length: 99\r\n"))
        #expect(written(head, bodyByteCount: 0).split(separator: "\r\n").count == 4)
        let prometheus = written(HTTPResponseHead(.ok, .prometheusText), bodyByteCount: 0)
        #expect(prometheus.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        let plain = written(HTTPResponseHead(.ok, .plainText), bodyByteCount: 0)
        #expect(plain.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"))
    }

    @Test func `the place in a trace has all its digits`() {
        var head = HTTPResponseHead(.ok)
        head.traceParent = .init(traceHigh: 0x4BF9_2F35_77B3_4DA6, traceLow: 0xA3, span: 0x00F0_67AA_0BA9_02B7)
        #expect(
            written(head, bodyByteCount: 0).contains(
                "\r\ntraceparent: 00-4bf92f3577b34da600000000000000a3-00f067aa0ba902b7-01\r\n"))
    }

    @Test func `a prepared field and a cookie stand among the others`() {
        var head = HTTPResponseHead(.ok)
        head.fields = HTTPAnswerFields([("rowan-variant", "a/b")])
        let plain = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        #expect(written(head, bodyByteCount: 0) == plain + "rowan-variant: a/b\r\nContent-Length: 0\r\n\r\n")
        let frame = SetCookie.Frame(opening: "k=", closing: "; Path=/")
        head.cookie = SetCookie(frame, high: 0x0123_4567_89AB_CDEF, low: 0x1F)
        #expect(
            written(head, bodyByteCount: 0).contains(
                "\r\nSet-Cookie: k=0123456789abcdef000000000000001f; Path=/\r\n"))
    }

    @Test func `the interim answer is one line`() {
        var output = ByteBuffer()
        output.append(HTTPResponseHead.continueLine)
        #expect(text(copied(output)) == "HTTP/1.1 100 Continue\r\n\r\n")
    }
}
