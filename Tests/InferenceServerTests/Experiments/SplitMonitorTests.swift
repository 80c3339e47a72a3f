import DurableState
import LinuxSystem
import ModelMonitoring
import ModelRepository
import Testing

@testable import InferenceServer

@Suite struct SplitMonitorTests {
    private static func record(
        _ key: UInt64, _ variant: String, predicted: Int32, label: Int32? = nil, split: String = "s", time: Int64 = 0
    ) -> PredictionRecord {
        var record = PredictionRecord()
        record.keyHash = key
        record.splitHash = PredictionWriting.hash(ofName: split)
        record.variantHash = PredictionWriting.hash(ofName: variant)
        record.predicted = predicted
        record.fires = predicted != 0
        record.time = time
        if let label {
            record.label = label
            record.isLabelled = true
        }
        return record
    }

    @Test func `rows and labels count for their variant, and those of others do not`() throws {
        let split = try SplitTrial.split(SplitTrial.two)
        let monitor = SplitMonitor(split, weights: split.variants.map(\.weight))
        monitor.predicted(Self.record(1, "a", predicted: 1))
        monitor.predicted(Self.record(1, "a", predicted: 0))
        monitor.predicted(Self.record(2, "b", predicted: 1))
        monitor.predicted(Self.record(3, "c", predicted: 1))
        monitor.predicted(Self.record(4, "a", predicted: 1, split: "other"))
        monitor.labelled(Self.record(1, "a", predicted: 1, label: 0))
        monitor.labelled(Self.record(2, "b", predicted: 1, label: 1))
        #expect(monitor.variants.map(\.rowCount) == [2, 1])
        #expect(monitor.variants.map(\.firingRowCount) == [1, 1])
        #expect(monitor.variants.map(\.accuracy.confusion.accuracy) == [0, 1])
        #expect(monitor.anomalies.sums.map(\.keyCount) == [1, 1])
        #expect(abs(monitor.shares[0] - 0.7) < 1e-9)
    }

    @Test func `a step judges what was predicted since it began`() throws {
        let split = try SplitTrial.split(SplitTrial.two)
        let monitor = SplitMonitor(split, weights: split.variants.map(\.weight))
        monitor.labelled(Self.record(1, "b", predicted: 1, label: 0, time: 5))
        monitor.stepBegan(at: 10)
        monitor.labelled(Self.record(1, "b", predicted: 1, label: 0, time: 9))
        monitor.labelled(Self.record(1, "b", predicted: 1, label: 1, time: 10))
        #expect(monitor.variants[1].accuracy.confusion.total == 3)
        #expect(monitor.variants[1].stepAccuracy.confusion.total == 1)
        #expect(monitor.variants[1].stepAccuracy.confusion.accuracy == 1)
    }

    @Test func `a history has an end, whatever time passes`() throws {
        let split = try SplitTrial.split(SplitTrial.two)
        let monitor = SplitMonitor(split, weights: split.variants.map(\.weight))
        monitor.look(now: 0)
        #expect(monitor.history.points.isEmpty)
        monitor.predicted(Self.record(1, "a", predicted: 1))
        for second in 0..<Int64(10 * MonitoringLimits.historyPoints) { monitor.look(now: second) }
        let points = monitor.history.points
        #expect(points.count <= MonitoringLimits.historyPoints && points.count > MonitoringLimits.historyPoints / 4)
        #expect(points.first?.time == 0)
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.time < $1.time })
    }

    @Test func `a document shows as many classes as the limit says`() throws {
        var sums = AccuracySums()
        for number in 0...MonitoringLimits.shownClasses { sums.add(LabelledOutcome(actual: number, predicted: number)) }
        var buffer = ByteBuffer()
        AccuracyDocument(sums).append(to: &buffer)
        let text = buffer.withBytes { $0.text($0.indices) }
        #expect(text.contains(",\(MonitoringLimits.shownClasses - 1)]"))
        #expect(!text.contains(",\(MonitoringLimits.shownClasses)]"))
    }
}
