/// A URL to which a request may go: `http` or `https`, a host, perhaps a port, a path and a query.
///
/// The grammar is narrower than RFC 3986's, so that no other parser can read another host out of the text: no user
/// information, no fragment, no characters that need escaping.
///
/// - Source: RFC 3986, sections 3.1 to 3.4.
package struct OutgoingURL: Equatable, Hashable, Sendable {
    /// The whole URL.
    package let text: String
    package let isSecure: Bool
    /// In lower case; an IPv6 address with its brackets.
    package let host: String
    /// Nil for the scheme's own.
    package let port: UInt16?
    /// Path and query, beginning with a slash.
    package let target: String

    /// The host, with the port if it is not the scheme's own, as in the field `Host`.
    package var authority: String { port.map { "\(host):\($0)" } ?? host }

    /// Scheme, host and port: the part of a URL that may stand in a log.
    package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

    /// Puts a URL together.
    ///
    /// - Parameter target: path and query, escaped.
    package init(isSecure: Bool, authority: String, target: String) throws(OutgoingFault) {
        try self.init("\(isSecure ? "https" : "http")://\(authority)\(target)")
    }

    /// Reads a URL.
    ///
    /// - Throws: `.url` with the rule that it breaks; never with the text, in which a secret may stand.
    package init(_ text: String) throws(OutgoingFault) {
        guard text.utf8.count <= OutgoingHTTPLimits.urlByteCount else {
            throw OutgoingFault(.url("longer than \(OutgoingHTTPLimits.urlByteCount) bytes"))
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.unescaped.contains($0) }) else {
            throw OutgoingFault(.url("it holds a character that is to be escaped"))
        }
        let rest: Substring
        if text.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else if text.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else {
            throw OutgoingFault(.url("it begins neither with http:// nor with https://"))
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw OutgoingFault(.url("it holds a name or a password before the host"))
        }
        guard !rest.contains("#") else { throw OutgoingFault(.url("it holds a fragment")) }
        (host, port) = try Self.hostAndPort(authority, isSecure: isSecure)
        let target = String(rest.dropFirst(authority.count))
        self.target = target.hasPrefix("/") ? target : "/" + target
        let scheme = isSecure ? "https" : "http"
        let ending = port.map { ":\($0)" } ?? ""
        self.text = "\(scheme)://\(host)\(ending)\(self.target)"
    }

    /// Characters that no part of a URL may hold unescaped.
    private static let unescaped = Set("\"<>\\^`{|}".utf8)

    private static func hostAndPort(
        _ authority: Substring, isSecure: Bool
    ) throws(OutgoingFault) -> (host: String, port: UInt16?) {
        let isLiteral = authority.hasPrefix("[")
        let end = isLiteral ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":")
        let host = authority[..<(end ?? authority.endIndex)].lowercased()
        let rest = authority[(end ?? authority.endIndex)...]
        let name = isLiteral ? host.dropFirst().dropLast() : host[...]
        let isHost = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
            case UInt8(ascii: ":"): isLiteral
            case UInt8(ascii: "-"), UInt8(ascii: "_"): !isLiteral
            default: false
            }
        }
        guard isHost, !name.isEmpty, name.utf8.count <= 253, !isLiteral || end != nil else {
            throw OutgoingFault(.url("its host is neither a name nor an address"))
        }
        guard !rest.isEmpty else { return (host, nil) }
        let digits = rest.dropFirst()
        let isNumber = rest.hasPrefix(":") && !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber, let port = UInt16(digits), port > 0 else {
            throw OutgoingFault(.url("its port is no number from 1 to 65535"))
        }
        return (host, port == (isSecure ? 443 : 80) ? nil : port)
    }
}
