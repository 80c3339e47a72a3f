import ModelMonitoring
import ModelRepository
import Synchronization
import TrafficSplitting

/// What loops and the monitoring thread know of each other: models whose predictions are kept, the weights that
/// rollouts have given variants, and what the metrics page shows.
///
/// - Isolation: any thread; the lock is taken when a loop adopts a serving table or other weights, and when somebody
///   looks, never per request.
final class MonitoringRegistry: Sendable {
    private struct Content: Sendable {
        var models: [String: MonitoredModel] = [:]
        var generation = -1
        var weights: [String: [VariantWeight]] = [:]
        var figures = MonitoringFigures()
    }

    private let content = Mutex(Content())

    /// Notes the models of a table whose predictions are kept.
    ///
    /// - Returns: what is to be watched from now on, for whoever is the first to adopt the table.
    func adopt(_ table: ServingTable) -> MonitoredSet? {
        content.withLock { content in
            guard table.generation > content.generation else { return nil }
            content.generation = table.generation
            var models: [String: MonitoredModel] = [:]
            // Of several versions the highest one says how predictions are kept.
            for served in table.servedModels.sorted(by: { $0.version < $1.version }) {
                guard let plan = served.monitoring else { continue }
                let known = models[served.name] ?? content.models[served.name]
                models[served.name] =
                    known?.plan == plan ? known : MonitoredModel(name: served.name, plan: plan)
            }
            content.models = models
            return MonitoredSet(
                models: models.values.sorted { $0.name < $1.name }, splits: table.servedModels.compactMap(\.split))
        }
    }

    /// The model of a name whose predictions are kept; nil if none are.
    func model(_ name: String) -> MonitoredModel? { content.withLock { $0.models[name] } }

    /// The weights of a split's variants that a rollout has set; nil for those of the configuration.
    func weights(of split: TrafficSplit) -> [VariantWeight]? {
        let set = content.withLock { $0.weights[split.name] }
        if let set, set.count == split.variants.count { return set }
        // Until it is known how far the rollout is, it is at its first step.
        guard let plan = split.rollout else { return nil }
        return RolloutShares.weights(of: split, candidate: plan.candidate, percent: plan.steps[0])
    }

    /// Sets the weights of a split's variants.
    ///
    /// - Parameter weights: nil for those of the configuration.
    /// - Returns: whether they were others before.
    func set(_ weights: [VariantWeight]?, of split: String) -> Bool {
        content.withLock { content in
            guard content.weights[split] != weights else { return false }
            content.weights[split] = weights
            return true
        }
    }

    /// What the metrics page shows.
    var figures: MonitoringFigures {
        get { content.withLock { $0.figures } }
        set { content.withLock { $0.figures = newValue } }
    }
}

/// Models and splits that are to be watched.
struct MonitoredSet: Sendable {
    var models: [MonitoredModel] = []
    var splits: [TrafficSplit] = []
}
