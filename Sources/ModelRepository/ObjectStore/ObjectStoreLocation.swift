import OutgoingHTTP

/// Where a repository lies: a store, a bucket, and the part of its keys that comes before every model's name.
///
/// Forms: `s3://bucket/prefix`, and with a store of one's own `s3://host:port/bucket/prefix` (without TLS) or
/// `s3://https://host:port/bucket/prefix`.
///
/// - Source: Triton's model repository documentation, "S3".
package struct ObjectStoreLocation: Equatable, Sendable {
    /// What the operator has written.
    package let text: String
    /// Scheme and authority of the store; nil for the one of the settings.
    let endpoint: OutgoingURL?
    package let bucket: String
    /// Without slashes at its ends; may be empty.
    package let prefix: String

    /// Whether a repository's name is meant for an object store.
    package static func isMeant(by text: String) -> Bool { text.lowercased().hasPrefix("s3://") }

    /// Reads a repository's URL.
    ///
    /// - Throws: `.address` with the rule that it breaks.
    package init(_ text: String) throws(ObjectStoreFault) {
        guard text.utf8.count <= ObjectStoreLimits.urlByteCount else {
            throw .address("the URL has more than \(ObjectStoreLimits.urlByteCount) bytes")
        }
        guard Self.isMeant(by: text) else { throw .address("the URL does not begin with s3://") }
        self.text = text
        var rest = text.dropFirst(5)
        var scheme: Substring = ""
        for candidate in ["https://", "http://"] where rest.hasPrefix(candidate) {
            scheme = rest.prefix(candidate.count)
            rest = rest.dropFirst(candidate.count)
        }
        guard !rest.hasPrefix("/") else { throw .address("the URL names nothing before a slash") }
        var parts = rest.split(separator: "/")
        if !scheme.isEmpty || parts.first?.contains(":") == true {
            guard let authority = parts.first else { throw .address("the URL names no host and no bucket") }
            endpoint = try Self.endpoint("\(scheme.isEmpty ? "http://" : scheme)\(authority)")
            parts = Array(parts.dropFirst())
        } else {
            endpoint = nil
        }
        guard let bucket = parts.first, Self.isBucket(bucket) else {
            throw .address(
                "the URL names no bucket: 3 to 63 lower-case letters, digits, dots and dashes after s3:// or the host"
            )
        }
        self.bucket = String(bucket)
        prefix = parts.dropFirst().joined(separator: "/")
        guard parts.allSatisfy({ $0 != "." && $0 != ".." }), prefix.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
        else {
            throw .address("the URL's prefix holds '.', '..' or a control character")
        }
    }

    /// The URL of a store, of which only scheme and authority count.
    static func endpoint(_ text: String) throws(ObjectStoreFault) -> OutgoingURL {
        do throws(OutgoingFault) {
            let url = try OutgoingURL(text)
            guard url.target == "/" else { throw OutgoingFault(.url("a store's URL has no path")) }
            return url
        } catch {
            throw .address("the store's URL cannot be used: \(error.description)")
        }
    }

    /// - Source: Amazon S3 User Guide, "General purpose bucket naming rules".
    private static func isBucket(_ name: Substring) -> Bool {
        guard (3...63).contains(name.utf8.count), name.first != ".", name.first != "-" else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
