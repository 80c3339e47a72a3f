import AccessControl
import HTTPConnections
import LinuxSystem

/// Decides who may change what the server does.
///
/// Without a token only a direct caller of this machine may. That a connection comes from this machine proves it only
/// if no proxy and no browser page stands behind it: a proxy names itself in `Forwarded` or `X-Forwarded-…`, a page of
/// another site in `Origin`, and a name of another site that was made to point here in `Host`. With a token everybody
/// needs it, and nothing else counts but an API key of scope admin, which opens the same from anywhere.
///
/// - Isolation: any thread; immutable.
struct AdminAccess: Sendable {
    /// What a request says about its sender.
    struct Facts: Equatable {
        /// Whether the connection comes from this machine.
        var isLoopback = false
        /// Whether a proxy says that it forwards.
        var isForwarded = false
        /// The values of the fields of these names.
        var hosts: [String] = []
        var origins: [String] = []
        var authorizations: [String] = []
        /// What an API key says that the caller shows.
        var key = KeyFacts.none
    }

    /// What is known of a caller's API key.
    enum KeyFacts: Equatable {
        /// None is shown, or none counts here.
        case none
        /// The key of this id has the scope that is needed.
        case admitted(String)
        case refused(String)
    }

    /// By what right a caller may.
    enum Grounds: Equatable, Sendable {
        case local
        case token
        /// An API key of scope admin, by its id.
        case key(String)

        /// What an audit line says.
        var text: String {
            switch self {
            case .local: "local"
            case .token: "token"
            case .key(let id): "key \(id)"
            }
        }
    }

    /// The answer.
    enum Verdict: Equatable {
        case permitted(Grounds)
        /// With what the caller is told.
        case refused(String)
    }

    private let token: ExpectedSecret?

    /// - Parameter token: what callers must show; nil lets callers of this machine in without.
    init(token: [UInt8]? = nil) {
        self.token = token.map(ExpectedSecret.init)
    }

    /// Reads the file of `--admin-token-file`: one line.
    init(tokenFile: String?) throws(StartFault) {
        guard let tokenFile else {
            token = nil
            return
        }
        let text: String
        let bounds = RepositoryControlLimits.tokenByteCounts
        do throws(FileFault) {
            text = try FileSystem.readText(tokenFile, byteCountLimit: bounds.upperBound + 2)
        } catch {
            throw StartFault("--admin-token-file \(tokenFile): \(error)")
        }
        let line = text.utf8.reversed().drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }
        let bytes = Array(line.reversed())
        guard bounds.contains(bytes.count), bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw StartFault(
                "--admin-token-file \(tokenFile): the token is one line of \(bounds.lowerBound) to "
                    + "\(bounds.upperBound) letters, digits and signs")
        }
        token = ExpectedSecret(bytes)
    }

    func verdict(on facts: Facts) -> Verdict {
        switch facts.key {
        case .admitted(let id): return .permitted(.key(id))
        case .refused(let reason): return .refused(reason)
        case .none: break
        }
        if let token {
            guard facts.authorizations.count == 1, Self.isBearer(facts.authorizations[0], of: token) else {
                return .refused("this call needs the admin token in Authorization: Bearer")
            }
            return .permitted(.token)
        }
        guard facts.isLoopback else {
            return .refused("this call is answered only to callers on this machine, or with --admin-token-file")
        }
        let isDirect =
            !facts.isForwarded && facts.hosts.count <= 1 && facts.hosts.allSatisfy(Self.isLocal)
            && facts.origins.allSatisfy { origin in facts.hosts.contains { Self.isOrigin(origin, of: $0) } }
        guard isDirect else {
            return .refused("this call came by a proxy or from a page: it is answered only with --admin-token-file")
        }
        return .permitted(.local)
    }

    private static func isBearer(_ authorization: String, of token: ExpectedSecret) -> Bool {
        let bytes = Array(authorization.utf8)
        guard let given = Credential.bearerToken(bytes.span, bytes.indices) else { return false }
        return token.equals(bytes.span.extracting(given))
    }

    /// Whether a `Host` field names this machine by a name that only this machine gives itself.
    private static func isLocal(_ host: String) -> Bool {
        let name: Substring
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") && rest.dropFirst().allSatisfy(\.isNumber) else { return false }
            name = host[...end]
        } else {
            name = host.prefix { $0 != ":" }
        }
        return name.lowercased() == "localhost" || SocketAddress(String(name), port: 0)?.isLoopback == true
    }

    private static func isOrigin(_ origin: String, of host: String) -> Bool {
        ["http://", "https://"].contains { origin.lowercased() == $0 + host.lowercased() }
    }
}

extension AdminAccess.Facts {
    /// Reads what a request's head says.
    init(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, peer: SocketAddress) {
        isLoopback = peer.isLoopback
        for index in 0..<head.fieldCount {
            let value = head.valueRange(ofField: index)
            switch bytes.text(head.nameRange(ofField: index)).lowercased() {
            case "host": hosts.append(bytes.text(value))
            case "origin": origins.append(bytes.text(value))
            case "authorization": authorizations.append(bytes.text(value))
            case "forwarded": isForwarded = true
            case let name where name.hasPrefix("x-forwarded-"): isForwarded = true
            default: break
            }
        }
    }
}
