/// Where a server is asked: the parts of a URL.
package struct ServerAddress: Equatable, Sendable {
    package var isSecure: Bool
    package var host: String
    package var port: UInt16
    /// With its leading slash; `/` alone if the URL has none.
    package var path: String

    /// Reads `http://HOST:PORT/PATH`, or `https`; the scheme, the port and the path may be missing.
    ///
    /// - Parameter defaultPort: of a URL without port.
    package init(_ text: String, defaultPort: UInt16) throws(ViewFault) {
        var rest = text[...]
        isSecure = false
        if let end = rest.firstRange(of: "://") {
            let scheme = rest[..<end.lowerBound].lowercased()
            guard ["http", "https"].contains(scheme) else {
                throw ViewFault("\(text) is not read: \(scheme) is neither http nor https")
            }
            isSecure = scheme == "https"
            rest = rest[end.upperBound...]
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let remainder = rest[authority.endIndex...]
        path = remainder.hasPrefix("/") ? String(remainder) : "/" + remainder
        guard let (host, port) = Self.hostAndPort(authority, defaultPort), !host.isEmpty,
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") })
        else {
            throw ViewFault("\(text) is no address of a server: write it as http://HOST:PORT")
        }
        self.host = host
        self.port = port
    }

    private static func hostAndPort(_ text: Substring, _ defaultPort: UInt16) -> (String, UInt16)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            let host = String(text[text.index(after: text.startIndex)..<end])
            if rest.isEmpty { return (host, defaultPort) }
            guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()) else { return nil }
            return (host, port)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (String(text), defaultPort)
        case 2: return UInt16(parts[1]).map { (String(parts[0]), $0) }
        // An address of version 6 without brackets has no port.
        default: return (String(text), defaultPort)
        }
    }

    /// The same server at another path.
    package func at(_ path: String) -> ServerAddress {
        var other = self
        other.path = path
        return other
    }

    /// Where a server of the usual ports has its metrics: 8002 beside 8000.
    package var metricsByCustom: ServerAddress {
        var metrics = at("/metrics")
        metrics.port = port <= .max - 2 ? port + 2 : port
        return metrics
    }

    /// Host and port as a request names them.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The URL.
    package var text: String { "\(isSecure ? "https" : "http")://\(authority)\(path == "/" ? "" : path)" }
}
