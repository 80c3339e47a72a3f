import HTTPConnections

/// A request's head, as a connection hands it over, for the judges of requests.
enum ParsedHead {
    /// Lends the head of a request with these lines; nil if they are none.
    static func with<Result>(
        _ lines: [String], method: String = "POST", _ body: (borrowing HTTPRequestHead, Span<UInt8>) -> Result
    ) -> Result? {
        let more = lines.map { $0 + "\r\n" }.joined()
        let text = Array("\(method) /v2 HTTP/1.1\r\nHost: a\r\n\(more)\r\n".utf8)
        var parser = HTTP1RequestParser(bodyByteCountLimit: 0)
        var head = HTTPRequestHead()
        guard case .headCompleted = parser.bytesReceived(text.span, into: &head) else { return nil }
        return body(head, text.span)
    }
}
