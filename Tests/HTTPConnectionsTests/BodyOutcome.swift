import HTTPConnections

/// What a body decoder made of its bytes.
enum BodyOutcome: Equatable {
    case incomplete([UInt8])
    case completed([UInt8], byteCount: Int)
    case faulted(HTTPFault)
}

/// Feeds a decoder as a connection does: what it has not consumed is offered again together with what arrives.
func decode(_ input: [UInt8], after head: String, cuts: [Int] = [], limit: Int = 1 << 20) -> BodyOutcome {
    var parser = HTTP1RequestParser(bodyByteCountLimit: limit)
    var parsedHead = HTTPRequestHead()
    let headBytes = bytes(head)
    guard case .headCompleted = parser.bytesReceived(headBytes.span, into: &parsedHead) else {
        preconditionFailure("the head of a body is good")
    }
    var decoder = HTTP1BodyDecoder(bodyByteCountLimit: limit)
    decoder.headCompleted(parsedHead)
    var body: [UInt8] = []
    var start = 0
    for end in cuts + [input.count] {
        var needsMoreBytes = false
        while !needsMoreBytes {
            switch decoder.bytesReceived(input.span.extracting(start..<end)) {
            case .needsMoreBytes(let consumedByteCount):
                start += consumedByteCount
                needsMoreBytes = true
            case .bodyBytes(let range, let consumedByteCount):
                body += input[start + range.lowerBound..<start + range.upperBound]
                start += consumedByteCount
            case .completed(let consumedByteCount): return .completed(body, byteCount: start + consumedByteCount)
            case .faulted(let fault): return .faulted(fault)
            }
        }
    }
    return .incomplete(body)
}

func decodeChunked(_ input: [UInt8], cuts: [Int] = [], limit: Int = 1 << 20) -> BodyOutcome {
    decode(
        input, after: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", cuts: cuts, limit: limit)
}
