import JSONSyntax
import LinuxSystem

/// Reads a file of API keys, member by member, and says of each fault where it is.
struct KeyFileReader {
    /// What has been read of one key.
    private struct Members {
        var id: APIKeyID?
        var name: String?
        var scope: APIKey.Scope?
        var salt: Range<Int>?
        var digest: Range<Int>?
        var models: [String]?
        var requestsPerSecond: Double?
        var burst: Int?
        var created: Int64?
        var names: Set<String> = []
    }

    private static let known = [
        "id", "name", "scope", "salt", "sha256", "models", "requests_per_second", "burst", "created",
    ]

    private var cursor = JSONCursor(depthLimit: AccessControlLimits.nestingDepth)

    mutating func keys(_ bytes: Span<UInt8>) throws(KeyFileFault) -> [APIKey] {
        guard case .beginObject = try next(bytes) else { throw fault("is no JSON object", bytes) }
        guard case .key(let member) = try next(bytes), JSONString.equals(member, in: bytes, "keys"),
            case .beginArray = try next(bytes)
        else { throw fault("needs the one member \"keys\", a list", bytes) }
        var keys: [APIKey] = []
        var ids: Set<APIKeyID> = []
        while true {
            switch try next(bytes) {
            case .endArray:
                guard case .endObject = try next(bytes) else {
                    throw fault("has another member than \"keys\"", bytes)
                }
                _ = try next(bytes)
                return keys
            case .beginObject:
                guard keys.count < AccessControlLimits.keyCount else {
                    throw fault("has more than \(AccessControlLimits.keyCount) keys", bytes)
                }
                let key = try key(bytes)
                guard ids.insert(key.id).inserted else { throw fault("the id \"\(key.id)\" is there twice", bytes) }
                keys.append(key)
            default: throw fault("a key is no object", bytes)
            }
        }
    }

    private mutating func key(_ bytes: Span<UInt8>) throws(KeyFileFault) -> APIKey {
        var members = Members()
        while case .key(let range) = try next(bytes) {
            let name = JSONString.decode(range, in: bytes)
            guard members.names.insert(name).inserted else { throw fault("\"\(name)\" is there twice", bytes) }
            try read(name, into: &members, bytes)
        }
        guard let id = members.id else { throw fault("a key has no \"id\"", bytes) }
        guard let salt = members.salt, let hash = members.digest,
            let digest = SecretDigest(salt: bytes.extracting(salt), digest: bytes.extracting(hash))
        else { throw fault("key \"\(id)\": needs \"salt\", 32 digits 0-9a-f, and \"sha256\", 64", bytes) }
        var key = APIKey(id: id, digest: digest)
        key.name = members.name ?? ""
        guard let scope = members.scope else { throw fault("key \"\(id)\": needs \"scope\"", bytes) }
        key.scope = scope
        key.models = members.models
        key.limit = try limit(members, id, bytes)
        key.createdSeconds = members.created
        return key
    }

    private func limit(
        _ members: Members, _ id: APIKeyID, _ bytes: Span<UInt8>
    ) throws(KeyFileFault) -> RateLimit? {
        guard let rate = members.requestsPerSecond else {
            if members.burst != nil { throw fault("key \"\(id)\": \"burst\" needs \"requests_per_second\"", bytes) }
            return nil
        }
        return RateLimit(requestsPerSecond: rate, burst: members.burst ?? RateLimit.usualBurst(of: rate))
    }

