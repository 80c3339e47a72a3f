import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// Base64 against the definition.
struct RFC4648DecoderTests {
    private static func decode(_ text: String) -> [UInt8]? {
        var decoder = RFC4648Decoder(capacity: 0)
        for character in text.utf8 where !decoder.take(character) { return nil }
        return decoder.finish()
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }

    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ]) func `the examples of RFC 4648 are decoded`(text: String, plain: String) {
        #expect(Self.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "=Zg=", "Z===", "Zg==Zg==", "Zm9v\n", "Zm9-", "Zm=9", "===="])
    func `everything else is refused`(text: String) {
        #expect(Self.decode(text) == nil)
    }

    @Test func `what was encoded is decoded`() {
        var generator = SeededGenerator.forTest()
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8(generator.int(in: 0...255)) }
            #expect(Self.decode(Self.encode(bytes)) == bytes)
        }
    }
}
