import Testing

@testable import OpenInferenceProtocol

@Suite struct InternetTimeTests {
    /// As Python's `datetime.fromisoformat(text).timestamp()` gives them, cut to seconds.
    private static let moments: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-30T10:00:00Z", 1_796_032_800),
        ("2026-11-30t10:00:00.999999999z", 1_796_032_800),
        ("2026-11-30 12:30:00+02:30", 1_796_032_800),
        ("2026-11-30T00:00:00-10:00", 1_796_032_800),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
    ]

    @Test func `moments are read`() {
        for (text, seconds) in Self.moments {
            #expect(InternetTime(text)?.secondsSince1970 == seconds, "\(text)")
        }
    }

    private static let faults = [
        "", "2026-11-30", "2026-11-30T10:00:00", "2026-11-30T10:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00ZZ", "2026/01/01T00:00:00Z",
        "2026-01-01X00:00:00Z", "2026-1-01T00:00:00.0Z", "+026-01-01T00:00:00Z", "2026-01-01T00:00:00.0é",
        "2026-01-01T00:00:00." + String(repeating: "0", count: 64) + "Z",
    ]

    @Test func `anything else is none`() {
        for text in Self.faults { #expect(InternetTime(text) == nil, "\(text)") }
        let text = "2026-11-30T10:00:00.25+02:30"
        for end in text.indices { #expect(InternetTime(String(text[..<end])) == nil) }
    }
}
