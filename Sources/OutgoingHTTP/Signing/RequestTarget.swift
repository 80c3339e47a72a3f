/// A path and a query before they are escaped.
///
/// - Source: RFC 3986, section 2.3: letters, digits and `-._~` stay, every other byte is escaped, as
///   Signature Version 4 asks for.
package struct RequestTarget: Equatable, Sendable {
    /// One parameter of a query.
    package struct Parameter: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Begins with a slash.
    package var path: String
    package var query: [Parameter]

    /// Describes a target.
    ///
    /// - Precondition: the path begins with a slash.
    package init(path: String, query: [Parameter] = []) {
        precondition(path.utf8.first == UInt8(ascii: "/"), "a path begins with a slash")
        self.path = path
        self.query = query
    }

    /// The path as it is sent and signed; slashes stay, doubled ones too.
    package var escapedPath: String { Self.escape(path, keepsSlashes: true) }

    /// The query as it is sent and signed: sorted by escaped names, then by escaped values.
    package var escapedQuery: String {
        let pairs = query.map {
            (Self.escape($0.name, keepsSlashes: false), Self.escape($0.value, keepsSlashes: false))
        }
        return pairs.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// Path and query for a URL.
    package var escaped: String { query.isEmpty ? escapedPath : "\(escapedPath)?\(escapedQuery)" }

    private static func escape(_ text: String, keepsSlashes: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.append(byte)
            case UInt8(ascii: "/") where keepsSlashes: escaped.append(byte)
            default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
