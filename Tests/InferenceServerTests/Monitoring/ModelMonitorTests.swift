import DurableState
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import InferenceServer

/// Predictions of one model that are kept, and labels that are joined with them.
@Suite struct ModelMonitorTests {
    private static func model(
        keep: Int = 1_000, window: Int = 100, classes: MonitoringPlan.Classes = .numbers
    ) -> MonitoredModel {
        var settings = MonitoringPlan.Settings()
        settings.keepPredictions = keep
        settings.windowPredictions = window
        return MonitoredModel(
            name: "m", plan: MonitoringPlan(settings, classes: classes, label: 0, probability: 1))
    }

    /// Keeps the records of one request.
    ///
    /// - Returns: the number of the first.
    private static func keep(
        _ monitor: ModelMonitor, rows: Int, id: String = "", predicted: Int32 = 1, split: UInt32 = 0
    ) throws -> UInt64 {
        let first = try #require(monitor.model.takeSequences(rows))
        var buffer = ByteBuffer()
        let quoted = Array("\"\(id)\"".utf8)
        for row in 0..<rows {
            var record = PredictionRecord()
            record.sequence = first + UInt64(row)
            record.time = 1_790_000_000_000_000_000
            record.requestHash = PredictionWriting.hash(ofID: quoted.span)
            record.splitHash = split
            record.predicted = predicted
            record.fires = predicted != 0
            record.probability = predicted == 0 ? 0.25 : 0.75
            record.row = UInt32(row)
            record.append(to: &buffer)
        }
        try monitor.keep(buffer.bytes) { _ in }
        return first
    }

    private static func item(
        _ monitor: ModelMonitor, _ sequence: UInt64, row: UInt32 = 0, label: FeedbackItem.Label = .number(1)
    ) -> FeedbackItem {
        var text = ByteBuffer()
        PredictionIdentity(epoch: monitor.model.epoch ?? 0, sequence: sequence).append(to: &text)
        return FeedbackItem(.prediction(text.withBytes { $0.text($0.indices) }), row: row, label: label)
    }

