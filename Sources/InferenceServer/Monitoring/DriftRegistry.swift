import ModelMonitoring
import ModelRepository
import Synchronization

/// Knows the ledgers of all models that are loaded and watched.
///
/// - Isolation: any thread; the lock is taken when a loop adopts a serving table and by whoever watches, never per
///   request.
final class DriftRegistry: Sendable {
    /// A loaded model version that is watched.
    struct Entry: Sendable {
        var key: MetricsRegistry.Key
        var version: Int64
        /// The loaded model, by which its counters are found.
        var model: ObjectIdentifier
        var ledger: DriftLedger
        /// Loops that count for it.
        var loopCount: Int
        /// Grows from each model to the next that is loaded.
        var number: Int
    }

    private struct Content: Sendable {
        var entries: [ObjectIdentifier: Entry] = [:]
        var lastNumber = 0
        var psi: [String: Double] = [:]
    }

    private let content = Mutex(Content())

    /// The ledger for which a loop counts the rows of a model; nil if the model is not watched.
    func adopt(_ model: ServedModel) -> DriftLedger? {
        guard let plan = model.drift else { return nil }
        return content.withLock { content in
            let identifier = ObjectIdentifier(model)
            if content.entries[identifier] == nil {
                content.lastNumber += 1
                content.entries[identifier] = Entry(
                    key: MetricsRegistry.Key(of: model), version: model.version, model: identifier,
                    ledger: DriftLedger(plan), loopCount: 0, number: content.lastNumber)
            }
            content.entries[identifier]?.loopCount += 1
            return content.entries[identifier]?.ledger
        }
    }

    /// A loop counts no more for a model; the last one takes the model off.
    func forget(_ model: ServedModel) {
        content.withLock { content in
            let identifier = ObjectIdentifier(model)
            guard let entry = content.entries[identifier] else { return }
            content.entries[identifier]?.loopCount -= 1
            if entry.loopCount == 1 { content.entries[identifier] = nil }
        }
    }

    /// The greatest PSI of a model's features, when it was judged last; nil before.
    func psi(of model: String) -> Double? { content.withLock { $0.psi[model] } }

    /// A model was judged.
    func judged(_ report: DriftReport, of model: String) {
        let psi = report.features.compactMap(\.psi).max()
        content.withLock { $0.psi[model] = psi }
    }

    /// What is watched, those that were loaded first in front.
    var entries: [Entry] {
        content.withLock { $0.entries.values.sorted { $0.number < $1.number } }
    }
}