    private mutating func read(
        _ name: String, into members: inout Members, _ bytes: Span<UInt8>
    ) throws(KeyFileFault) {
        switch name {
        case "id":
            let text = try text(name, bytes)
            members.id = APIKeyID(text)
            if members.id == nil { throw fault("\"id\" is no 1 to 16 letters a-z and digits", bytes) }
        case "name":
            let text = try text(name, bytes)
            guard text.utf8.count <= AccessControlLimits.keyNameByteCount else {
                throw fault("\"name\" has more than \(AccessControlLimits.keyNameByteCount) bytes", bytes)
            }
            members.name = text
        case "scope":
            members.scope = APIKey.Scope(rawValue: try text(name, bytes))
            if members.scope == nil { throw fault("\"scope\" is neither \"infer\" nor \"admin\"", bytes) }
        case "salt": members.salt = try string(name, bytes)
        case "sha256": members.digest = try string(name, bytes)
        case "models": members.models = try models(bytes)
        case "requests_per_second":
            let range = AccessControlLimits.requestsPerSecond
            let rate = JSONNumber.double(in: bytes, try number(name, bytes))
            guard range.contains(rate) else {
                throw fault("\"\(name)\" is not from \(range.lowerBound) to \(Int(range.upperBound))", bytes)
            }
            members.requestsPerSecond = rate
        case "burst":
            let range = AccessControlLimits.burst
            let value = try integer(name, bytes)
            guard let burst = Int(exactly: value), range.contains(burst) else {
                throw fault("\"burst\" is not from \(range.lowerBound) to \(range.upperBound)", bytes)
            }
            members.burst = burst
        case "created": members.created = try integer(name, bytes)
        default:
            throw fault("a key has no member \"\(name.prefix(40))\": \(Self.known.joined(separator: ", "))", bytes)
        }
    }

    private mutating func models(_ bytes: Span<UInt8>) throws(KeyFileFault) -> [String] {
        guard case .beginArray = try next(bytes) else { throw fault("\"models\" is no list", bytes) }
        var models: [String] = []
        while true {
            switch try next(bytes) {
            case .endArray: return models
            case .string(let range):
                let name = JSONString.decode(range, in: bytes)
                guard (1...AccessControlLimits.modelNameByteCount).contains(name.utf8.count) else {
                    throw fault("a name in \"models\" has not 1 to 200 bytes", bytes)
                }
                guard models.count < AccessControlLimits.modelsPerKey else {
                    throw fault("\"models\" has more than \(AccessControlLimits.modelsPerKey) names", bytes)
                }
                models.append(name)
            default: throw fault("\"models\" holds something else than names", bytes)
            }
        }
    }

    // MARK: Tokens

    private mutating func string(_ name: String, _ bytes: Span<UInt8>) throws(KeyFileFault) -> Range<Int> {
        guard case .string(let range) = try next(bytes) else { throw fault("\"\(name)\" is no text", bytes) }
        return range.range
    }

    private mutating func text(_ name: String, _ bytes: Span<UInt8>) throws(KeyFileFault) -> String {
        guard case .string(let range) = try next(bytes) else { throw fault("\"\(name)\" is no text", bytes) }
        return JSONString.decode(range, in: bytes)
    }

    private mutating func number(_ name: String, _ bytes: Span<UInt8>) throws(KeyFileFault) -> Range<Int> {
        guard case .number(let range) = try next(bytes) else { throw fault("\"\(name)\" is no number", bytes) }
        return range
    }

    private mutating func integer(_ name: String, _ bytes: Span<UInt8>) throws(KeyFileFault) -> Int64 {
        let range = try number(name, bytes)
        do throws(JSONFault) {
            return try JSONNumber.int64(in: bytes, range)
        } catch {
            throw fault("\"\(name)\" is no whole number", bytes)
        }
    }

    private mutating func next(_ bytes: Span<UInt8>) throws(KeyFileFault) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: bytes)
        } catch {
            throw KeyFileFault(line: Self.line(of: error.offset, bytes), error.message)
        }
    }

    private func fault(_ rule: String, _ bytes: Span<UInt8>) -> KeyFileFault {
        KeyFileFault(line: Self.line(of: cursor.offset, bytes), rule)
    }

    /// The line of a position, from 1.
    private static func line(of offset: Int, _ bytes: Span<UInt8>) -> Int {
        var line = 1
        for index in 0..<min(offset, bytes.count) where bytes[index] == 0x0A { line += 1 }
        return line
    }
}
