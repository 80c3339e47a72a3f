import Testing

@testable import ServerView

@Suite struct EventStreamReaderTests {
    @Test func `events are read, and where to go on is remembered`() {
        var reader = EventStreamReader()
        let text = "retry: 250\n\nid: 3\nevent: x\ndata: {\"a\":1}\n\n: a comment\nid: 4\ndata: b\ndata:c\n\n"
        #expect(reader.read(Array(text.utf8)) == ["{\"a\":1}", "b\nc"])
        #expect(reader.lastID == "4")
        #expect(reader.read(Array("id: 7\n\n".utf8)).isEmpty)
        #expect(reader.lastID == "7")
    }

    @Test func `an identity that would not fit into a target is left out`() {
        var reader = EventStreamReader()
        #expect(reader.read(Array("id: 1&x=2\ndata: a\n\ndata: cut".utf8)) == ["a"])
        #expect(reader.lastID == nil)
        #expect(ServerViewLimits.followSeconds < 60)
    }
}
