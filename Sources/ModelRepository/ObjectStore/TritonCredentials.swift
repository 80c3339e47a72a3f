import JSONSyntax
import LinuxSystem
import OutgoingHTTP

/// Triton's file of credentials: for each beginning of a repository's URL a key.
///
/// - Source: Triton's model repository documentation, "Cloud Storage with Credential file":
///   `{"s3": {"s3://bucket": {"key_id": "…", "secret_key": "…", "session_token": "…", "region": "…"}}}`.
struct TritonCredentials {
    private var entries: [String: [String: String]] = [:]

    /// Reads a file's text.
    init(_ text: String) throws(ObjectStoreFault) {
        let bytes = Array(text.utf8)
        do throws(JSONFault) {
            try read(bytes.span)
        } catch {
            throw .credentials("\(ObjectStoreSettings.tritonVariable): the file is no JSON at byte \(error.offset)")
        }
    }

    /// The key of the longest beginning of a repository's URL; nil if there is none.
    func access(to repository: String) -> ObjectStoreSettings.Access? {
        let fitting = entries.keys.filter { repository.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count }
        guard let fitting, let entry = entries[fitting], let key = entry["key_id"], let secret = entry["secret_key"]
        else { return nil }
        var access = ObjectStoreSettings.Access(
            credentials: .init(accessKey: key, secretKey: secret, sessionToken: entry["session_token"]))
        if let region = entry["region"] { access.region = region }
        return access
    }

    /// Takes the texts that stand at `s3`, a URL, a name; whatever else there is does not matter.
    private mutating func read(_ bytes: Span<UInt8>) throws(JSONFault) {
        var cursor = JSONCursor(depthLimit: 8)
        var path: [String] = []
        var key = ""
        while true {
            switch try cursor.next(in: bytes) {
            case .key(let name): key = JSONString.decode(name, in: bytes)
            case .beginObject, .beginArray: path.append(key)
            case .endObject, .endArray: path.removeLast()
            case .string(let value) where path.count == 3 && path[1] == "s3":
                let text = JSONString.decode(value, in: bytes)
                if !text.isEmpty { entries[path[2], default: [:]][key] = text }
            case .end: return
            default: break
            }
        }
    }
}
