import DurableState
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// What is known about one model in use: its latest predictions, and what their labels say.
///
/// - Isolation: the monitoring thread.
final class ModelMonitor {
    let model: MonitoredModel
    private let ring: PredictionRing
    private var windows: AccuracyWindows
    private var rates: RateWindow
    private var requests = RequestIndex()
    /// What the labels of the windows add up to, as long as no label and no minute has come.
    private var sums: WindowSums?
    /// What has become of feedback since the process began.
    private(set) var outcome = FeedbackOutcome()
    private(set) var keptRowCount: UInt64 = 0

    /// Opens the model's ring, and takes up what is in it.
    ///
    /// - Parameter newEpoch: of a ring that has to be made; nil where none may be.
    init(_ model: MonitoredModel, at path: String, newEpoch epoch: UInt32?) throws(StateFault) {
        self.model = model
        let settings = model.plan.settings
        ring = try PredictionRing(opening: path, capacity: settings.keepPredictions, newEpoch: epoch)
        windows = AccuracyWindows(latestCount: settings.windowPredictions)
        rates = RateWindow(rowCount: settings.windowPredictions)
        try takeUp()
        let end = ring.firstFreeSequence + MonitoringLimits.reservedSequences
        try ring.reserve(upTo: end)
        model.opened(epoch: ring.epoch, firstFreeSequence: ring.firstFreeSequence, reservedEnd: end)
    }

    /// The ring's records in the order of their numbers.
    private func takeUp() throws(StateFault) {
        try forEachRecord { record in
            requests.add(record)
            rates.add(fires: record.fires)
            if record.isLabelled { windows.add(Self.outcome(record), at: record.time / Self.nanosecondsPerSecond) }
        }
    }

    /// Gives every record to a function, oldest first.
    func forEachRecord(_ body: (PredictionRecord) -> Void) throws(StateFault) {
        // The newest record lies before the oldest one, unless the ring has never been full.
        let edge = ring.firstFreeSequence % UInt64(ring.capacity)
        for isOlder in [true, false] {
            try ring.forEachRecord { record in
                if (record.sequence % UInt64(ring.capacity) >= edge) == isOlder { body(record) }
            }
        }
    }

    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    private static func outcome(_ record: PredictionRecord) -> LabelledOutcome {
        LabelledOutcome(
            actual: Int(record.label), predicted: Int(record.predicted),
            probability: record.probability.isNaN ? nil : Double(record.probability))
    }

    /// Keeps predictions; those that cannot be kept, or come when newer ones have their places, are counted as dropped.
    ///
    /// - Parameter predicted: is told of each that was kept.
    func keep(_ records: Span<UInt8>, predicted: (PredictionRecord) -> Void) throws(StateFault) {
        let before = keptRowCount
        defer { model.dropped(records.count / PredictionRecord.byteCount - Int(keptRowCount - before)) }
        try ring.keep(records) { record in
            requests.remove(record)
        } kept: { record in
            keptRowCount += 1
            requests.add(record)
            rates.add(fires: record.fires)
            predicted(record)
        }
    }

    /// Reserves more numbers, if less than half of those that may wait are left.
    func reserve() throws(StateFault) {
        guard model.reservedEnd - model.firstFreeSequence < MonitoringLimits.reservedSequences / 2 else { return }
        let end = model.firstFreeSequence + MonitoringLimits.reservedSequences
        try ring.reserve(upTo: end)
        model.reserved(upTo: end)
    }

    /// Joins labels with their predictions.
    ///
    /// - Parameter split: the hash of the split that the labels are for; nil for the model itself.
    /// - Parameter labelled: is told of each prediction whose label is known now.
    /// - Returns: what has become of each item; nil for those of other rings.
    func join(
        _ items: [FeedbackItem], split: UInt32?, labelled: (PredictionRecord) -> Void
    ) throws(StateFault) -> [Fate?] {
        var fates: [Fate?] = []
        for item in items {
            let fate = try join(item, split, labelled)
            fates.append(fate)
            if let fate { count(fate) }
        }
        if fates.contains(.accepted) { try ring.synchronise() }
        return fates
    }

