import LinuxSystem

/// A key as a caller shows it: `rk_`, the id, `_`, and the secret as 64 digits.
package struct PresentedKey: Sendable {
    package let id: APIKeyID
    let secret: KeySecret

    /// Reads what a caller has sent.
    ///
    /// - Returns: nil for anything that is no key of ours.
    package init?(_ text: Span<UInt8>) {
        let secretLength = 2 * KeySecret.byteCount
        let end = text.count - secretLength - 1
        guard end > Self.prefix.utf8CodeUnitCount, Self.isMeant(by: text), text[end] == Self.separator,
            let id = APIKeyID(text.extracting(Self.prefix.utf8CodeUnitCount..<end)),
            let secret = KeySecret(text.extracting((end + 1)..<text.count))
        else { return nil }
        self.id = id
        self.secret = secret
    }

    /// Whether a text begins as keys do, so that no other secret is meant.
    package static func isMeant(by text: Span<UInt8>) -> Bool {
        text.count >= prefix.utf8CodeUnitCount && text.matches(0..<prefix.utf8CodeUnitCount, prefix)
    }

    /// What the holder of a key is told, once.
    package static func text(_ id: APIKeyID, _ secret: KeySecret) -> String { "\(prefix)\(id)_\(secret.text)" }

    private static let prefix: StaticString = "rk_"
    private static let separator = UInt8(ascii: "_")
}
