import KnowledgeRetrieval
import LinuxSystem
import Synchronization

/// How long searches of what is known have taken, for the metrics page.
///
/// - Isolation: any thread; the lock is held while a number is added, never by a loop.
final class SearchTimes: Sendable {
    private let cells = Mutex([UInt64](repeating: 0, count: LatencyHistogram.cellCount))

    /// Counts a search.
    func record(_ duration: Nanoseconds) {
        let nanoseconds = UInt64(max(0, duration.count))
        cells.withLock { cells in
            cells[LatencyHistogram.bucket(ofNanoseconds: nanoseconds)] += 1
            cells[LatencyHistogram.sumCell] += nanoseconds
        }
    }

    /// As `LatencyHistogram` places them.
    var histogram: [UInt64] { cells.withLock { $0 } }
}
