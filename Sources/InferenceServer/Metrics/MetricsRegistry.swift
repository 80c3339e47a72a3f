import LinuxSystem
import Synchronization

/// Knows the counters of every loop, so that a scrape can add them up.
///
/// Counters belong to a loaded model: they are those of its statistics, and begin anew with the next load. Series of
/// the metrics page belong to labels: what a replaced model has counted goes on to be shown as long as another one has
/// the labels.
///
/// - Isolation: any thread; the lock is taken when a loop adopts a serving table and when somebody scrapes, never
///   per request.
/// - Source: Triton keeps statistics in the model and a reporter of metrics per labels
///   (`MetricModelReporter::Create`).
final class MetricsRegistry: Sendable {
    /// One model version as the page labels it.
    struct Key: Hashable, Sendable, Comparable {
        var model: String
        var version: String
        /// The configuration's `metric_tags` as labels; a tag `a` becomes the label `_a`, as in Triton.
        var tags: [String: String] = [:]
        /// Whether it is a split, which our own series say; Triton's names have Triton's labels.
        var isRouted = false

        static func < (left: Key, right: Key) -> Bool {
            (left.model, left.version) < (right.model, right.version)
        }
    }

    /// What the page shows about one model version.
    struct Series: Sendable {
        var key: Key
        var loadSeconds: Double
        /// The counters of every loop, and those of models that were replaced.
        var counters: [ModelMetrics]
    }

    /// What the page shows about all of them.
    struct Snapshot: Sendable {
        /// In the order of the page.
        var series: [Series]
        /// By model, what versions have counted that are gone while others are there.
        var goneVersions: [String: ModelMetrics]
    }

    private struct Live: Sendable {
        var model: ObjectIdentifier?
        var metrics: ModelMetrics
    }

    private struct Entry: Sendable {
        var loadSeconds: Double
        var live: [Live] = []
        var retired: ModelMetrics?

        mutating func retire(_ metrics: ModelMetrics) { retired = MetricsRegistry.sum(retired, metrics) }
    }

    private struct Content: Sendable {
        var entries: [Key: Entry] = [:]
        var goneVersions: [String: ModelMetrics] = [:]
    }

    private let content = Mutex(Content())

    /// Adds one loop's counters for a loaded model.
    ///
    /// - Parameter model: the loaded model, by which statistics are found.
    func adopt(_ metrics: ModelMetrics, for key: Key, loadSeconds: Double, model: ObjectIdentifier? = nil) {
        content.withLock { content in
            var entry = content.entries[key] ?? Entry(loadSeconds: loadSeconds)
            entry.loadSeconds = loadSeconds
            if !entry.live.contains(where: { $0.metrics === metrics }) {
                entry.live.append(Live(model: model, metrics: metrics))
            }
            content.entries[key] = entry
        }
    }

    /// Takes one loop's counters off, because no request counts for them any more.
    ///
    /// The last of a version take its series off the page.
    func forget(_ metrics: ModelMetrics, for key: Key) {
        content.withLock { content in
            guard var entry = content.entries[key], entry.live.contains(where: { $0.metrics === metrics }) else {
                return
            }
            entry.live.removeAll { $0.metrics === metrics }
            entry.retire(metrics)
            content.entries[key] = entry.live.isEmpty ? nil : entry
            guard entry.live.isEmpty, let retired = entry.retired else { return }
            if content.entries.keys.contains(where: { $0.model == key.model }) {
                content.goneVersions[key.model] = Self.sum(content.goneVersions[key.model], retired)
            } else {
                content.goneVersions[key.model] = nil
            }
        }
    }

    /// A new object, because somebody may be reading the old one and the one that is added.
    private static func sum(_ left: ModelMetrics?, _ right: ModelMetrics) -> ModelMetrics {
        let sum = ModelMetrics()
        if let left { sum.absorb(left) }
        sum.absorb(right)
        return sum
    }

    /// What the page shows.
    func snapshot() -> Snapshot {
        // Loops take the lock when they adopt a table: it is not held while names are sorted.
        let content = content.withLock { $0 }
        let series = content.entries.sorted { $0.key < $1.key }.map { key, entry in
            Series(
                key: key, loadSeconds: entry.loadSeconds,
                counters: entry.live.map(\.metrics) + (entry.retired.map { [$0] } ?? []))
        }
        return Snapshot(series: series, goneVersions: content.goneVersions)
    }

    /// The counters of every loop for a loaded model.
    func statistics(of model: ObjectIdentifier, _ key: Key) -> [ModelMetrics] {
        let live = content.withLock { $0.entries[key]?.live }
        return live?.filter { $0.model == model }.map(\.metrics) ?? []
    }
}
