/// Where state is kept.
package enum StateLocation: Equatable, Sendable {
    /// In a file of SQLite in this directory, for one server.
    case directory(String)
    /// In a database of PostgreSQL, for any number of servers.
    case postgres(url: String)

    /// Reads `--state-url`.
    package init(url: String) throws(StateFault) {
        guard url.utf8.count <= DurableStateLimits.urlByteCount else {
            throw .tooLarge("the URL of the state", byteCountLimit: DurableStateLimits.urlByteCount)
        }
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            throw .location("the URL of the state begins with postgresql://; there is no other database")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .location("the URL of the state holds a blank or a control character: write it as %20")
        }
        for parameter in url.split(separator: "?", maxSplits: 1).dropFirst().joined().split(separator: "&")
        where parameter.hasPrefix("connect_timeout=") {
            guard let seconds = Int(parameter.dropFirst("connect_timeout=".count)),
                DurableStateLimits.connectTimeouts.contains(seconds)
            else {
                let range = DurableStateLimits.connectTimeouts
                throw .location(
                    "connect_timeout in the URL of the state is not one of \(range.lowerBound) to \(range.upperBound) "
                        + "seconds")
            }
        }
        self = .postgres(url: url)
    }

    /// The file of SQLite in a directory.
    static func file(in directory: String) -> String { "\(directory)/state.db" }
    /// The file whose lock keeps a second process out.
    static func lock(in directory: String) -> String { "\(directory)/state.lock" }
}

extension StateLocation: CustomStringConvertible {
    /// The directory, or the URL without who and with what word: nothing secret.
    package var description: String {
        switch self {
        case .directory(let path): return path
        case .postgres(let url):
            let scheme = url.prefix { $0 != "/" }
            let rest = url.dropFirst(scheme.count + 2)
            // A password may hold anything but a slash unescaped, also an at sign; parameters may hold a password, too.
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            let path = rest.dropFirst(authority.count).prefix { $0 != "?" }
            return "\(scheme)//\(host)\(path)"
        }
    }
}
