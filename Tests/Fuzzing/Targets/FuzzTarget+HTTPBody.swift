import HTTPConnections

extension FuzzTarget {
    /// A chunked body means the same however it is cut, and never exceeds its limit.
    static let httpBody = FuzzTarget(name: "http-body") { input in
        let whole = outcome(of: input, cuts: [])
        let everywhere = input.count < 200 ? Array(0..<input.count) : []
        for cuts in [[input.count / 2], [1, max(1, input.count - 1)], everywhere] {
            precondition(outcome(of: input, cuts: cuts) == whole, "a body means the same however it is cut")
        }
    }

    private static let bodyByteCountLimit = 1_000

    /// The end of the body and its bytes, or the fault's words; -1 stands for a body that is not complete.
    private static func outcome(of input: [UInt8], cuts: [Int]) -> BodyOutcome {
        var parser = HTTP1RequestParser(bodyByteCountLimit: bodyByteCountLimit)
        var head = HTTPRequestHead()
        let headBytes = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        guard case .headCompleted = parser.bytesReceived(headBytes.span, into: &head) else {
            preconditionFailure("the head of a body is good")
        }
        var decoder = HTTP1BodyDecoder(bodyByteCountLimit: bodyByteCountLimit)
        decoder.headCompleted(head)
        var body: [UInt8] = []
        var start = 0
        for end in cuts.filter({ $0 <= input.count }) + [input.count] {
            var waits = false
            while !waits {
                switch decoder.bytesReceived(input.span.extracting(start..<end)) {
                case .needsMoreBytes(let byteCount):
                    start += byteCount
                    waits = true
                case .bodyBytes(let range, let byteCount):
                    body += input[start + range.lowerBound..<start + range.upperBound]
                    precondition(body.count <= bodyByteCountLimit, "a body keeps its limit")
                    start += byteCount
                case .completed(let byteCount): return BodyOutcome(end: start + byteCount, body: body, fault: "")
                case .faulted(let fault): return BodyOutcome(end: 0, body: [], fault: "\(fault)")
                }
            }
        }
        return BodyOutcome(end: -1, body: body, fault: "")
    }

    private struct BodyOutcome: Equatable {
        var end: Int
        var body: [UInt8]
        var fault: String
    }
}
