import ModelRepository
import Synchronization

/// What loops and the explaining thread know of each other: models whose rows are explained, and what the metrics page
/// shows.
///
/// - Isolation: any thread; the lock is taken when a loop adopts a serving table, and when somebody looks, never per
///   request.
final class ExplanationRegistry: Sendable {
    private struct Content: Sendable {
        var models: [ObjectIdentifier: ExplainedModel] = [:]
        var figures = ExplanationFigures()
    }

    private let numbers = ExplanationNumbers()
    private let content = Mutex(Content())

    /// What is known about a model's anomalous rows; nil for one whose rows are not explained.
    func adopt(_ model: ServedModel) -> ExplainedModel? {
        guard model.explanation != nil else { return nil }
        return content.withLock { content in
            if let known = content.models[ObjectIdentifier(model)] { return known }
            let made = ExplainedModel(model, numbers)
            content.models[ObjectIdentifier(model)] = made
            return made
        }
    }

    /// A model has ended.
    func forget(_ model: ServedModel) {
        content.withLock { content in
            if let gone = content.models.removeValue(forKey: ObjectIdentifier(model)) {
                goneRows.add(gone.droppedRowCount, ordering: .relaxed)
            }
        }
    }

    private let goneRows = Atomic<UInt64>(0)

    /// Anomalous rows that are not explained.
    var droppedRowCount: UInt64 {
        content.withLock { content in content.models.values.reduce(0) { $0 + $1.droppedRowCount } }
            + goneRows.load(ordering: .relaxed)
    }

    /// Whether a model's rows are explained.
    var isUsed: Bool { content.withLock { !$0.models.isEmpty || $0.figures.anomalies > 0 } }

    /// What the metrics page shows.
    var figures: ExplanationFigures {
        get { content.withLock { $0.figures } }
        set { content.withLock { $0.figures = newValue } }
    }
}
