import LinuxSystem
import OutgoingHTTP

/// Lists and fetches the objects of one bucket.
///
/// - Isolation: one thread at a time, never a loop's; every call blocks on the network.
/// - Source: Amazon S3 API Reference, `ListObjectsV2`, `GetObject`, "Error responses".
final class ObjectStoreClient {
    private let client: OutgoingClient
    private let location: ObjectStoreLocation
    private let endpoint: ObjectStoreEndpoint
    private let signer: SignatureVersion4?

    /// Finds the key and the store.
    init(
        _ location: ObjectStoreLocation, _ settings: ObjectStoreSettings, interruption: Interruption
    ) throws(ObjectStoreFault) {
        let access = try settings.access(to: location.text)
        endpoint = try ObjectStoreEndpoint(location, settings, region: access.region)
        signer = access.credentials.map { SignatureVersion4($0, region: access.region) }
        self.location = location
        var outgoing = OutgoingClient.Settings()
        outgoing.certificateAuthorityFile = settings.certificateAuthorityFile
        do throws(OutgoingFault) {
            client = try OutgoingClient(outgoing, interruption: interruption)
        } catch {
            throw .network(error)
        }
    }

    private static let listLimits = limits(.seconds(30), byteCount: ObjectStoreLimits.pageByteCount)
    /// An object may have gigabytes; what comes slower than 1 KiB per second does not come.
    private static let fetchLimits = limits(.seconds(3600), byteCount: ModelRepositoryLimits.modelFileByteLimit)
    private static let fetchPolicy = RetryPolicy(totalTimeout: .seconds(3600))

    private static func limits(_ timeout: Nanoseconds, byteCount: Int) -> OutgoingRequest.Limits {
        var limits = OutgoingRequest.Limits()
        limits.attemptTimeout = timeout
        limits.leastBytesPerSecond = 1024
        limits.responseByteCount = byteCount
        return limits
    }

    /// All objects below the prefix, or below a model's directory, by their names behind the prefix.
    ///
    /// - Throws: `.limit` for more objects or pages than permitted; `.refused`, `.network`, `.answer`.
    func list(model: String? = nil) throws(ObjectStoreFault) -> [(name: String, entry: Inventory.Entry)] {
        let base = location.prefix.isEmpty ? "" : "\(location.prefix)/"
        let prefix = base + (model.map { "\($0)/" } ?? "")
        var objects: [(name: String, entry: Inventory.Entry)] = []
        var continuation: String?
        for _ in 0..<ObjectStoreLimits.pageCount {
            var query = [
                RequestTarget.Parameter("list-type", "2"), .init("prefix", prefix), .init("encoding-type", "url"),
            ]
            if let continuation { query.append(.init("continuation-token", continuation)) }
            let target = endpoint.target(key: "", query: query)
            let answer = try send(target, [], Self.listLimits, RetryPolicy(), nil)
            guard answer.status == 200 else { throw Self.refusal(answer) }
            let page = try ObjectListing(answer.body)
            for object in page.objects {
                // Bytes are compared: texts that look the same may be different keys.
                guard object.key.utf8.starts(with: prefix.utf8) else {
                    throw .answer("an object outside of what was asked for")
                }
                let name = String(decoding: Array(object.key.utf8.dropFirst(base.utf8.count)), as: UTF8.self)
                objects.append((name, Inventory.Entry(tag: object.tag, byteCount: object.byteCount)))
            }
            guard objects.count <= ObjectStoreLimits.objectCount else {
                throw .limit("more than \(ObjectStoreLimits.objectCount) objects below the prefix")
            }
            guard let next = page.continuation else { return objects }
            continuation = next
        }
        throw .limit("the listing has more than \(ObjectStoreLimits.pageCount) pages")
    }

    /// Fetches an object into a file.
    ///
    /// - Throws: `.outdated` if it is not what was listed; `.limit` if it is too large; `.disk`.
    func fetch(_ name: String, _ entry: Inventory.Entry, to path: String) throws(ObjectStoreFault) {
        guard entry.byteCount <= ModelRepositoryLimits.modelFileByteLimit else {
            throw .limit("\(name) has more than \(ModelRepositoryLimits.modelFileByteLimit) bytes")
        }
        let key = location.prefix.isEmpty ? name : "\(location.prefix)/\(name)"
        let file = ObjectFile(path, byteCount: entry.byteCount)
        // Some stores list tags without the quotes that belong to them.
        let tag = entry.tag.hasPrefix("\"") ? entry.tag : "\"\(entry.tag)\""
        let answer: OutgoingResponse
        do throws(ObjectStoreFault) {
            answer = try send(
                endpoint.target(key: key), [.init("If-Match", tag)], Self.fetchLimits, Self.fetchPolicy, file)
        } catch {
            throw file.fault ?? error
        }
        switch answer.status {
        case 200: try file.finish()
        case 404, 412: throw .outdated
        default: throw Self.refusal(answer)
        }
    }

    private func send(
        _ target: RequestTarget, _ fields: [OutgoingRequest.Field], _ limits: OutgoingRequest.Limits,
        _ policy: RetryPolicy, _ receiver: (any ResponseReceiver)?
    ) throws(ObjectStoreFault) -> OutgoingResponse {
        do throws(OutgoingFault) {
            let url = try OutgoingURL(
                isSecure: endpoint.isSecure, authority: endpoint.authority, target: target.escaped)
            let seconds = WallClock.nanosecondsSince1970() / 1_000_000_000
            let signature = try signer?.fields(
                signing: .get, target, authority: endpoint.authority, fields: fields, seconds: seconds)
            return try client.send(
                OutgoingRequest(.get, url, fields: fields + (signature ?? []), limits: limits), retry: policy,
                into: receiver)
        } catch {
            throw .network(error)
        }
    }

    private static func refusal(_ answer: OutgoingResponse) -> ObjectStoreFault {
        let code = word((try? XMLDocument(answer.body))?["Code"] ?? "")
        // Many answers name the bucket's region; only some are about it.
        let isElsewhere = [301, 307, 400].contains(answer.status)
        let region = isElsewhere ? word(answer.field("x-amz-bucket-region") ?? "") : ""
        return .refused(status: answer.status, code: code, region: region.isEmpty ? nil : region)
    }

    /// A word as codes and regions are; nothing else of an answer reaches a log.
    private static func word(_ text: String) -> String {
        let isWord =
            text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isWord ? text : ""
    }
}
