import AccessControl
import EventLoops
import LinuxSystem

extension FuzzTarget {
    /// A file of API keys that is read is written and read again as the same, and keeps its limits.
    static let apiKeys = FuzzTarget(name: "api-keys") { input in
        guard let file = try? APIKeyFile(input.span) else { return }
        precondition(file.keys.count <= AccessControlLimits.keyCount, "as many keys as may be")
        precondition(Set(file.keys.map(\.id)).count == file.keys.count, "an id names one key")
        for key in file.keys {
            precondition(key.name.utf8.count <= AccessControlLimits.keyNameByteCount, "a name keeps its limit")
            precondition(key.models?.count ?? 0 <= AccessControlLimits.modelsPerKey, "models keep their limit")
        }
        let text = Array(file.text.utf8)
        guard let again = try? APIKeyFile(text.span) else { preconditionFailure("what was written is read") }
        precondition(again.text == file.text, "what was read is written as it was")
    }

    /// A PROXY header means the same however it is cut, and asks for no byte behind its end.
    static let proxyHeader = FuzzTarget(name: "proxy-header") { input in
        let whole = ProxyHeader.bytesReceived(input.span)
        var byteCount = 0
        while true {
            switch ProxyHeader.bytesReceived(input.span.extracting(..<byteCount)) {
            case .needed(let more):
                precondition(more > 0, "something is asked for")
                byteCount += more
                if byteCount > input.count {
                    // A fault is seen in fewer bytes than were asked for.
                    guard case .completed = whole else { return }
                    preconditionFailure("no more is asked for than a whole header has")
                }
            case .completed(let header, let headerByteCount):
                precondition(headerByteCount == byteCount, "a header is read to its end and no further")
                precondition(whole == .completed(header, byteCount: headerByteCount), "the same however it is cut")
                return
            case .faulted:
                if case .faulted = whole { return }
                preconditionFailure("a fault is one however it is cut")
            }
        }
    }

    /// What names a client behind proxies keeps to addresses; the first line is what is trusted, the others are fields.
    static let forwardedFor = FuzzTarget(name: "forwarded-for") { input in
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let proxies = try? TrustedProxies(lines[0]), let peer = SocketAddress("10.0.0.1", port: 4711) else {
            return
        }
        let client = proxies.client(of: peer, forwardedFor: Array(lines.dropFirst()))
        if !proxies.contains(peer) { precondition(client == peer, "nobody else is believed") }
        precondition(client == peer || client.port == 0, "a proxy names no port")
    }
}
