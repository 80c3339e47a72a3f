import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

@Suite struct CallStatusTests {
    private func encoded(_ message: String) -> String {
        var buffer = ByteBuffer()
        CallStatus(.unknown, message).appendMessage(to: &buffer)
        return buffer.withBytes { $0.text($0.indices) }
    }

    // Expected texts: RFC 3986's encoding of the UTF-8, as Python's urllib.parse.quote writes it with all visible ASCII
    // but the percent sign as safe.
    @Test func `a message is visible ASCII on the wire`() {
        #expect(encoded("") == "")
        #expect(encoded("model 'm' ~!\"#$&()") == "model 'm' ~!\"#$&()")
        #expect(encoded("100 %") == "100 %25")
        #expect(encoded("ä€😀\r\n\u{7f}\u{0}") == "%C3%A4%E2%82%AC%F0%9F%98%80%0D%0A%7F%00")
    }

    @Test func `a long message ends at a whole character within its limit`() {
        let limit = OpenInferenceProtocolLimits.statusMessageByteCount
        #expect(encoded(String(repeating: "x", count: limit)).utf8.count == limit)
        #expect(encoded(String(repeating: "x", count: limit + 1)).utf8.count == limit)
        let wide = encoded(String(repeating: "😀", count: limit))
        #expect(wide.utf8.count == limit / 12 * 12 && wide.hasSuffix("%F0%9F%98%80"))
    }

    // Source: gRPC, Status codes; Triton's table.
    @Test func `codes have gRPC's numbers, and Triton's codes their own`() {
        #expect(GRPCStatusCode.allCases.map(\.rawValue) == Array(0...16))
        let expected: [(ProtocolError.Code, UInt8)] = [
            (.unknown, 2), (.internalFault, 13), (.notFound, 5), (.invalidArgument, 3), (.unavailable, 14),
            (.unsupported, 12), (.alreadyExists, 6), (.cancelled, 1),
        ]
        #expect(expected.count == ProtocolError.Code.allCases.count)
        for (code, status) in expected { #expect(code.grpcStatus.rawValue == status) }
        #expect(CallStatus(ProtocolError(.notFound, "x")) == CallStatus(.notFound, "x"))
    }

    @Test func `timeouts have up to eight digits and a unit`() {
        func nanoseconds(_ text: String) -> Int64? {
            let bytes = Array(text.utf8)
            return GRPCTimeout.nanoseconds(bytes.span)
        }
        let cases: [(String, Int64?)] = [
            ("1H", 3_600_000_000_000), ("2M", 120_000_000_000), ("3S", 3_000_000_000), ("4m", 4_000_000),
            ("5u", 5_000), ("6n", 6), ("0S", 0), ("00000001n", 1), ("99999999S", 99_999_999_000_000_000),
            ("99999999H", .max), ("2562047H", 9_223_369_200_000_000_000), ("2562048H", .max), ("", nil), ("S", nil),
            ("1", nil), ("1s", nil), ("-1S", nil), ("+1S", nil), ("1 S", nil), ("1.5S", nil), ("123456789n", nil),
            ("1SS", nil),
        ]
        for (text, expected) in cases { #expect(nanoseconds(text) == expected, "\(text)") }
    }

    @Test func `compression is that of the call's field`() throws {
        func compression(_ text: String) -> GRPCCompression {
            let bytes = Array(text.utf8)
            return GRPCCompression(bytes.span)
        }
        for text in ["", "identity"] { #expect(compression(text) == .identity) }
        for text in ["gzip", "deflate"] { #expect(compression(text) == .compressed) }
        for text in ["GZIP", "snappy", "gzip,deflate", "br"] { #expect(compression(text) == .unsupported) }
        for kind in [GRPCCompression.identity, .compressed, .unsupported] {
            #expect(try !kind.inflates(isCompressed: false))
        }
        #expect(try GRPCCompression.compressed.inflates(isCompressed: true))
        #expect(throws: CallStatus(.internalFault, "a message is compressed, and the call names no grpc-encoding")) {
            try GRPCCompression.identity.inflates(isCompressed: true)
        }
        #expect(
            throws: CallStatus(
                .unimplemented, "the grpc-encoding is not supported: send one of identity,deflate,gzip")
        ) { try GRPCCompression.unsupported.inflates(isCompressed: true) }
    }
}
