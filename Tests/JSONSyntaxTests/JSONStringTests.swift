import TestSupport
import Testing

@testable import JSONSyntax

// The expected texts are Swift's own; what is valid UTF-8 is decided by the standard library's validation.
@Suite struct JSONStringTests {
    @Test(arguments: [
        (#""""#, ""), (#""abc""#, "abc"), (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00\uD834\uDD1E""#, "😀𝄞"), (#""\u0000x""#, "\0x"),
        (#""é€😀""#, "é€😀"), (#""\uffff\u0800\u07ff""#, "\u{ffff}\u{800}\u{7ff}"),
        (#""\udbff\udfff""#, "\u{10ffff}"),
    ])
    func `escape sequences become their characters`(text: String, expected: String) throws {
        let decoded = try JSONText.string(text)
        #expect(decoded.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test func `a backslash of what has no escapes is only that`() {
        let bytes = Array(#"cem\uspe"#.utf8)
        let name = JSONStringRange(range: 0..<bytes.count, hasEscapes: false)
        #expect(JSONString.decode(name, in: bytes.span) == #"cem\uspe"#)
        #expect(JSONString.hasPrefix(name, in: bytes.span, #"cem\u"#))
    }

    @Test func `comparison reads through escape sequences`() throws {
        let bytes = Array(#"["name", "na\u006de", "nam", "names", "\u006e", ""]"#.utf8)
        var results: [[Bool]] = []
        for token in try JSONText.tokens(bytes) {
            guard case .string(let string) = token else { continue }
            results.append([
                JSONString.equals(string, in: bytes.span, "name"), JSONString.equals(string, in: bytes.span, ""),
                JSONString.hasPrefix(string, in: bytes.span, "nam"), JSONString.hasPrefix(string, in: bytes.span, ""),
            ])
        }
        #expect(
            results == [
                [true, false, true, true], [true, false, true, true], [false, false, true, true],
                [false, false, true, true], [false, false, false, true], [false, true, false, true],
            ])
    }

    @Test func `bytes are accepted exactly if they are UTF-8`() {
        var random = SeededGenerator.forTest()
        var cases: [[UInt8]] = []
        for lead in 0x80...0xff {
            for second in [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0] {
                cases.append([UInt8(lead), UInt8(second)])
                cases.append([UInt8(lead), UInt8(second), 0x80])
                cases.append([UInt8(lead), UInt8(second), 0xbf, 0x80])
            }
        }
        for _ in 0..<500 { cases.append((0..<random.int(in: 1...5)).map { _ in UInt8(random.int(in: 0x80...0xff)) }) }
        for bytes in cases {
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((JSONText.fault([0x22] + bytes + [0x22]) == nil) == isValid, "\(bytes)")
        }
    }
}
