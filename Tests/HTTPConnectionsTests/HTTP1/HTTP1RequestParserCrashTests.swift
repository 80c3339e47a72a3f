import HTTPConnections
import Testing

@Suite struct HTTP1RequestParserCrashTests {
    @Test func `bytes of a head that were looked at may not vanish`() async {
        await #expect(processExitsWith: .failure) {
            let input = bytes("GET / HTTP/1.1\r\nHost")
            var head = HTTPRequestHead()
            var parser = HTTP1RequestParser(bodyByteCountLimit: 10)
            _ = parser.bytesReceived(input.span, into: &head)
            _ = parser.bytesReceived(input.span.extracting(..<5), into: &head)
        }
    }

    @Test func `a field that was not received cannot be asked for`() async {
        await #expect(processExitsWith: .failure) {
            let head = HTTPRequestHead()
            _ = head.valueRange(ofField: 0)
        }
    }
}
