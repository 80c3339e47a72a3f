import DurableState
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TreeEnsembles

/// Joins labels with the predictions that a server has left in its data directory.
///
/// Labels are compared with what the models call their classes, so that their repository is needed besides. The lock of
/// the predictions is held until the object is gone: a server that runs is not disturbed, and none can start meanwhile.
///
/// - Isolation: the main thread of a command.
package final class KeptFeedback {
    /// Why labels cannot be joined, as one sentence.
    package struct Fault: Error, Equatable {
        package let message: String
    }

    private let places: MonitoringPlaces
    private let monitors: [ModelMonitor]
    /// The hash of the split that the labels are for; nil for a model.
    private let split: UInt32?

    /// Opens the predictions of a model, or of those behind a split.
    ///
    /// - Parameter name: of the model or split.
    /// - Parameter repository: the directory that the server serves.
    package init(of name: String, dataDirectory: String, repository: String) throws(Fault) {
        let loaded = RepositoryLoader(instructionSet: InstructionSet.detect(), readsReferences: false)
            .load(repositories: [repository])
        let served = loaded.table.servedModels.filter { $0.name == name }
        guard !served.isEmpty else { throw Fault(message: "\(repository): there is no model '\(name)' that is ready") }
        let split = served.compactMap(\.split).first
        let names = split.map { Set($0.variants.map(\.model)) } ?? [name]
        self.split = split.map { PredictionWriting.hash(ofName: $0.name) }
        // Of several versions the highest one says how predictions are kept.
        var plans: [String: MonitoringPlan] = [:]
        for model in loaded.table.servedModels.sorted(by: { $0.version < $1.version }) where names.contains(model.name)
        {
            if let plan = model.monitoring { plans[model.name] = plan }
        }
        guard !plans.isEmpty else { throw Fault(message: MonitoringPlaces.absence(of: name)) }
        let places = MonitoringPlaces(dataDirectory: dataDirectory)
        var monitors: [ModelMonitor] = []
        do throws(StateFault) {
            for (name, plan) in plans.sorted(by: { $0.key < $1.key }) {
                monitors.append(try places.openKept(MonitoredModel(name: name, plan: plan)))
            }
        } catch {
            throw Fault(message: error.description)
        }
        self.places = places
        self.monitors = monitors
    }

    /// Joins the labels of a body, as `POST /v2/models/M/feedback` takes it.
    ///
    /// - Returns: that call's answer.
    package func join(_ body: String) throws(Fault) -> [UInt8] {
        let bytes = Array(body.utf8)
        var reply = ByteBuffer()
        do throws(ProtocolError) {
            let items = try FeedbackRequest(bytes.span).items
            do throws(StateFault) {
                try ModelMonitor.join(items, among: monitors, split: split) { _ in }.append(to: &reply)
            } catch {
                throw ProtocolError(.unavailable, error.description)
            }
        } catch {
            throw Fault(message: error.message)
        }
        return reply.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
}
