/// What an API key is called: small letters and digits.
///
/// It is no secret; logs and metrics name keys by it.
package struct APIKeyID: Hashable, Sendable {
    /// The bytes in their order, the first highest, zero behind the last.
    private let upper: UInt64
    private let lower: UInt64

    /// Reads an id.
    ///
    /// - Returns: nil unless it has 1 to 16 bytes, all of them letters a to z and digits.
    package init?(_ bytes: Span<UInt8>) {
        guard AccessControlLimits.keyIDByteCounts.contains(bytes.count) else { return nil }
        var words = (upper: UInt64(0), lower: UInt64(0))
        for index in bytes.indices {
            let byte = bytes[index]
            guard Self.isPermitted(byte) else { return nil }
            let shift = UInt64(56 - index % 8 * 8)
            if index < 8 {
                words.upper |= UInt64(byte) << shift
            } else {
                words.lower |= UInt64(byte) << shift
            }
        }
        (upper, lower) = words
    }

    /// Reads an id from text.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The id's bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for word in [upper, lower] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte != 0 { bytes.append(byte) }
            }
        }
        return bytes
    }
}

extension APIKeyID: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
