package import LinuxSystem

/// The secret part of a key: 32 random bytes, known to its holder only.
package struct KeySecret: Sendable {
    /// Bytes of a secret.
    static let byteCount = 32

    private(set) var bytes = InlineArray<32, UInt8>(repeating: 0)

    /// Reads 64 digits.
    init?(_ text: Span<UInt8>) {
        var target = bytes.mutableSpan
        guard Hexadecimal.read(text, into: &target) else { return nil }
    }

    /// Makes a secret that nobody knows.
    package init() throws(SystemError) {
        for (index, byte) in try RandomBytes.make(Self.byteCount).enumerated() { bytes[index] = byte }
    }

    /// 64 digits.
    var text: String { Hexadecimal.text(of: bytes.indices.map { bytes[$0] }) }
}

extension KeySecret: CustomStringConvertible {
    /// What a log may show.
    package var description: String { "…" }
}
