/// What anomalies have in common that are one matter: model, service, tenant, masked message and leading features.
package struct AnomalySignature: Hashable, Sendable {
    package let number: UInt64

    /// Signs an anomaly.
    ///
    /// - Parameter message: with words in place of what differs each time; empty for none.
    /// - Parameter features: names of the leading ones, in any order.
    package init(model: String, service: String, tenant: String, message: String, features: [String]) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for text in [model, service, tenant, message] + features.sorted() {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            // Between texts, where no text has a byte of this value.
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        number = hash
    }

    /// A signature that was stored.
    package init(number: UInt64) {
        self.number = number
    }

    /// Sixteen hexadecimal digits.
    package var text: String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Reads such a text; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 16, let number = UInt64(text, radix: 16), text == text.lowercased(),
            !text.hasPrefix("+")
        else { return nil }
        self.number = number
    }
}
