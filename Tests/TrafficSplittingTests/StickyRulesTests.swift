import LinuxSystem
import Testing

@testable import TrafficSplitting

struct StickyRulesTests {
    @Test func `rules that say nothing have the documented defaults`() {
        let rules = StickyRules()
        #expect(rules.cookie == "rowan_key" && rules.maxAgeSeconds == 2_592_000 && rules.fault == nil)
        #expect(rules.header.isEmpty && rules.metadata.isEmpty)
    }

    @Test func `names of fields are compared in lower case`() {
        let rules = StickyRules(header: "X-User-Id", metadata: "X-User")
        #expect(rules.header == "x-user-id" && rules.metadata == "x-user" && rules.fault == nil)
    }

    @Test(arguments: [
        (StickyRules(cookie: ""), "cookie"), (StickyRules(cookie: "a b"), "cookie"),
        (StickyRules(cookie: "a;Domain=x"), "cookie"), (StickyRules(cookie: "a\r\nX: y"), "cookie"),
        (StickyRules(cookie: "ä"), "cookie"), (StickyRules(header: "a:b"), "header"),
        (StickyRules(header: "Cookie"), "header"), (StickyRules(metadata: "set-cookie"), "metadata"),
        (StickyRules(metadata: "user-bin"), "metadata"),
        (StickyRules(cookie: String(repeating: "c", count: TrafficSplittingLimits.fieldNameByteCount + 1)), "cookie"),
        (StickyRules(maxAgeSeconds: 0), "max_age_seconds"),
        (StickyRules(maxAgeSeconds: TrafficSplittingLimits.maxAgeSeconds + 1), "max_age_seconds"),
    ])
    func `what could not be sent or read is refused with its field`(_ rules: StickyRules, _ field: String) {
        #expect(rules.fault?.field == field)
        #expect(rules.fault?.sentence.isEmpty == false)
    }

    @Test func `the greatest age and length are permitted`() {
        let name = String(repeating: "c", count: TrafficSplittingLimits.fieldNameByteCount)
        let rules = StickyRules(cookie: name, maxAgeSeconds: TrafficSplittingLimits.maxAgeSeconds)
        #expect(rules.fault == nil)
    }

    @Test func `a cookie is for all paths, for no script and for no other site's forms`() {
        let plain = SetCookieText(StickyRules(), isSecure: false)
        #expect(plain.opening == "rowan_key=")
        #expect(plain.closing == "; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000")
        #expect(SetCookieText(StickyRules(), isSecure: true).closing == plain.closing + "; Secure")
    }

    @Test func `a new key is 32 hexadecimal digits, which are a key in a cookie`() {
        var buffer = ByteBuffer()
        StickyKey(high: 0x0123_4567_89ab_cdef, low: 1).append(to: &buffer)
        let text = buffer.withBytes { $0.text($0.indices) }
        #expect(text == "0123456789abcdef0000000000000001" && text.utf8.count == StickyKey.byteCount)
        #expect(buffer.withBytes { CookieHeader.isKey($0) })
    }
}
