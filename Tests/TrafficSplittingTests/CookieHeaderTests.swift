import TestSupport
import Testing

@testable import TrafficSplitting

struct CookieHeaderTests {
    static func key(_ field: String, _ name: String = "rowan_key") -> String? {
        key(Array(field.utf8), name)
    }

    static func key(_ field: [UInt8], _ name: String = "rowan_key") -> String? {
        let name = Array(name.utf8)
        return CookieHeader.key(of: name.span, in: field.span).map { String(decoding: field[$0], as: UTF8.self) }
    }

    @Test(
        arguments: [
            ("rowan_key=abc", "abc"), ("a=b; rowan_key=abc; c=d", "abc"), ("rowan_key=\"abc\"", "abc"),
            ("rowan_key=first; rowan_key=second", "first"), ("rowan_key=b@d; rowan_key=good", "good"),
            ("rowan_key=; rowan_key=x", "x"), ("a=b;rowan_key=abc;c=d", "abc"), (" \trowan_key = abc ", nil),
            ("rowan_key= abc\t", "abc"), (";;;rowan_key=A-b_9;;", "A-b_9"), ("=; rowan_key=x", "x"),
            ("rowan_key=x\u{0};rowan_key=y", "y"),
        ] as [(String, String?)])
    func `the first cookie of the name whose value is a key is found`(_ field: String, _ key: String?) {
        #expect(Self.key(field) == key)
    }

    @Test(arguments: [
        "", "rowan_key", "rowan_key=", "rowan_key=\"\"", "rowan_key=\"", "rowan_key=a b", "rowan_key=a,b",
        "rowan_key=\"a", "rowan_key=a\"", "Rowan_key=abc", "xrowan_key=abc", "rowan_keyx=abc", "other=rowan_key=abc",
        "rowan_key=a=b", "rowan_key=\u{e9}", "rowan_key=a\r\nSet-Cookie: b", "rowan_key=\u{0}", "rowan_key=%41",
        "rowan_key:abc", "; ; ;", "\"rowan_key=abc\"", "rowan_key=\"\"abc\"\"",
    ])
    func `anything else is no key and no error`(_ field: String) { #expect(Self.key(field) == nil) }

    @Test func `a key has 1 to 128 bytes`() {
        let limit = TrafficSplittingLimits.cookieKeyByteCount
        let longest = String(repeating: "k", count: limit)
        #expect(Self.key("rowan_key=\(longest)") == longest)
        #expect(Self.key("rowan_key=\(longest)k") == nil)
        #expect(Self.key("rowan_key=\(longest)k; rowan_key=b") == "b")
    }

    @Test func `thousands of cookies are passed over`() {
        let others = (0..<5_000).map { "c\($0)=\"v\($0)\"" }.joined(separator: "; ")
        #expect(Self.key(others) == nil)
        #expect(Self.key("\(others); rowan_key=k") == "k")
    }

    @Test func `a field cut at any byte is read without harm`() {
        let field = Array("a=\"b\"; rowan_key=\"k1\"; rowan_key=k2; z".utf8)
        for end in 0...field.count { _ = Self.key(Array(field[..<end])) }
        for start in 0...field.count { _ = Self.key(Array(field[start...])) }
    }

    /// The same by strings: cut at semicolons, trimmed, compared.
    static func slowKey(_ field: [UInt8], _ name: String) -> String? {
        for part in field.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            var pair = part
            while let last = pair.last, last == 0x20 || last == 0x09 { pair = pair.dropLast() }
            while let first = pair.first, first == 0x20 || first == 0x09 { pair = pair.dropFirst() }
            guard pair.starts(with: Array("\(name)=".utf8)) else { continue }
            var value = pair.dropFirst(name.utf8.count + 1)
            while let first = value.first, first == 0x20 || first == 0x09 { value = value.dropFirst() }
            if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") {
                value = value.dropFirst().dropLast()
            }
            let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".utf8
            guard (1...128).contains(value.count), value.allSatisfy({ letters.contains($0) }) else { continue }
            return String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    @Test func `any bytes are read as the slow way reads them`() {
        var generator = SeededGenerator.forTest()
        let pieces = ["k=", "k", "=", ";", " ", "\"", "abc", "\t", "\u{0}", "K=", "_-", "é", ",", "k=v;"]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...12, using: &generator)
            let field = Array((0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined().utf8)
            #expect(Self.key(field, "k") == Self.slowKey(field, "k"), "\(field)")
        }
    }
}
