import JSONSyntax
import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

/// The two writers of JSON strings, the one for every request and the one for documents, against each other and against
/// the reader.
@Suite struct JSONStringDifferentialTests {
    @Test func `both write alike, and what is read is what was written`() throws {
        var texts = (UInt32(0)..<0x200).compactMap { Unicode.Scalar($0) }.map { "a\($0)b" }
        texts += ["", "\"\\", "𝄞 größer\u{202E}", String(repeating: "\u{1}", count: 100)]
        for text in texts {
            var buffer = ByteBuffer()
            buffer.appendJSONString(text)
            let written = buffer.withBytes { $0.text($0.indices) }
            #expect(written == JSONStringText.quoted(text))
            let read = JSONValue(buffer.bytes)?.text
            #expect(read == text)
        }
    }
}
