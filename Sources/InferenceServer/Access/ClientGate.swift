import AccessControl
import HTTPConnections
import LinuxSystem

/// Decides whether a request is worked on at all: restricted parts of the protocol, and API keys for inference.
///
/// A loop has one only if something is restricted or keys are needed. It knows fields, not protocols: a call of gRPC
/// has its metadata where a request of HTTP has its header fields, and is asked the same questions.
///
/// - Isolation: the loop's thread.
/// - Complexity: judging allocates nothing unless it refuses.
final class ClientGate {
    private let loop: Int
    private let httpRestrictions: APIRestrictions
    private let grpcRestrictions: APIRestrictions
    private let counters: KeyRefusalCounters
    /// The keys that count; nil where none are needed.
    private(set) var keys: APIKeyTable?

    init(
        loop: Int, httpRestrictions: APIRestrictions, grpcRestrictions: APIRestrictions, keys: APIKeyTable?,
        counters: KeyRefusalCounters
    ) {
        self.loop = loop
        self.httpRestrictions = httpRestrictions
        self.grpcRestrictions = grpcRestrictions
        self.keys = keys
        self.counters = counters
    }

    /// The file of keys has changed.
    func adopt(_ keys: APIKeyTable) { self.keys = keys }

    // MARK: Restrictions

    /// Why a request of HTTP may not reach a part of the protocol; nil if it may.
    func restriction(
        of api: ProtectedAPI, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>
    ) -> AccessRefusal? {
        restriction(httpRestrictions.requirement(of: api), head, bytes)
    }

    /// Why a call of gRPC may not reach a part of the protocol; nil if it may.
    func grpcRestriction(
        of api: ProtectedAPI, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>
    ) -> AccessRefusal? {
        restriction(grpcRestrictions.requirement(of: api), head, bytes)
    }

    private func restriction(
        _ requirement: APIRestrictions.Requirement?, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>
    ) -> AccessRefusal? {
        guard let requirement else { return nil }
        for index in 0..<head.fieldCount where requirement.isNamed(bytes.extracting(head.nameRange(ofField: index))) {
            // The first field of the name counts, as in Triton.
            if requirement.value.equals(bytes.extracting(head.valueRange(ofField: index))) { return nil }
            break
        }
        return counted(.restricted(field: requirement.name))
    }

    // MARK: Keys

    /// Judges a request for inference by its key.
    ///
    /// - Parameter model: the model's name, decoded.
    /// - Returns: the key, and why the request may not go on; both nil where no keys are needed.
    func inference(
        of model: Span<UInt8>, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, at now: Nanoseconds
    ) -> (entry: APIKeyTable.Entry?, refusal: AccessRefusal?) {
        guard let keys else { return (nil, nil) }
        let verdict: KeyVerdict = keys.verdict(
            on: Self.credential(head, bytes), bytes, model: model, loop: loop, now: now.count)
        switch verdict {
        case .admitted(let entry): return (entry, nil)
        case .refused(let refusal, let entry): return (entry, counted(.key(refusal)))
        }
    }

    /// Finds the key of a call of gRPC when its head has come.
    ///
    /// What it asks for stands in its messages, each of which is judged with `message(of:for:at:)`.
    func callKey(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>
    ) -> Result<APIKeyTable.Entry?, AccessRefusal> {
        guard let keys else { return .success(nil) }
        switch keys.recognise(Self.credential(head, bytes), bytes) {
        case .success(let entry): return .success(entry)
        case .failure(let refusal): return .failure(counted(.key(refusal)))
        }
    }

    /// Judges one message of a call; nil if it may go on.
    ///
    /// A call may last for days: what its key opens now counts, and whether there still is such a key.
    func message(of model: Span<UInt8>, for entry: APIKeyTable.Entry?, at now: Nanoseconds) -> AccessRefusal? {
        guard let entry else { return nil }
        guard let present = keys?.successor(of: entry) else { return counted(.key(.unknown)) }
        return present.refusal(model: model, loop: loop, now: now.count).map { .key($0) }
    }

    /// What a key says about a call that changes what the server does.
    func admin(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> AdminAccess.KeyFacts {
        guard let keys else { return .none }
        let credential = Self.credential(head, bytes)
        // What does not look like a key may be the admin token.
        guard case .one(let range) = credential, PresentedKey.isMeant(by: bytes.extracting(range)) else { return .none }
        switch keys.adminVerdict(on: credential, bytes, loop: loop) {
        case .admitted(let entry): return .admitted(entry.key.id.description)
        case .refused(let refusal, _): return .refused(counted(.key(refusal)).message)
        }
    }

    private static func credential(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> Credential {
        var reader = Credential.Reader()
        for index in 0..<head.fieldCount {
            reader.fieldReceived(head.nameRange(ofField: index), head.valueRange(ofField: index), in: bytes)
        }
        return reader.credential
    }

    private func counted(_ refusal: AccessRefusal) -> AccessRefusal {
        if let reason = KeyRefusalCounters.Reason(refusal) { counters.count(reason, loop: loop) }
        return refusal
    }
}

extension AccessRefusal: Error {}
