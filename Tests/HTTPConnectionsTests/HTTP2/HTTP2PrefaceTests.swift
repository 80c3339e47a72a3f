import Testing

@testable import HTTPConnections

struct HTTP2PrefaceTests {
    private static let bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    @Test func `a preface is known when it is whole, and waited for from its fourth byte`() {
        for count in 0...Self.bytes.count {
            let expected: HTTP2Preface = count == 24 ? .whole : count < 4 ? .absent : .incomplete
            #expect(HTTP2Preface(beginning: Array(Self.bytes[..<count]).span) == expected, "\(count)")
        }
        #expect(HTTP2Preface(beginning: (Self.bytes + [0, 0, 0]).span) == .whole)
    }

    @Test func `whatever differs in one byte is none`() {
        for index in Self.bytes.indices {
            var changed = Self.bytes
            changed[index] ^= 0x20
            #expect(HTTP2Preface(beginning: changed.span) == .absent)
            #expect(HTTP2Preface(beginning: Array(changed[...index]).span) == .absent)
        }
    }

    @Test func `requests of HTTP/1 are none`() {
        for request in ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/1.1\r\nHost: a\r\n\r\n", "POST /v2 HTTP/1.1\r\n\r\n"] {
            #expect(HTTP2Preface(beginning: Array(request.utf8).span) == .absent)
        }
    }
}
