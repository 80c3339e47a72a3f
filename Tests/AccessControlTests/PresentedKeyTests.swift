import LinuxSystem
import Testing

@testable import AccessControl

@Suite struct PresentedKeyTests {
    private static let secret = String(repeating: "0123456789abcdef", count: 4)

    private static func read(_ text: String) -> PresentedKey? {
        let bytes = Array(text.utf8)
        return PresentedKey(bytes.span)
    }

    @Test func `a key is read back`() throws {
        let id = try #require(APIKeyID("team7"))
        let secret = try KeySecret()
        let text = PresentedKey.text(id, secret)
        let read = try #require(Self.read(text))
        #expect(read.id == id)
        #expect(read.secret.text == secret.text)
        #expect(text == "rk_team7_\(secret.text)" && secret.text.utf8.count == 64)
    }

    @Test func `secrets are not made twice`() throws {
        let secrets = try (0..<100).map { _ in try KeySecret().text }
        #expect(Set(secrets).count == 100)
    }

    @Test func `a secret does not show itself`() throws {
        let secret = try KeySecret()
        #expect("\(secret)" == "…")
    }

    @Test func `every other text is refused`() {
        let good = "rk_a_" + Self.secret
        #expect(Self.read(good) != nil)
        // Cut at every byte, and longer by one.
        for length in 0..<good.utf8.count { #expect(Self.read(String(good.prefix(length))) == nil, "\(length)") }
        let others = [
            good + "0", "RK_a_" + Self.secret, "rk-a_" + Self.secret, "rk_A_" + Self.secret, "rk__" + Self.secret,
            "rk_a-" + Self.secret, "rk_a_" + Self.secret.uppercased(), "rk_a_" + Self.secret.dropLast() + "g",
            "rk_" + String(repeating: "a", count: 17) + "_" + Self.secret, "rk_a_b_" + Self.secret, " " + good,
        ]
        for text in others { #expect(Self.read(text) == nil, "\(text)") }
    }
}
