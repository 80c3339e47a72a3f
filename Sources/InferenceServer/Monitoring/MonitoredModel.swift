import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// A model whose predictions are kept, by name: its versions share one ring.
///
/// Until the ring is open, and if it cannot be opened, nothing is recorded and answers carry no identity.
///
/// - Isolation: any thread.
final class MonitoredModel: Sendable {
    let name: String
    let plan: MonitoringPlan
    /// One more than the epoch of the open ring; 0 while there is none.
    private let opening = Atomic<UInt64>(0)
    private let nextSequence = Atomic<UInt64>(0)
    /// The first number that must not be given yet.
    private let reservation = Atomic<UInt64>(0)
    /// Rows that were predicted and not recorded.
    private let dropped = Atomic<UInt64>(0)
    /// Bytes of records that are on their way from threads of the pool.
    private let travelling = Atomic(0)

    init(name: String, plan: MonitoringPlan) {
        self.name = name
        self.plan = plan
    }

    /// The ring is open.
    ///
    /// - Parameter reservedEnd: as in `reserved`.
    func opened(epoch: UInt32, firstFreeSequence: UInt64, reservedEnd: UInt64) {
        reservation.store(reservedEnd, ordering: .relaxed)
        nextSequence.store(firstFreeSequence, ordering: .relaxed)
        opening.store(UInt64(epoch) + 1, ordering: .releasing)
    }

    /// The ring's epoch; nil while it is not open.
    var epoch: UInt32? {
        let opening = opening.load(ordering: .acquiring)
        return opening == 0 ? nil : UInt32(opening - 1)
    }

    /// Takes sequence numbers.
    ///
    /// - Returns: the first of `count`; nil if so many are not reserved, because the disk is behind.
    func takeSequences(_ count: Int) -> UInt64? {
        var first = nextSequence.load(ordering: .relaxed)
        while true {
            guard first + UInt64(count) <= reservation.load(ordering: .relaxed) else { return nil }
            let (isTaken, present) = nextSequence.weakCompareExchange(
                expected: first, desired: first + UInt64(count), ordering: .relaxed)
            if isTaken { return first }
            first = present
        }
    }

    /// Numbers below this one may be given: the ring says so on the disk.
    func reserved(upTo end: UInt64) { reservation.store(end, ordering: .relaxed) }

    var reservedEnd: UInt64 { reservation.load(ordering: .relaxed) }

    /// The number that is taken next: identities from there on were never given.
    var firstFreeSequence: UInt64 { nextSequence.load(ordering: .relaxed) }

    /// Rows of one request that are recorded: a quarter of the ring, so that one request does not empty it.
    var rowLimit: Int { min(MonitoringLimits.recordedRows, plan.settings.keepPredictions / 4) }

    /// Counts rows that were not recorded.
    func dropped(_ rowCount: Int) { dropped.add(UInt64(rowCount), ordering: .relaxed) }

    var droppedRowCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Whether records of a thread of the pool may set out; if so, `arrived` takes them off again.
    func setOut(byteCount: Int) -> Bool {
        let count = travelling.add(byteCount, ordering: .relaxed).newValue
        if count <= MonitoringLimits.travellingByteCount { return true }
        travelling.subtract(byteCount, ordering: .relaxed)
        return false
    }

    func arrived(byteCount: Int) { travelling.subtract(byteCount, ordering: .relaxed) }
}
