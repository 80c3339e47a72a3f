import HTTPConnections
import Testing

@Suite struct HTTP1BodyDecoderCrashTests {
    @Test func `a body cannot be read before its head`() async {
        await #expect(processExitsWith: .failure) {
            var decoder = HTTP1BodyDecoder(bodyByteCountLimit: 10)
            _ = decoder.bytesReceived([UInt8](repeating: 0, count: 3).span)
        }
    }

    @Test func `a body cannot be read beyond its fault`() async {
        await #expect(processExitsWith: .failure) {
            let headBytes = bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            var head = HTTPRequestHead()
            var parser = HTTP1RequestParser(bodyByteCountLimit: 10)
            _ = parser.bytesReceived(headBytes.span, into: &head)
            var decoder = HTTP1BodyDecoder(bodyByteCountLimit: 10)
            decoder.headCompleted(head)
            let body = bytes("x")
            guard case .faulted = decoder.bytesReceived(body.span) else { return }
            _ = decoder.bytesReceived(body.span)
        }
    }
}
