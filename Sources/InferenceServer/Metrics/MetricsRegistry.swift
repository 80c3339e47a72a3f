import LinuxSystem
import Synchronization

/// Knows the counters of every loop, so that a scrape can add them up.
///
/// - Isolation: any thread; the lock is taken when a loop adopts a serving table and when somebody scrapes, never
///   per request.
final class MetricsRegistry: Sendable {
    /// One model version as the page labels it.
    struct Key: Hashable, Sendable, Comparable {
        var model: String
        var version: String
        /// The configuration's `metric_tags` as labels; a tag `a` becomes the label `_a`, as in Triton.
        var tags: [String: String] = [:]

        static func < (left: Key, right: Key) -> Bool {
            (left.model, left.version) < (right.model, right.version)
        }
    }

    private struct Entry {
        var loadSeconds: Double
        var perLoop: [ModelMetrics]
    }

    private let entries = Mutex<[Key: Entry]>([:])

    /// Adds one loop's counters for a model version; counters that are there already are those of a reload.
    func adopt(_ metrics: ModelMetrics, for key: Key, loadSeconds: Double) {
        entries.withLock { entries in
            var entry = entries[key] ?? Entry(loadSeconds: loadSeconds, perLoop: [])
            entry.loadSeconds = loadSeconds
            if !entry.perLoop.contains(where: { $0 === metrics }) { entry.perLoop.append(metrics) }
            entries[key] = entry
        }
    }

    /// Takes one loop's counters for a model version off the page.
    func forget(_ metrics: ModelMetrics, for key: Key) {
        entries.withLock { entries in
            entries[key]?.perLoop.removeAll { $0 === metrics }
            if entries[key]?.perLoop.isEmpty == true { entries[key] = nil }
        }
    }

    /// All model versions in the order of the page, each with the counters of every loop.
    func snapshot() -> [(key: Key, loadSeconds: Double, perLoop: [ModelMetrics])] {
        // Loops take the lock when they adopt a table: it is not held while names are sorted.
        let entries = entries.withLock { $0 }
        return entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value.loadSeconds, $0.value.perLoop) }
    }
}
