import HTTPConnections
import LinuxSystem

/// What a parser found in a head, copied out so that the findings of two parsers can be compared.
struct HeadSummary: Equatable {
    var byteCount = 0
    var method = ""
    var path = ""
    var query = ""
    var minorVersion = 1
    var fields: [String] = []
    var contentLength = -1
    var isChunked = false
    var keepsAlive = true
    var expectsContinue = false
}

/// The outcome of parsing, whatever the bytes were cut into.
enum HeadOutcome: Equatable {
    case incomplete
    case completed(HeadSummary)
    case faulted(HTTPFault)
}

/// Bytes of a literal; every scalar up to U+00FF stands for the byte of its value.
func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { scalar in
        precondition(scalar.value < 256, "one byte for each scalar")
        return UInt8(scalar.value)
    }
}

/// The inverse of `bytes(_:)`.
func text(_ bytes: some Sequence<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// Gives a parser growing prefixes that end at the cuts, and stops at its decision.
func parse(_ input: [UInt8], cuts: [Int] = [], bodyByteCountLimit: Int = 1 << 20) -> HeadOutcome {
    var parser = HTTP1RequestParser(bodyByteCountLimit: bodyByteCountLimit)
    var head = HTTPRequestHead()
    for end in cuts + [input.count] {
        switch parser.bytesReceived(input.span.extracting(..<end), into: &head) {
        case .needsMoreBytes: continue
        case .headCompleted(let byteCount): return .completed(summary(of: head, byteCount: byteCount, in: input))
        case .faulted(let fault): return .faulted(fault)
        }
    }
    return .incomplete
}

func parse(_ input: String) -> HeadOutcome { parse(bytes(input)) }

private func summary(of head: borrowing HTTPRequestHead, byteCount: Int, in input: [UInt8]) -> HeadSummary {
    var summary = HeadSummary()
    summary.byteCount = byteCount
    summary.method = text(input[head.methodRange])
    summary.path = text(input[head.pathRange])
    summary.query = text(input[head.queryRange])
    summary.minorVersion = Int(head.minorVersion)
    for index in 0..<head.fieldCount {
        summary.fields.append(
            text(input[head.nameRange(ofField: index)]) + "=" + text(input[head.valueRange(ofField: index)]))
    }
    summary.contentLength = head.contentLength
    summary.isChunked = head.isChunked
    summary.keepsAlive = head.keepsAlive
    summary.expectsContinue = head.expectsContinue
    return summary
}

/// The bytes of a buffer.
func copied(_ buffer: borrowing ByteBuffer) -> [UInt8] {
    let held = buffer.bytes
    return held.indices.map { held[$0] }
}
