import Testing

@testable import KnowledgeRetrieval

@Suite struct DocumentReaderTests {
    private static func read(
        _ text: String, _ form: DocumentReader.Form, path: String = "a/b c.md"
    ) throws(ReadingFault) -> [KnowledgeDocument] {
        try DocumentReader.documents(in: Array(text.utf8).span, form, path: path)
    }

    private static let whole = KnowledgeDocument(
        id: "i", title: "T", text: "x \u{1F600}", service: "s", tenant: "n", time: 1_764_496_800, tags: ["a", "b"])

    @Test func `documents of JSON are one, a list, or a list with its name`() throws {
        let object = #"""
            {"id":"i","title":"T","text":"x \ud83d\ude00","service":"s","tenant":"n",\#
            "time":"2025-11-30T10:00:00Z","tags":["a","b"]}
            """#
        for text in [object, "[\(object)]", "{\"documents\": [\(object)]}"] {
            #expect(try Self.read(text, .json) == [Self.whole])
        }
        #expect(try Self.read("\n\(object)\n\n\(object)", .jsonLines) == [Self.whole, Self.whole])
        #expect(try Self.read("[]", .json).isEmpty)
        let bare = try Self.read(#"{"text":"Only a text.\nMore.","time":5,"service":null}"#, .json)
        #expect(bare.map(\.title) == ["Only a text."] && bare.map(\.time) == [5])
        #expect(bare[0].id.hasPrefix("document-"))
    }

    @Test(arguments: [
        (#"{"text":"a","color":1}"#, "'color' is no field"), (#"{"text":"a","text":"b"}"#, "given twice"),
        (#"{"id":"a"}"#, "has no text"), (#"{"text":1}"#, "text is no string"), (#"{"text":"a","tags":"a"}"#, ""),
        (#"{"text":"a","time":"noon"}"#, "RFC 3339"), (#"[{"text":"a"},1]"#, "document 1"), ("7", "JSON object"),
        (#"{"text":"a""#, "invalid JSON"), (#"{"documents":7}"#, "no list"),
        (#"{"text":"a","tags":[1]}"#, "list of strings"),
        (#"{"documents":[],"x":1}"#, "something else"), (#"{"text":"a","time":1.5}"#, "whole number"),
    ])
    func `what is no document is named`(text: String, words: String) {
        if words.isEmpty {
            #expect(throws: Never.self) { try Self.read(text, .json) }
        } else {
            let fault = #expect(throws: ReadingFault.self) { try Self.read(text, .json) }
            #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
        }
    }

    @Test func `a faulty line is named`() {
        let fault = #expect(throws: ReadingFault.self) { try Self.read("{\"text\":\"a\"}\n{", .jsonLines) }
        #expect(fault?.message.hasPrefix("line 2: ") == true)
        let column = #expect(throws: ReadingFault.self) { try Self.read("text,size\na,b", .csv) }
        #expect(column?.message.contains("'size' is no field") == true)
        let count = #expect(throws: ReadingFault.self) { try Self.read("text,id\n\"a\nb\",1\nx", .csv) }
        #expect(count?.message.hasPrefix("line 4: ") == true)
        #expect(throws: ReadingFault.self) { try Self.read("text\n\"a", .csv) }
        #expect(throws: ReadingFault.self) { try Self.read("text\n\"a\"b", .csv) }
        #expect(throws: ReadingFault.self) { try Self.read("title\na", .csv) }
    }

    @Test func `a table has a document on each line`() throws {
        let text = "\u{FEFF}id,title,text,tags,time\r\n1,\"A, b\",\"x \"\"y\"\"\nz\",a;b,1764496800\r\n\n2,,w,,\n"
        let documents = try Self.read(text, .csv)
        #expect(documents.map(\.id) == ["1", "2"])
        #expect(documents.map(\.title) == ["A, b", "w"])
        #expect(documents[0].text == "x \"y\"\nz" && documents[0].tags == ["a", "b"] && documents[1].time == nil)
    }

    @Test func `a page of Markdown has a title and may have fields`() throws {
        let page = "---\ntags: [disk, 'no space']\nlayout: x\nid: full\n---\n\n# Disk full\n\nText.\n"
        #expect(
            try Self.read(page, .markdown) == [
                KnowledgeDocument(
                    id: "full", title: "Disk full", text: "# Disk full\n\nText.", tags: ["disk", "no space"])
            ])
        let bare = try Self.read("---\nText between lines.", .markdown)
        #expect(bare.map(\.id) == ["a.b-c"] && bare.map(\.title) == ["b c"])
        #expect(try Self.read("Words.", .text, path: "note.txt").map(\.title) == ["note"])
    }

    @Test func `names say what files hold`() {
        let names = ["a.md", "b.MARKDOWN", "c.txt", "d.json", "e.ndjson", "f.jsonl", "g.csv", "h.png", ".md", "i"]
        #expect(
            names.map { DocumentReader.Form(fileName: $0) }
                == [.markdown, .markdown, .text, .json, .jsonLines, .jsonLines, .csv, nil, nil, nil])
        #expect(DocumentReader.id(of: "net work/dns:a.md") == "net-work.dns-a")
    }

    @Test func `too many documents at once are refused`() {
        let count = KnowledgeRetrievalLimits.documentsPerText
        let text = "text\n" + String(repeating: "a\n", count: count + 1)
        let fault = #expect(throws: ReadingFault.self) { try Self.read(text, .csv) }
        #expect(fault?.message == "line \(count + 2): more than \(count) documents at once")
    }
}
