import DurableState

/// Finds predictions by the identities of their requests, as long as they are kept.
///
/// - Isolation: one thread at a time.
/// - Complexity: about 40 bytes for each kept request that has an identity.
struct RequestIndex {
    private struct Entry {
        /// The number of the latest request's first row.
        var sequence: UInt64
        /// Requests that have had the identity.
        var count: UInt32
    }

    private var entries: [UInt64: Entry] = [:]

    /// What an identity leads to.
    enum Finding: Equatable {
        case sequence(UInt64)
        /// Several requests have had it, so that it names none.
        case ambiguous
        case absent
    }

    /// Notes the first row of a request.
    mutating func add(_ record: PredictionRecord) {
        guard record.requestHash != 0, record.row == 0 else { return }
        var entry = entries[record.requestHash] ?? Entry(sequence: record.sequence, count: 0)
        entry.sequence = max(entry.sequence, record.sequence)
        entry.count += 1
        entries[record.requestHash] = entry
    }

    /// Forgets a request whose first row is not kept any more.
    mutating func remove(_ record: PredictionRecord) {
        guard record.requestHash != 0, record.row == 0, var entry = entries[record.requestHash] else { return }
        entry.count -= 1
        entries[record.requestHash] = entry.count == 0 ? nil : entry
    }

    func find(_ hash: UInt64) -> Finding {
        guard let entry = entries[hash] else { return .absent }
        return entry.count == 1 ? .sequence(entry.sequence) : .ambiguous
    }
}