    @Test func `labels are accepted once, and count when the predictions are read again`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/m.ring"
        do {
            let monitor = try ModelMonitor(Self.model(), at: path, newEpoch: 7)
            #expect(monitor.model.epoch == 7)
            let first = try Self.keep(monitor, rows: 3)
            let wrong = try Self.keep(monitor, rows: 1, id: "named", predicted: 0)
            let named = FeedbackItem(.request("named"), row: 0, label: .number(1))
            let items = [Self.item(monitor, first), Self.item(monitor, first, row: 2, label: .number(0)), named]
            #expect(try monitor.join(items, split: nil) { _ in } == [.accepted, .accepted, .accepted])
            #expect(try monitor.join(items, split: nil) { _ in } == [.duplicate, .duplicate, .duplicate])
            let others = [
                Self.item(monitor, first, row: 3), Self.item(monitor, wrong + 5), Self.item(monitor, .max, row: 1),
                Self.item(monitor, first, row: 1, label: .text("dog")),
            ]
            #expect(try monitor.join(others, split: nil) { _ in } == [.unknown, .unknown, .unknown, .unknown])
            let foreign = [
                FeedbackItem(.prediction("00000001-0"), row: 0, label: .number(1)),
                FeedbackItem(.request("absent"), row: 0, label: .number(1)),
            ]
            #expect(try monitor.join(foreign, split: nil) { _ in } == [nil, nil])
            #expect(monitor.outcome.accepted == 3 && monitor.outcome.duplicate == 3 && monitor.outcome.unknown == 4)
        }
        let monitor = try ModelMonitor(Self.model(), at: path, newEpoch: 8)
        #expect(monitor.model.epoch == 7)
        let figures = monitor.figures(now: 1_790_000_030)
        #expect(figures.latest.confusion.total == 3 && figures.latest.confusion.correct == 1)
        #expect(figures.hour.confusion.total == 3)
        #expect(figures.anomalyRate == 0.75)
        // As if all numbers had been given that were reserved, in the same places.
        let next = try #require(monitor.model.takeSequences(1))
        #expect(next >= MonitoringLimits.reservedSequences && next % 1_000 == 4)
    }

    @Test func `an identity that was given is not given again after a crash`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/m.ring"
        var given: [UInt64] = []
        var lost: UInt64 = 0
        do {
            let monitor = try ModelMonitor(Self.model(), at: path, newEpoch: 7)
            given.append(try Self.keep(monitor, rows: 3))
            // On its way when the process ended.
            lost = try #require(monitor.model.takeSequences(5))
        }
        let monitor = try ModelMonitor(Self.model(), at: path, newEpoch: 8)
        let next = try Self.keep(monitor, rows: 5)
        #expect(next > lost + 4)
        // The label of what was lost reaches nobody else's prediction, though that has its place.
        #expect(try monitor.join([Self.item(monitor, lost)], split: nil) { _ in } == [.late])
    }

    @Test func `no number is given that is not reserved, and more are reserved in time`() throws {
        let folder = TemporaryFolder()
        let monitor = try ModelMonitor(Self.model(), at: folder.path + "/m.ring", newEpoch: 7)
        let reserved = MonitoringLimits.reservedSequences
        #expect(monitor.model.reservedEnd == reserved)
        #expect(monitor.model.takeSequences(Int(reserved) / 2) == 0)
        try monitor.reserve()
        #expect(monitor.model.reservedEnd == reserved)
        #expect(monitor.model.takeSequences(Int(reserved) / 2 + 1) == nil)
        #expect(monitor.model.takeSequences(1) == reserved / 2)
        try monitor.reserve()
        #expect(monitor.model.reservedEnd == reserved / 2 + 1 + reserved)
        #expect(monitor.model.takeSequences(Int(reserved)) == reserved / 2 + 1)
    }

    @Test func `what comes when newer ones have its place is not found, and counts as dropped`() throws {
        let folder = TemporaryFolder()
        let monitor = try ModelMonitor(Self.model(), at: folder.path + "/m.ring", newEpoch: 7)
        _ = monitor.model.takeSequences(1_001)
        func keep(_ sequence: UInt64, id: String) throws -> [UInt64] {
            var record = PredictionRecord()
            record.sequence = sequence
            record.requestHash = PredictionWriting.hash(ofID: id)
            var buffer = ByteBuffer()
            record.append(to: &buffer)
            var told: [UInt64] = []
            try monitor.keep(buffer.bytes) { told.append($0.sequence) }
            return told
        }
        #expect(try keep(1_000, id: "new") == [1_000])
        #expect(try keep(0, id: "old") == [])
        #expect(monitor.keptRowCount == 1 && monitor.model.droppedRowCount == 1)
        let old = FeedbackItem(.request("old"), row: 0, label: .number(1))
        #expect(try monitor.join([old], split: nil) { _ in } == [nil])
    }

    @Test func `a request's identity is the same however it is escaped`() {
        for text in [#""gr\u00f6\u00dfe""#, #""größe""#] {
            let bytes = Array(text.utf8)
            #expect(PredictionWriting.hash(ofID: bytes.span) == PredictionWriting.hash(ofID: "größe"))
        }
        let slash = Array(#""a\/\"b""#.utf8)
        #expect(PredictionWriting.hash(ofID: slash.span) == PredictionWriting.hash(ofID: "a/\"b"))
        #expect(PredictionWriting.hash(ofID: "") == 0)
    }

    @Test func `a label that comes after its prediction was overwritten is late`() throws {
        let folder = TemporaryFolder()
        let monitor = try ModelMonitor(Self.model(), at: folder.path + "/m.ring", newEpoch: 7)
        let first = try Self.keep(monitor, rows: 1, id: "a")
        for _ in 0..<5 { _ = try Self.keep(monitor, rows: 200) }
        #expect(try monitor.join([Self.item(monitor, first)], split: nil) { _ in } == [.late])
        // Its request is forgotten with it.
        let named = FeedbackItem(.request("a"), row: 0, label: .number(1))
        #expect(try monitor.join([named], split: nil) { _ in } == [nil])
    }

    @Test func `an identity that several requests have had names none, until all but one are gone`() throws {
        let folder = TemporaryFolder()
        let monitor = try ModelMonitor(Self.model(), at: folder.path + "/m.ring", newEpoch: 7)
        _ = try Self.keep(monitor, rows: 1, id: "a")
        for _ in 0..<4 { _ = try Self.keep(monitor, rows: 200) }
        _ = try Self.keep(monitor, rows: 1, id: "a")
        let named = FeedbackItem(.request("a"), row: 0, label: .number(1))
        #expect(try monitor.join([named], split: nil) { _ in } == [.unknown])
        _ = try Self.keep(monitor, rows: 200)
        #expect(try monitor.join([named], split: nil) { _ in } == [.accepted])
    }

    @Test func `labels for a split reach only what it has predicted`() throws {
        let folder = TemporaryFolder()
        let monitor = try ModelMonitor(Self.model(), at: folder.path + "/m.ring", newEpoch: 7)
        let own = try Self.keep(monitor, rows: 1)
        let routed = try Self.keep(monitor, rows: 1, split: 5)
        let items = [Self.item(monitor, own), Self.item(monitor, routed)]
        #expect(try monitor.join(items, split: 5) { _ in } == [.unknown, .accepted])
        #expect(try monitor.join(items, split: nil) { _ in } == [.accepted, .duplicate])
    }

    private static let labels: [(MonitoringPlan.Classes, FeedbackItem.Label, Int32?)] = [
        (.numbers, .number(3), 3), (.numbers, .text("-2"), -2), (.numbers, .number(1 << 40), nil),
        (.anomalies, .number(-1), 1), (.anomalies, .number(1), 0), (.anomalies, .number(0), nil),
        (.texts(["a", "b"]), .text("b"), 1), (.texts(["a", "b"]), .text("c"), nil),
        (.texts(["a", "b"]), .number(1), 1), (.texts(["a", "b"]), .number(2), nil),
        (.texts(["1", "0"]), .text("0"), 1),
    ]

    @Test func `labels are classes as the model names them`() {
        for (classes, label, number) in Self.labels {
            let plan = Self.model(classes: classes).plan
            switch label {
            case .number(let value): #expect(plan.number(of: value) == number, "\(classes) \(label)")
            case .text(let text): #expect(plan.number(of: text) == number, "\(classes) \(label)")
            }
        }
    }

    @Test func `no request takes more than a quarter of the ring, and none more than the limit`() {
        #expect(Self.model(keep: 1_000).rowLimit == 250)
        #expect(Self.model(keep: 1_000_000).rowLimit == MonitoringLimits.recordedRows)
    }

    @Test func `calls wait for the monitoring thread up to a limit`() {
        #expect(InferenceHandler.refusal(waitingCount: MonitoringLimits.waitingFeedback - 1) == nil)
        #expect(InferenceHandler.refusal(waitingCount: MonitoringLimits.waitingFeedback)?.code == .unavailable)
    }

    @Test func `records of the pool wait for room`() {
        let model = Self.model()
        #expect(model.setOut(byteCount: MonitoringLimits.travellingByteCount))
        #expect(!model.setOut(byteCount: 1))
        model.arrived(byteCount: 1)
        #expect(model.setOut(byteCount: 1))
    }
}