    /// Joins labels that were sent to a model, or to a split, whose predictions several models may have.
    ///
    /// - Parameter monitors: of those models, at least one.
    /// - Returns: what has become of the labels.
    static func join(
        _ items: [FeedbackItem], among monitors: [ModelMonitor], split: UInt32?, labelled: (PredictionRecord) -> Void
    ) throws(StateFault) -> FeedbackOutcome {
        var outcome = FeedbackOutcome()
        var rest = items
        for monitor in monitors where !rest.isEmpty {
            let before = monitor.outcome
            let fates = try monitor.join(rest, split: split, labelled: labelled)
            outcome += monitor.outcome - before
            rest = zip(rest, fates).filter { $1 == nil }.map { $0.0 }
        }
        monitors[0].countUnknown(rest.count)
        outcome.unknown += rest.count
        return outcome
    }

    /// What becomes of one label.
    enum Fate: Equatable {
        case accepted
        case unknown
        case late
        case duplicate
    }

    private func join(
        _ item: FeedbackItem, _ split: UInt32?, _ labelled: (PredictionRecord) -> Void
    ) throws(StateFault) -> Fate? {
        let first: UInt64
        switch item.reference {
        case .prediction(let id):
            guard let identity = PredictionIdentity(id), identity.epoch == ring.epoch else { return nil }
            first = identity.sequence
        case .request(let id):
            switch requests.find(PredictionWriting.hash(ofID: id)) {
            case .sequence(let sequence): first = sequence
            case .ambiguous: return .unknown
            case .absent: return nil
            }
        }
        let (sequence, isOverflow) = first.addingReportingOverflow(UInt64(item.row))
        guard !isOverflow else { return .unknown }
        switch try ring.find(sequence) {
        case .absent: return .unknown
        case .overwritten: return sequence < model.firstFreeSequence ? .late : .unknown
        case .record(var record):
            guard record.row == item.row, split == nil || record.splitHash == split,
                let label = number(of: item.label)
            else { return .unknown }
            guard !record.isLabelled else { return .duplicate }
            record.label = label
            record.isLabelled = true
            try ring.update(record)
            windows.add(Self.outcome(record), at: record.time / Self.nanosecondsPerSecond)
            sums = nil
            labelled(record)
            return .accepted
        }
    }

    private func number(of label: FeedbackItem.Label) -> Int32? {
        switch label {
        case .number(let value): model.plan.number(of: value)
        case .text(let text): model.plan.number(of: text)
        }
    }

    private func count(_ fate: Fate) {
        switch fate {
        case .accepted: outcome.accepted += 1
        case .unknown: outcome.unknown += 1
        case .late: outcome.late += 1
        case .duplicate: outcome.duplicate += 1
        }
    }

    /// Counts labels that no ring has a prediction for, for the model that they were sent to.
    func countUnknown(_ count: Int) { outcome.unknown += count }

    private struct WindowSums {
        let minute: Int64
        let latest: AccuracySums
        let hour: AccuracySums
        let day: AccuracySums
    }

    /// What the metrics page shows.
    ///
    /// - Complexity: linear in the windows' labels where one has come or a minute has passed, else constant.
    /// - Parameter now: seconds since 1970.
    func figures(now: Int64) -> MonitoringFigures.Model {
        let sums = sums(now: now)
        return MonitoringFigures.Model(
            name: model.name, latest: sums.latest, hour: sums.hour, day: sums.day, anomalyRate: rates.rate,
            outcome: outcome, keptRowCount: keptRowCount, droppedRowCount: model.droppedRowCount)
    }

    private func sums(now: Int64) -> WindowSums {
        let minute = now / 60
        if let sums, sums.minute == minute { return sums }
        let made = WindowSums(
            minute: minute, latest: windows.sums(over: .latest, now: now), hour: windows.sums(over: .hour, now: now),
            day: windows.sums(over: .day, now: now))
        sums = made
        return made
    }
}
