import LinuxSystem
import Synchronization

/// Records on their way to the thread that keeps them.
///
/// - Isolation: one thread at a time, the one that a message has handed it to; the lock hands the content over and is
///   never contended.
final class PredictionBatch: Sendable {
    private struct Content: ~Copyable {
        var records = ByteBuffer()
    }

    let model: MonitoredModel
    /// Whether it comes from a thread of the pool, and is not used again.
    let isSingle: Bool
    private let content = Mutex(Content())
    private let isAway = Atomic(false)

    init(for model: MonitoredModel, isSingle: Bool = false) {
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

    /// Lends the records for the last time; the batch is free behind that.
    func empty(_ body: (Span<UInt8>) -> Void) {
        content.withLock { content in
            body(content.records.bytes)
            content.records.removeAll()
        }
        isAway.store(false, ordering: .releasing)
    }
}
