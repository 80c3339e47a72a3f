import Testing

@testable import DurableState

@Suite struct StateLocationTests {
    private static let shown: [(String, String)] = [
        ("postgresql://db/rowan", "postgresql://db/rowan"),
        ("postgres://user:secret@db:5432/rowan?sslmode=require", "postgres://db:5432/rowan"),
        ("postgresql://user:se@cret@db/rowan?password=secret", "postgresql://db/rowan"),
        ("postgresql://user:secret@/rowan?host=/run", "postgresql:///rowan"),
        ("postgresql://a:1,b:2/rowan", "postgresql://a:1,b:2/rowan"),
        ("postgresql://user:secret@db", "postgresql://db"),
    ]

    @Test func `a URL is shown without who and with what word`() throws {
        for (url, text) in Self.shown {
            let location = try StateLocation(url: url)
            #expect(location.description == text)
            #expect(!location.description.contains("cret"))
        }
    }

    @Test(arguments: ["0", "61", "-1", "x", ""]) func `nobody waits for a connection without an end`(value: String) {
        let url = "postgresql:///rowan?host=/run&connect_timeout="
        #expect(throws: StateFault.self) { try StateLocation(url: url + value) }
        for seconds in [DurableStateLimits.connectTimeouts.lowerBound, DurableStateLimits.connectTimeouts.upperBound] {
            #expect(throws: Never.self) { try StateLocation(url: url + "\(seconds)") }
        }
        #expect(DurableStateLimits.connectTimeouts.contains(DurableStateLimits.connectSeconds))
    }

    @Test func `other URLs are refused`() {
        #expect(throws: StateFault.self) { try StateLocation(url: "mysql://db/rowan") }
        #expect(throws: StateFault.self) { try StateLocation(url: "postgresql://db/ro wan") }
        let limit = DurableStateLimits.urlByteCount
        let start = "postgresql://"
        #expect(throws: StateFault.tooLarge("the URL of the state", byteCountLimit: limit)) {
            try StateLocation(url: start + String(repeating: "a", count: limit + 1 - start.utf8.count))
        }
    }
}
