import HTTPConnections

/// A head that is refused, with the fault that RFC 9112 or a limit calls for.
struct RefusedHead: CustomStringConvertible, Sendable {
    var input: String
    var fault: HTTPFault
    var description: String { "\(fault): \(input.debugDescription.prefix(70))" }

    init(_ input: String, _ fault: HTTPFault) {
        self.input = input
        self.fault = fault
    }
}

/// Heads written from the RFCs: what real clients send, what may be sent, and what an attacker would.
enum RequestHeadSamples {
    static let accepted: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost:\r\n\r\n",
        "\r\n\r\n\r\n\r\nGET /v2 HTTP/1.1\r\nhOsT:a:8000\r\n\r\n",
        "POST /v2/models/xgboost_anomaly/infer HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: curl/7.88.1\r\n"
            + "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: 312\r\n\r\n",
        "POST /v2/models/m/versions/1/infer?x=1&y=?2 HTTP/1.1\r\nhost: [::1]:8000\r\naccept-encoding: gzip, deflate\r\n"
            + "connection: keep-alive\r\ninference-header-content-length: 129\r\ncontent-length: 4096\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\t CHUNKED \t\r\nConnection: Close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 05\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-Continue\r\n\r\n",
        "POST / HTTP/1.0\r\nContent-Length: 10\r\nExpect: something\r\nConnection: Keep-Alive\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, , close ,keep-alive\r\n\r\n",
        "GET http://example.org/v2/health/live?x HTTP/1.1\r\nHost: other\r\n\r\n",
        "GET HTTPS://[2001:db8::1]:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://example.org?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /v2 HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\n\r\n",
        "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PATCH / HTTP/1.1\r\nHost: a\r\n\r\n",
        "get / HTTP/1.1\r\nHost: a\r\n\r\n",
        "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%00/..//\"<>\\^`{|}~ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Blank: \t \r\nX_9!: in\tside \u{80}\u{ff}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length-: 9\r\nTransfer-Encodinh: x\r\nHosu: x\r\nExpecu: x\r\n\r\nrest",
    ]

    static let refused: [RefusedHead] = requestLines + fieldLines + framing

    private static let requestLines: [RefusedHead] = [
        RefusedHead("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .tooManyEmptyLines),
        RefusedHead("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", .loneCarriageReturn),
        RefusedHead(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET / http/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET / HTTP/1.1\nHost: a\r\n\r\n", .lineEndWithoutCarriageReturn),
        RefusedHead("GET / HTTP/1.1\rHost: a\r\n\r\n", .loneCarriageReturn),
        RefusedHead("GET / HTTP/1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET / HTTP/11.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET /\r\n\r\n", .malformedRequestLine),
        RefusedHead("GET\r\n\r\n", .malformedRequestLine),
        RefusedHead("GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        RefusedHead("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}", .malformedRequestLine),
        RefusedHead("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET /abcdefgh\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET /abc\u{80}efgh HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .fragmentInTarget),
        RefusedHead("GET /a?x#b HTTP/1.1\r\nHost: a\r\n\r\n", .fragmentInTarget),
        RefusedHead("GET v2/health HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET ?x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("OPTIONS *?x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET http:/a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET http: HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("GET http://user@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        RefusedHead("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .connectRefused),
        RefusedHead("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .unsupportedVersion),
        RefusedHead("GET / HTTP/0.9\r\n\r\n", .unsupportedVersion),
        RefusedHead("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .malformedTarget),
        RefusedHead("GET / HTTP/2.0\r\n\r\n", .unsupportedVersion),
    ]

    private static let fieldLines: [RefusedHead] = [
        RefusedHead("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", .lineEndWithoutCarriageReturn),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\n\n", .fieldWithoutColon),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", .loneCarriageReturn),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n", .loneCarriageReturn),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", .loneCarriageReturn),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", .foldedField),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\n\tfolded: x\r\n\r\n", .foldedField),
        RefusedHead("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        RefusedHead("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .spaceBeforeColon),
        RefusedHead("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", .spaceBeforeColon),
        RefusedHead("GET / HTTP/1.1\r\nTransfer-Encoding : chunked\r\nHost: a\r\n\r\n", .spaceBeforeColon),
        RefusedHead("GET / HTTP/1.1\r\nHost\r\n\r\n", .fieldWithoutColon),
        RefusedHead("GET / HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n", .malformedFieldName),
        RefusedHead("GET / HTTP/1.1\r\nHo[st]: a\r\n\r\n", .malformedFieldName),
        RefusedHead("GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n", .malformedFieldName),
        RefusedHead("GET / HTTP/1.1\r\nContent-Lengt\u{e8}: 5\r\n\r\n", .malformedFieldName),
        RefusedHead("GET / HTTP/1.1\r\n\u{b}Host: a\r\n\r\n", .malformedFieldName),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", .controlByteInField),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\nX: abcdefghijkl\u{1b}mn\r\n\r\n", .controlByteInField),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\nX: abcdefghijkl\u{7f}mn\r\n\r\n", .controlByteInField),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\nX: \u{c}chunked\r\n\r\n", .controlByteInField),
    ]

    private static let framing: [RefusedHead] = [
        RefusedHead("GET / HTTP/1.1\r\n\r\n", .missingHost),
        RefusedHead("GET http://a/ HTTP/1.1\r\nX: y\r\n\r\n", .missingHost),
        RefusedHead("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .repeatedHost),
        RefusedHead("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", .repeatedHost),
        RefusedHead("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .malformedHost),
        RefusedHead("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
        RefusedHead("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", .malformedHost),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5.0\r\n\r\n", .malformedContentLength),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n", .malformedContentLength),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\n", .malformedContentLength),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", .bodyTooLong),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .differingContentLengths),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            .contentLengthWithTransferEncoding),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n",
            .contentLengthWithTransferEncoding),
        RefusedHead("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInHTTP10),
        transferEncoding("identity"), transferEncoding("gzip, chunked"), transferEncoding("chunked, identity"),
        transferEncoding("chunked, chunked"), transferEncoding("xchunked"), transferEncoding("chunked;q=1"),
        transferEncoding("\"chunked\""), transferEncoding(""), transferEncoding(",chunked"),
        transferEncoding("chunke"), transferEncoding("\u{e3}hunked"), transferEncoding("chunkedd"),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            .unsupportedTransferEncoding),
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
            .unsupportedTransferEncoding),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", .unsupportedExpectation),
        RefusedHead("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\n\r\n", .unsupportedExpectation),
    ]

    private static func transferEncoding(_ value: String) -> RefusedHead {
        RefusedHead(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(value)\r\n\r\n", .unsupportedTransferEncoding)
    }
}
