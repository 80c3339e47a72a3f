/// What is to happen with a request for the sake of its key.
package enum KeyVerdict: Sendable {
    case admitted(APIKeyTable.Entry)
    /// - Parameter key: the key that was recognised, if it was.
    case refused(KeyRefusal, key: APIKeyTable.Entry?)
}

extension APIKeyTable {
    /// Finds the key that a caller shows.
    ///
    /// A stream of gRPC does so once, when it begins, and asks the entry for each of its messages.
    ///
    /// - Complexity: does not allocate.
    package func recognise(_ credential: Credential, _ bytes: Span<UInt8>) -> Result<Entry, KeyRefusal> {
        switch credential {
        case .none: return .failure(.missing)
        case .several: return .failure(.malformed)
        case .one(let range):
            guard let presented = PresentedKey(bytes.extracting(range)) else { return .failure(.malformed) }
            guard let entry = entry(for: presented) else { return .failure(.unknown) }
            return .success(entry)
        }
    }

    /// Judges a request for inference and counts it for its key.
    ///
    /// The same for every protocol: HTTP answers a refusal with 401, 403 or 429, gRPC with UNAUTHENTICATED,
    /// PERMISSION_DENIED or RESOURCE_EXHAUSTED.
    ///
    /// - Isolation: the thread of the loop.
    /// - Complexity: does not allocate.
    /// - Parameter credential: what the caller shows, of the bytes behind it.
    /// - Parameter model: the name of the model, decoded.
    /// - Parameter now: nanoseconds of the monotonic clock.
    package func verdict(
        on credential: Credential, _ bytes: Span<UInt8>, model: Span<UInt8>, loop: Int, now: Int64
    ) -> KeyVerdict {
        switch recognise(credential, bytes) {
        case .failure(let refusal): return .refused(refusal, key: nil)
        case .success(let entry):
            if let refusal = entry.refusal(model: model, loop: loop, now: now) { return .refused(refusal, key: entry) }
            return .admitted(entry)
        }
    }

    /// Judges a call that changes what the server does, and counts it for its key.
    package func adminVerdict(on credential: Credential, _ bytes: Span<UInt8>, loop: Int) -> KeyVerdict {
        switch recognise(credential, bytes) {
        case .failure(let refusal): return .refused(refusal, key: nil)
        case .success(let entry):
            guard entry.key.scope == .admin else {
                entry.usage.tallies[loop].count(.forbidden)
                return .refused(.scope, key: entry)
            }
            entry.usage.tallies[loop].count(.admitted)
            return .admitted(entry)
        }
    }
}

extension APIKeyTable.Entry {
    /// Judges one request for inference that shows this key, and counts it.
    ///
    /// - Isolation: the thread of the loop.
    /// - Complexity: does not allocate.
    /// - Parameter model: the name of the model, decoded.
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: nil if it may go on.
    package func refusal(model: Span<UInt8>, loop: Int, now: Int64) -> KeyRefusal? {
        let tally = usage.tallies[loop]
        guard opens(model) else {
            tally.count(.forbidden)
            return .model
        }
        if let limit = key.limit, let wait = usage.meter.take(limit, at: now) {
            tally.count(.limited)
            return .rate(waitNanoseconds: wait)
        }
        tally.count(.admitted)
        return nil
    }
}

extension KeyRefusal: Error {}
