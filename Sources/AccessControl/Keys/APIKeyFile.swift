import JSONSyntax

/// The file of `--api-keys-file`: a JSON object with a list of keys.
///
/// ```
/// {"keys": [
///   {"id": "k7pq2xw9ab", "name": "checkout", "scope": "infer", "salt": "…", "sha256": "…",
///    "models": ["fraud"], "requests_per_second": 100, "burst": 200, "created": 1796018400}
/// ]}
/// ```
///
/// `sha256` is the hash of the salt's 16 bytes followed by the secret's 32. Members that are not known are refused,
/// because a restriction that is misspelt would not hold.
package struct APIKeyFile: Sendable {
    /// In the order of the file.
    package var keys: [APIKey] = []

    /// Makes a file without keys.
    package init() {}

    /// Reads a file's bytes.
    package init(_ bytes: Span<UInt8>) throws(KeyFileFault) {
        guard bytes.count <= AccessControlLimits.keyFileByteCount else {
            throw KeyFileFault(line: 0, "has more than \(AccessControlLimits.keyFileByteCount) bytes")
        }
        var reader = KeyFileReader()
        keys = try reader.keys(bytes)
    }

    /// The key of an id.
    package func key(_ id: APIKeyID) -> APIKey? { keys.first { $0.id == id } }

    /// The file's text: a line for each key, so that versions can be compared.
    package var text: String {
        let lines = keys.map { "    " + Self.line(of: $0) }
        return "{\n  \"keys\": [\n" + lines.joined(separator: ",\n") + (lines.isEmpty ? "" : "\n") + "  ]\n}\n"
    }

    private static func line(of key: APIKey) -> String {
        var members = ["\"id\": \"\(key.id)\""]
        if !key.name.isEmpty { members.append("\"name\": \(JSONStringText.quoted(key.name))") }
        members.append("\"scope\": \"\(key.scope.rawValue)\"")
        members.append("\"salt\": \"\(key.digest.saltText)\"")
        members.append("\"sha256\": \"\(key.digest.digestText)\"")
        if let models = key.models {
            members.append("\"models\": [" + models.map(JSONStringText.quoted).joined(separator: ", ") + "]")
        }
        if let limit = key.limit {
            members.append("\"requests_per_second\": \(limit.requestsPerSecond)")
            members.append("\"burst\": \(limit.burst)")
        }
        if let created = key.createdSeconds { members.append("\"created\": \(created)") }
        return "{" + members.joined(separator: ", ") + "}"
    }
}
