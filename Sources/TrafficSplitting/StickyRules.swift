/// Where a split looks for the key of a request, and what it asks clients to keep.
///
/// The order of precedence: the cookie, then the field of the request (in gRPC its metadata), then the parameter
/// `sticky_key`; without any of them a new key, which goes into a cookie.
///
/// - Isolation: a value; any thread.
package struct StickyRules: Equatable, Sendable {
    /// The cookie's name where the configuration gives none.
    package static let defaultCookie = "rowan_key"
    /// Seconds for which a key is kept where the configuration says nothing: 30 days.
    package static let defaultMaxAgeSeconds: UInt64 = 2_592_000

    package let cookie: String
    /// The field of HTTP, and the metadata of gRPC; lower case, empty for none.
    package let header: String
    package let metadata: String
    /// - Units: seconds.
    package let maxAgeSeconds: UInt64

    /// Makes rules that `fault` has found nothing in.
    package init(
        cookie: String = defaultCookie, header: String = "", metadata: String = "",
        maxAgeSeconds: UInt64 = defaultMaxAgeSeconds
    ) {
        self.cookie = cookie
        self.header = header.lowercased()
        self.metadata = metadata.lowercased()
        self.maxAgeSeconds = maxAgeSeconds
    }

    /// A field of the rules and what is wrong with it.
    package struct Fault: Equatable, Sendable {
        package var field: String
        package var sentence: String
    }

    /// What keeps the rules from being used; nil if nothing does.
    ///
    /// - Source: RFC 9110 section 5.6.2 for tokens; gRPC over HTTP/2 for names of metadata, of which those that end in
    ///   `-bin` are no texts.
    package var fault: Fault? {
        for (field, name) in [("cookie", cookie), ("header", header), ("metadata", metadata)] {
            if name.isEmpty, field != "cookie" { continue }
            if !Self.isToken(name) { return Fault(field: field, sentence: "'\(name)' is no name of a \(field)") }
            let limit = TrafficSplittingLimits.fieldNameByteCount
            if name.utf8.count > limit {
                return Fault(field: field, sentence: "the name of the \(field) has more than \(limit) bytes")
            }
            if field != "cookie", name == "cookie" || name == "set-cookie" {
                return Fault(field: field, sentence: "keys in '\(name)' are what the field cookie is for")
            }
        }
        if metadata.hasSuffix("-bin") {
            return Fault(field: "metadata", sentence: "metadata '\(metadata)' is binary; a key is a text")
        }
        if maxAgeSeconds == 0 || maxAgeSeconds > TrafficSplittingLimits.maxAgeSeconds {
            return Fault(
                field: "max_age_seconds",
                sentence: "max_age_seconds is not within 1 to \(TrafficSplittingLimits.maxAgeSeconds)")
        }
        return nil
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
