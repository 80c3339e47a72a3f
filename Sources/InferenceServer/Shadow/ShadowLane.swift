import LinuxSystem
import ModelRepository
import Synchronization
import TrafficSplitting

/// The way of copied requests from one loop to the shadow's thread, bounded, and back for the next ones.
///
/// Neither side waits for the other: the loop gives up what finds no room, or leaves it for the next tick while the
/// other side is just taking.
///
/// - Isolation: `count`, `exchange` and `close` on the loop; `take` and `giveBack` on the shadow's thread; figures
///   from any.
final class ShadowLane: Sendable {
    /// What the loop counts.
    enum Cell: Int, CaseIterable {
        /// Copied for the shadow.
        case copied
        /// No room in the queue.
        case dropped
        /// Not to be compared: too long, or answered by a queue or by the pool.
        case skipped
        /// The shadow's model was not ready.
        case unavailable

        var label: StaticString {
            switch self {
            case .copied: "copied"
            case .dropped: "dropped"
            case .skipped: "skipped"
            case .unavailable: "unavailable"
            }
        }
    }

    private struct Passing {
        var ready: [ShadowCopy] = []
        var free: [ShadowCopy] = []
    }

    let split: TrafficSplit
    let shadow: TrafficSplit.Shadow
    /// What the comparison shows, of all loops together.
    let record: ShadowRecord
    private let counters = CounterBlock()
    private let passing: Mutex<Passing>
    /// Whether no request of the loop will come any more.
    private let isClosed = Atomic(false)

    /// Makes a lane with all the copies that it will ever have.
    init(_ split: TrafficSplit, _ shadow: TrafficSplit.Shadow, _ record: ShadowRecord, capacity: Int) {
        precondition(capacity > 0, "a queue has room for something")
        self.split = split
        self.shadow = shadow
        self.record = record
        var passing = Passing()
        passing.free = (0..<capacity).map { _ in ShadowCopy() }
        passing.ready.reserveCapacity(capacity)
        self.passing = Mutex(passing)
    }

    // MARK: The loop

    func count(_ cell: Cell) { counters.add(1, to: cell.rawValue) }

    /// Passes copies on whose answers have left, and takes back those that are done with.
    ///
    /// - Returns: false if the other side is just taking: then nothing has changed.
    func exchange(answered: inout [ShadowCopy], free: inout [ShadowCopy]) -> Bool {
        let isDone = passing.withLockIfAvailable { passing -> Bool in
            passing.ready.append(contentsOf: answered)
            answered.removeAll(keepingCapacity: true)
            free.append(contentsOf: passing.free)
            passing.free.removeAll(keepingCapacity: true)
            return true
        }
        return isDone == true
    }

    func close() { isClosed.store(true, ordering: .releasing) }

    // MARK: The shadow's thread

    /// Takes all copies that are to be answered.
    ///
    /// - Parameter copies: empty.
    func take(into copies: inout [ShadowCopy]) {
        passing.withLock { passing in swap(&passing.ready, &copies) }
    }

    /// Gives copies back for further requests.
    func giveBack(_ copies: inout [ShadowCopy]) {
        passing.withLock { passing in passing.free.append(contentsOf: copies) }
        copies.removeAll(keepingCapacity: true)
    }

    /// Whether nothing will come any more but what has come.
    var isOver: Bool { isClosed.load(ordering: .acquiring) }

    // MARK: Figures

    func value(of cell: Cell) -> UInt64 { counters.value(at: cell.rawValue) }
}
