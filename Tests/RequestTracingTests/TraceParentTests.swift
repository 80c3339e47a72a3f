import LinuxSystem
import Testing

@testable import RequestTracing

/// What counts as a `traceparent`: the cases of the W3C's own test suite (`trace-context/test/test.py`).
@Suite struct TraceParentTests {
    private static let trace = "12345678901234567890123456789012"
    private static let span = "1234567890123456"

    private func read(_ text: String) -> TraceParent? { TraceParent(Array(text.utf8).span) }

    @Test func `a field of version 00 names trace, span and the decision`() throws {
        let parent = try #require(read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        #expect(parent.trace.text == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(parent.span.number == 0x00F0_67AA_0BA9_02B7)
        #expect(parent.isSampled)
    }

    @Test(arguments: [("00", false), ("01", true), ("02", false), ("03", true), ("fe", false), ("ff", true)])
    func `only the lowest bit of the flags is the decision`(flags: String, isSampled: Bool) {
        #expect(read("00-\(Self.trace)-\(Self.span)-\(flags)")?.isSampled == isSampled)
    }

    @Test(arguments: [
        "cc-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01-what-the-future-will-be-like", "01-\(trace)-\(span)-00",
        "fe-\(trace)-\(span)-01-",
    ]) func `higher versions are read as far as version 00 goes`(text: String) {
        #expect(read(text)?.trace.text == Self.trace)
    }

    @Test(arguments: [
        "", "0", "00", "00-", "00-\(trace)", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-1",
        // Version 00 has nothing behind its flags; others have a dash.
        "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01.", "cc-\(trace)-\(span)-01.what-the-future-will-not-be-like",
        "cc-\(trace)-\(span)-011", "ff-\(trace)-\(span)-01", ".0-\(trace)-\(span)-01", "0.-\(trace)-\(span)-01",
        "0x-\(trace)-\(span)-01", "000-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
        // Identities: zero, upper case, no digits, too short, too long.
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "00-1234567890123456789012345678901A-\(span)-01", "00-.2345678901234567890123456789012-\(span)-01",
        "00-\(trace)-.234567890123456-01", "00-\(trace)-123456789012345A-01",
        "00-123456789012345678901234567890-\(span)-01",
        "00-\(trace)0-\(span)-01", "00-\(trace)-12345678901234-01", "00-\(trace)-12345678901234567-01",
        "00-\(trace)-\(span)-.0", "00-\(trace)-\(span)-0.", "00-\(trace)-\(span)-0X", "00-\(trace)-\(span)-0A",
        "00_\(trace)-\(span)-01", "00-\(trace)_\(span)-01", "00-\(trace)-\(span)_01",
    ]) func `what is malformed counts as absent`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `no cut and no changed byte traps`() {
        let bytes = Array("00-\(Self.trace)-\(Self.span)-01-x".utf8)
        for length in 0...bytes.count { _ = TraceParent(bytes.span.extracting(..<length)) }
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = byte
                _ = TraceParent(changed.span)
            }
        }
    }

    @Test func `identities are never zero and are written with all their digits`() {
        struct Zeros: RandomNumberGenerator {
            func next() -> UInt64 { 0 }
        }
        var zeros = Zeros()
        #expect(TraceIdentity(using: &zeros).text == String(repeating: "0", count: 31) + "1")
        #expect(SpanIdentity(using: &zeros).number == 1)
        #expect(TraceIdentity(high: 0, low: 0) == nil && SpanIdentity(0) == nil)
    }
}
