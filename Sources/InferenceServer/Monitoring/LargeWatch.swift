import DurableState
import EventLoops
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Who watches a large request: the model that was named, or whichever variant of a split answers.
///
/// - Isolation: any thread; immutable.
struct LargeWatch: Sendable {
    /// What is watched of one model.
    struct Entry: Sendable {
        let model: ObjectIdentifier
        let drift: SharedDriftObserver?
        let monitored: MonitoredModel?
        let explained: ExplainedModel?
    }

    private let entries: [Entry]
    private let monitor: Mailbox<MonitorOrder>
    private let explaining: Mailbox<ExplanationOrder>

    init(_ entries: [Entry], monitor: Mailbox<MonitorOrder>, explaining: Mailbox<ExplanationOrder>) {
        self.explaining = explaining
        self.entries = entries
        self.monitor = monitor
    }

    /// What is watched of the model that answers.
    func entry(of model: ServedModel) -> Entry? { entries.first { $0.model == ObjectIdentifier(model) } }

    /// Who finds the anomalous rows of a request to the model that answers; nil for nobody.
    func anomalies(of model: ServedModel) -> SharedAnomalyObserver? {
        guard let entry = entry(of: model), let explained = entry.explained else { return nil }
        return SharedAnomalyObserver(of: explained, before: entry.drift, worker: explaining)
    }

    /// Records a request's rows.
    ///
    /// - Parameter id: as a JSON string with its quotation marks; empty if there is none.
    /// - Returns: what the answer calls the request; nil if nothing was recorded.
    func record(
        _ outputs: [OutputColumn], rowCount: Int, of model: ServedModel, id: Span<UInt8>, _ routed: RoutedAnswer?
    ) -> PredictionIdentity? {
        guard let monitored = entry(of: model)?.monitored, let epoch = monitored.epoch, rowCount > 0 else { return nil }
        let byteCount = rowCount * PredictionRecord.byteCount
        guard rowCount <= monitored.rowLimit, monitored.setOut(byteCount: byteCount) else {
            monitored.dropped(rowCount)
            return nil
        }
        guard let first = monitored.takeSequences(rowCount) else {
            monitored.arrived(byteCount: byteCount)
            monitored.dropped(rowCount)
            return nil
        }
        let identity = PredictionIdentity(epoch: epoch, sequence: first)
        var records = ByteBuffer(capacity: byteCount)
        PredictionWriting(
            monitored.plan, version: model.version, first: identity.sequence, id: id, routed,
            time: WallClock.nanosecondsSince1970()
        ).append(outputs, rows: 0..<rowCount, to: &records)
        let batch = PredictionBatch(for: monitored, isSingle: true)
        batch.fill(&records)
        monitor.send(.keep(batch))
        return identity
    }
}
