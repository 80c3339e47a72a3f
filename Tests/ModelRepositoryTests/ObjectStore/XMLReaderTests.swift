import Testing

@testable import ModelRepository

@Suite struct XMLReaderTests {
    private func events(_ text: String) throws(XMLReader.Fault) -> [XMLReader.Event] {
        var reader = XMLReader(Array(text.utf8))
        var events: [XMLReader.Event] = []
        while true {
            let event = try reader.next()
            events.append(event)
            if event == .endOfDocument { return events }
        }
    }

    private static let sample =
        "\u{FEFF}<?xml version=\"1.0\"?>\n<s3:A xmlns=\"http://s3.amazonaws.com/\" b = 'c>'>a&amp;&lt;&gt;&quot;&apos;"
        + "&#65;&#x1F600;é<B/><C  >\n</C ></s3:A>\n"

    @Test func `elements, texts and entities are read`() throws {
        #expect(
            try events(Self.sample) == [
                .start("A"), .text("a&<>\"'A\u{1F600}é"), .start("B"), .end, .start("C"), .text("\n"), .end, .end,
                .endOfDocument,
            ])
    }

    @Test func `a document that is cut anywhere is refused`() {
        let bytes = Array(Self.sample.utf8)
        let end = bytes.count - 1  // Without the last newline the document is whole.
        for count in 0..<end {
            #expect(throws: XMLReader.Fault.self, "\(count) bytes") {
                var reader = XMLReader(Array(bytes[..<count]))
                while try reader.next() != .endOfDocument {}
            }
        }
    }

    @Test(arguments: [
        "", " ", "text", "<A>", "</A>", "<A></B>", "<A></A><B/>", "<A/>text", "<A b></A>", "<A b=c></A>",
        "<A b='c></A>",
        "<A b='<'></A>", "<A b=\"c\"d=\"e\"></A>", "<A/ >", "<A/b>", "< A></A>", "<1></1>", "<-a></-a>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><A>&b;</A>", "<A><!-- c --></A>", "<A><![CDATA[b]]></A>", "<A><?b?></A>",
        "<?xml ", "<A>&b;</A>", "<A>&</A>", "<A>&#;</A>", "<A>&#0;</A>", "<A>&#xD800;</A>", "<A>&#x110000;</A>",
        "<A>&#+65;</A>", "<A>&ampamp;</A>", "<A>\u{1}</A>", "<A>\0</A>", " <?xml version=\"1.0\"?><A/>",
        "<A>&#99999999999;</A>", "<A></A",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: XMLReader.Fault.self) { try events(text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: XMLReader.Fault.self) {
            var reader = XMLReader(Array("<A>".utf8) + [0xC3, 0x28] + Array("</A>".utf8))
            while try reader.next() != .endOfDocument {}
        }
    }

    @Test func `nesting and texts have limits`() throws {
        let depth = ObjectStoreLimits.elementDepth
        let deep = String(repeating: "<A>", count: depth) + String(repeating: "</A>", count: depth)
        #expect(try events(deep).count == 2 * depth + 1)
        #expect(throws: XMLReader.Fault(reason: "more than 8 elements inside each other", offset: 26)) {
            try events("<A>\(deep)</A>")
        }
        let long = String(repeating: "x", count: ObjectStoreLimits.textByteCount)
        #expect(try events("<A>\(long)</A>").count == 4)
        #expect(throws: XMLReader.Fault.self) { try events("<A>\(long)x</A>") }
    }
}
