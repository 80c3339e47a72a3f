// Goal: every limit is reached exactly: at the limit a request passes, one beyond it is refused with its own fault.
import HTTPConnections
import Testing

@Suite struct HTTPLimitsTests {
    private func isCompleted(_ outcome: HeadOutcome) -> Bool {
        if case .completed = outcome { true } else { false }
    }

    /// Feeds the head whole and in pieces that make the parser wait.
    private func expectEverywhere(_ input: [UInt8], _ matches: (HeadOutcome) -> Bool) {
        #expect(matches(parse(input)))
        #expect(matches(parse(input, cuts: Array(stride(from: 1, to: input.count, by: 701)))))
        #expect(matches(parse(input, cuts: [1, input.count - 1])))
    }

    @Test func `the defaults stand in the right relations`() {
        HTTPLimits().checkRelations()
    }

    @Test func `empty lines before a request`() {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let emptyLines = String(repeating: "\r\n", count: HTTPLimits.leadingEmptyLineCount)
        expectEverywhere(bytes(emptyLines + request), isCompleted)
        expectEverywhere(bytes(emptyLines + "\r\n" + request)) { $0 == .faulted(.tooManyEmptyLines) }
    }

    @Test func `request line bytes`() {
        func request(lineByteCount: Int) -> [UInt8] {
            let around = "GET / HTTP/1.1\r\n"
            let filler = String(repeating: "x", count: lineByteCount - around.utf8.count)
            return bytes("\r\nGET /\(filler) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        expectEverywhere(request(lineByteCount: HTTPLimits.requestLineByteCount), isCompleted)
        expectEverywhere(request(lineByteCount: HTTPLimits.requestLineByteCount + 1)) {
            $0 == .faulted(.requestLineTooLong)
        }
    }

    @Test func `a request line without end is refused before it fills memory`() {
        let input = bytes("GET /" + String(repeating: "x", count: HTTPLimits.requestLineByteCount + 10))
        #expect(parse(input, cuts: Array(0..<input.count)) == .faulted(.requestLineTooLong))
        #expect(HTTPFault.requestLineTooLong.status == .targetTooLong)
    }

    @Test func `header bytes`() {
        func request(headerByteCount: Int) -> [UInt8] {
            let fields = "Host: a\r\nX: \r\n"
            let filler = String(repeating: "y", count: headerByteCount - fields.utf8.count)
            return bytes("GET / HTTP/1.1\r\nHost: a\r\nX: \(filler)\r\n\r\n")
        }
        expectEverywhere(request(headerByteCount: HTTPLimits.headerByteCount), isCompleted)
        expectEverywhere(request(headerByteCount: HTTPLimits.headerByteCount + 1)) { $0 == .faulted(.headerTooLong) }
        #expect(HTTPFault.headerTooLong.status == .headerTooLarge)
    }

    @Test func `a header without end is refused before it fills memory`() {
        let filler = String(repeating: "y", count: HTTPLimits.headerByteCount + 16)
        for start in ["GET / HTTP/1.1\r\nHost: a\r\nX: ", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            let input = bytes(start + filler)
            #expect(parse(input) == .faulted(.headerTooLong))
            let most = HTTPLimits.requestLineByteCount + HTTPLimits.headerByteCount + 16
            let long = input + [UInt8](repeating: UInt8(ascii: "y"), count: most - input.count)
            #expect(parse(long, cuts: Array(stride(from: 0, to: long.count, by: 13))) == .faulted(.headerTooLong))
        }
    }

    @Test func `header fields`() {
        func request(fieldCount: Int) -> [UInt8] {
            bytes("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: fieldCount - 1) + "\r\n")
        }
        expectEverywhere(request(fieldCount: HTTPLimits.fieldCount), isCompleted)
        expectEverywhere(request(fieldCount: HTTPLimits.fieldCount + 1)) { $0 == .faulted(.tooManyFields) }
        #expect(HTTPFault.tooManyFields.status == .headerTooLarge)
    }

    @Test func `body bytes of known length`() {
        func request(_ length: Int) -> [UInt8] {
            bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
        }
        #expect(isCompleted(parse(request(100), bodyByteCountLimit: 100)))
        #expect(parse(request(101), bodyByteCountLimit: 100) == .faulted(.bodyTooLong))
        #expect(HTTPFault.bodyTooLong.status == .contentTooLarge)
    }

    @Test func `body bytes in chunks`() {
        let full = bytes("64\r\n" + String(repeating: "x", count: 100) + "\r\n")
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 100)
        let end = bytes("0\r\n\r\n")
        #expect(decodeChunked(full + end, limit: 100) == .completed(body, byteCount: full.count + end.count))
        #expect(decodeChunked(full + bytes("1\r\nx\r\n") + end, limit: 100) == .faulted(.bodyTooLong))
        #expect(decodeChunked(bytes("65\r\n"), limit: 100) == .faulted(.bodyTooLong))
    }

    @Test func `chunks`() {
        func body(chunkCount: Int) -> [UInt8] {
            bytes(String(repeating: "1\r\nx\r\n", count: chunkCount) + "0\r\n\r\n")
        }
        guard case .completed(let all, _) = decodeChunked(body(chunkCount: HTTPLimits.chunkCount)) else {
            Issue.record("refused at the limit")
            return
        }
        #expect(all.count == HTTPLimits.chunkCount)
        #expect(decodeChunked(body(chunkCount: HTTPLimits.chunkCount + 1)) == .faulted(.tooManyChunks))
    }

    @Test func `chunk size digits`() {
        let zeros = String(repeating: "0", count: HTTPLimits.chunkSizeDigitCount - 1)
        #expect(decodeChunked(bytes(zeros + "1\r\nx\r\n0\r\n\r\n")) == .completed(bytes("x"), byteCount: 26))
        #expect(decodeChunked(bytes(zeros + "01\r\nx\r\n0\r\n\r\n")) == .faulted(.chunkSizeTooLong))
    }

    @Test func `chunk extension bytes`() {
        func body(extensionByteCount: Int) -> [UInt8] {
            let half = String(repeating: "e", count: extensionByteCount / 2 - 1)
            let rest = String(repeating: "e", count: extensionByteCount - extensionByteCount / 2 - 1)
            return bytes("1;\(half)\r\nx\r\n0;\(rest)\r\n\r\n")
        }
        let atLimit = body(extensionByteCount: HTTPLimits.chunkExtensionByteCount)
        #expect(decodeChunked(atLimit) == .completed(bytes("x"), byteCount: atLimit.count))
        let beyond = body(extensionByteCount: HTTPLimits.chunkExtensionByteCount + 1)
        #expect(decodeChunked(beyond) == .faulted(.chunkExtensionsTooLong))
    }

    @Test func `trailer fields`() {
        func body(trailerCount: Int) -> [UInt8] {
            bytes("0\r\n" + String(repeating: "x: y\r\n", count: trailerCount) + "\r\n")
        }
        let atLimit = body(trailerCount: HTTPLimits.trailerCount)
        #expect(decodeChunked(atLimit) == .completed([], byteCount: atLimit.count))
        #expect(decodeChunked(body(trailerCount: HTTPLimits.trailerCount + 1)) == .faulted(.tooManyTrailers))
    }

    @Test func `trailer bytes`() {
        func body(trailerByteCount: Int) -> [UInt8] {
            let first = "a: b\r\n"
            let filler = String(repeating: "y", count: trailerByteCount - first.utf8.count - 5)
            return bytes("0\r\n\(first)x: \(filler)\r\n\r\n")
        }
        let atLimit = body(trailerByteCount: HTTPLimits.trailerByteCount)
        #expect(decodeChunked(atLimit) == .completed([], byteCount: atLimit.count))
        let beyond = body(trailerByteCount: HTTPLimits.trailerByteCount + 1)
        #expect(decodeChunked(beyond) == .faulted(.trailersTooLong))
        #expect(
            decodeChunked(beyond, cuts: Array(stride(from: 0, to: beyond.count, by: 97))) == .faulted(.trailersTooLong))
    }

    @Test func `the time for a body grows with its length`() {
        var limits = HTTPLimits()
        limits.bodyGraceNanoseconds = 5_000_000_000
        limits.bodyBytesPerSecond = 1_000
        #expect(limits.bodyNanoseconds(byteCount: 0) == 5_000_000_000)
        #expect(limits.bodyNanoseconds(byteCount: 60_000) == 65_000_000_000)
    }
}
