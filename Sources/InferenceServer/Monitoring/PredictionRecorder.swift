import DurableState
import EventLoops
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Records one model version's predictions on one loop, and hands them over a few times per second.
///
/// The side that keeps them never makes the loop wait: where it is behind, rows are dropped and counted, and their
/// answers carry no identity.
///
/// - Isolation: the loop's thread.
/// - Complexity: allocates nothing once its buffers have grown to the load.
final class PredictionRecorder: TimerHandler {
    let model: MonitoredModel
    private let version: Int64
    private let monitor: Mailbox<MonitorOrder>
    private let loop: EventLoop
    private let wallClock: @Sendable () -> Int64
    private var records = ByteBuffer()
    private let batches: [PredictionBatch]
    /// Sequence numbers that are this loop's.
    private var next: UInt64 = 0
    private var end: UInt64 = 0
    private var isArmed = false

    /// How long records wait for others.
    private static let patience = Nanoseconds.milliseconds(100)

    init(
        for model: MonitoredModel, version: Int64, monitor: Mailbox<MonitorOrder>, on loop: EventLoop,
        wallClock: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970
    ) {
        self.model = model
        self.version = version
        self.monitor = monitor
        self.loop = loop
        self.wallClock = wallClock
        batches = (0..<MonitoringLimits.batchesPerLoop).map { _ in PredictionBatch(for: model) }
    }

    /// Records a request's rows.
    ///
    /// - Parameter id: as a JSON string with its quotation marks; empty if there is none.
    /// - Returns: what the answer calls the request; nil if nothing was recorded.
    func record(
        _ outputs: [OutputColumn], rows: Range<Int>, id: Span<UInt8>, _ routed: RoutedAnswer?
    ) -> PredictionIdentity? {
        guard let identity = identity(forRows: rows.count) else { return nil }
        PredictionWriting(
            model.plan, version: version, first: identity.sequence, id: id, routed, time: wallClock()
        ).append(outputs, rows: rows, to: &records)
        recorded()
        return identity
    }

    /// Takes records that another loop has made.
    func take(_ made: inout ByteBuffer) {
        guard made.count > 0 else { return }
        if hasRoom { records.append(made.bytes) } else { drop(made.count / PredictionRecord.byteCount) }
        made.removeAll()
        recorded()
    }

    private func recorded() {
        if records.count >= MonitoringLimits.batchByteCount { leave() }
        arm()
    }

    /// Sees to it that what waits here leaves, also where nobody could take it until now.
    private func arm() {
        guard !isArmed, records.count > 0 else { return }
        isArmed = true
        _ = loop.arm(self, at: loop.now + Self.patience)
    }

    private func identity(forRows count: Int) -> PredictionIdentity? {
        guard let epoch = model.epoch, count > 0 else { return nil }
        guard count <= model.rowLimit, hasRoom else {
            drop(count)
            return nil
        }
        // Many rows take numbers of their own, so that few of a block are left unused.
        if count > MonitoringLimits.sequencesPerLoop / 4 {
            guard let first = model.takeSequences(count) else {
                drop(count)
                return nil
            }
            return PredictionIdentity(epoch: epoch, sequence: first)
        }
        // Numbers that were taken long ago would find newer ones in their places.
        let isStale = model.firstFreeSequence &- next > UInt64(model.plan.settings.keepPredictions / 2)
        if UInt64(count) > end - next || isStale {
            guard let first = model.takeSequences(MonitoringLimits.sequencesPerLoop) else {
                drop(count)
                return nil
            }
            next = first
            end = first + UInt64(MonitoringLimits.sequencesPerLoop)
        }
        defer { next += UInt64(count) }
        return PredictionIdentity(epoch: epoch, sequence: next)
    }

    /// Whether records may wait here: fewer do than fit into a batch, or one is free to take them.
    private var hasRoom: Bool {
        records.count < MonitoringLimits.batchByteCount || batches.contains { $0.isFree }
    }

    private func drop(_ count: Int) { model.dropped(count) }

    func timerFired(on loop: EventLoop) {
        isArmed = false
        leave()
        arm()
    }

    /// Hands over what was recorded, if there is a batch to take it; otherwise it waits for the timer.
    func leave() {
        guard records.count > 0, let batch = batches.first(where: { $0.isFree }) else { return }
        batch.fill(&records)
        monitor.send(.keep(batch))
    }
}
