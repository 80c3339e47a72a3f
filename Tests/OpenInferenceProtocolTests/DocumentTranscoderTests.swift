import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

// The expected messages are protobuf's own.
@Suite struct DocumentTranscoderTests {
    @Test func `documents become the messages that protobuf makes of them`() throws {
        let lines = try FixtureFile.text("documents.txt").split(separator: "\n")
        #expect(lines.count >= 8)
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let name = "inference.\(fields[0])"
            let document = Array(fields[1].utf8)
            var message = ByteBuffer()
            DocumentTranscoder.append(document.span, as: name, to: &message)
            let written = message.withBytes { bytes in bytes.indices.map { bytes[$0] } }
            let expected = MessageText.of(MessageBytes.hexadecimal(fields[2]), name)
            #expect(MessageText.of(written, name) == expected, "\(fields[1])")
        }
    }

    @Test func `null leaves a field out, and members that the message does not have are skipped`() {
        let document = Array(#"{"name":null,"other":[{"a":1},null],"versions":["1",""]}"#.utf8)
        var message = ByteBuffer()
        DocumentTranscoder.append(document.span, as: "inference.ModelMetadataResponse", to: &message)
        #expect(message.withBytes { $0.text($0.indices) } == "\u{12}\u{01}1\u{12}\u{00}")
    }
}
