import Synchronization

/// Sixty-four counters that one thread adds to and any thread reads.
///
/// A loop owns its blocks, so an addition is a load and a store without a bus lock; a scrape on another thread reads
/// each counter whole, though not all of them at one instant.
///
/// - Isolation: `add` and `set` from the owning thread only; `value` from any thread.
package final class CounterBlock: Sendable {
    /// Counters in a block.
    package static let size = 64

    private let cells: InlineArray<64, Atomic<UInt64>>

    package init() {
        cells = InlineArray { _ in Atomic<UInt64>(0) }
    }

    /// Adds to one counter.
    ///
    /// Only the owning thread calls this, hence no read-modify-write is needed.
    package func add(_ amount: UInt64, to index: Int) {
        cells[index].store(cells[index].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Replaces a value, for gauges.
    package func set(_ value: UInt64, at index: Int) {
        cells[index].store(value, ordering: .relaxed)
    }

    /// Reads one counter.
    package func value(at index: Int) -> UInt64 {
        cells[index].load(ordering: .relaxed)
    }
}
