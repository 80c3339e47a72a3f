import AnomalyExplanation
import LinuxSystem
import Synchronization

/// Records of anomalous rows of one model on their way to the thread that explains.
///
/// - Isolation: one thread at a time, the one that a message has handed it to; the lock hands the content over and is
///   never contended.
final class AnomalyBatch: Sendable {
    private struct Content: ~Copyable {
        var records = ByteBuffer()
    }

    let model: ExplainedModel
    /// Whether it comes from a thread of the pool, and is not used again.
    let isSingle: Bool
    private let content = Mutex(Content())
    private let isAway = Atomic(false)

    init(of model: ExplainedModel, isSingle: Bool = false) {
        self.model = model
        self.isSingle = isSingle
    }

    /// Whether it may be filled.
    var isFree: Bool { !isAway.load(ordering: .acquiring) }

    /// Takes records, and gives back an empty buffer in their place; it is away from then on.
    func fill(_ records: inout ByteBuffer) {
        isAway.store(true, ordering: .relaxed)
        content.withLock { content in swap(&content.records, &records) }
    }

    /// Bytes of the records.
    var byteCount: Int { content.withLock { $0.records.count } }

    /// Reads a record.
    ///
    /// - Parameter start: where it begins; then where the next one does, the end of the bytes behind the last one.
    func next(from start: inout Int) -> Anomaly? {
        content.withLock { content in content.records.withBytes { AnomalyRecord.next(in: $0, from: &start) } }
    }

    /// Forgets the records; the batch may be filled again.
    func release() {
        content.withLock { content in content.records.removeAll() }
        isAway.store(false, ordering: .releasing)
    }
}
