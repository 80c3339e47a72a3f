/// The pages of browsers that may call: `*` for all, or their origins.
///
/// - Source: the Fetch standard's CORS protocol; an origin is compared byte by byte, as RFC 6454 section 6.2 writes it.
package struct AllowedOrigins: Sendable, Equatable {
    /// Why a list of origins cannot be used.
    package struct Fault: Error, Equatable, Sendable {
        package let expected: String
    }

    /// The origins; nil for all.
    package private(set) var origins: [[UInt8]]?

    /// Reads a list with commas, or `*`.
    package init(_ text: String) throws(Fault) {
        if text == "*" { return }
        var origins: [[UInt8]] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let origin = Array(word.utf8.drop { $0 == 0x20 })
            guard Self.isOrigin(origin) else {
                throw Fault(expected: "* or origins as browsers write them, as in https://app.example.com")
            }
            origins.append(origin)
        }
        guard origins.count <= AccessControlLimits.originCount else {
            throw Fault(expected: "at most \(AccessControlLimits.originCount) origins")
        }
        self.origins = origins
    }

    /// The place of an origin in the list, 0 where all may call; nil if it may not.
    package func place(of origin: Span<UInt8>) -> Int? {
        guard let origins else { return 0 }
        return origins.firstIndex { allowed in
            guard allowed.count == origin.count else { return false }
            for index in origin.indices where origin[index] != allowed[index] { return false }
            return true
        }
    }

    /// `http://` or `https://` and a host in small letters with perhaps a port, and nothing behind it.
    private static func isOrigin(_ text: [UInt8]) -> Bool {
        guard text.count <= AccessControlLimits.originByteCount else { return false }
        let string = String(decoding: text, as: UTF8.self)
        guard let scheme = ["http://", "https://"].first(where: { string.hasPrefix($0) }) else { return false }
        let host = string.utf8.dropFirst(scheme.utf8.count)
        return !host.isEmpty
            && host.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
