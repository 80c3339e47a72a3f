import DurableState
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import EventLoops
@testable import InferenceServer

/// What one loop records of one model.
@Suite struct PredictionRecorderTests {
    private let model: MonitoredModel
    private let recorder: PredictionRecorder
    private let outputs: [OutputColumn]

    init() throws {
        var settings = MonitoringPlan.Settings()
        settings.keepPredictions = 1_000_000
        model = MonitoredModel(
            name: "m", plan: MonitoringPlan(settings, classes: .numbers, label: 0, probability: 1))
        let loop = try EventLoop(kernel: ScriptedKernel(), clock: FakeClock())
        recorder = PredictionRecorder(for: model, version: 3, monitor: try Mailbox(), on: loop) { 42 }
        outputs = [
            OutputColumn(metadata: TensorMetadata(name: "label", datatype: .int64, dims: [-1]), responseDims: []),
            OutputColumn(
                metadata: TensorMetadata(name: "probabilities", datatype: .float64, dims: [-1, 2]), responseDims: [2]),
        ]
        for output in outputs { output.prepare(rows: 4) }
        outputs[0].withInt64s { for row in 0..<4 { $0[row] = Int64(row % 2) } }
        outputs[1].withDoubles { for element in 0..<8 { $0[element] = Double(element) / 8 } }
    }

    @Test func `nothing is recorded before there is a ring`() {
        #expect(recorder.record(outputs, rows: 0..<4, id: Span(), nil) == nil)
        #expect(model.droppedRowCount == 0)
    }

    @Test func `rows of requests have numbers of their own, taken in blocks`() {
        model.opened(epoch: 9, firstFreeSequence: 100, reservedEnd: .max / 2)
        let first = recorder.record(outputs, rows: 0..<4, id: Span(), nil)
        let second = recorder.record(outputs, rows: 2..<3, id: Span(), nil)
        #expect(first == PredictionIdentity(epoch: 9, sequence: 100))
        #expect(second == PredictionIdentity(epoch: 9, sequence: 104))
        #expect(model.firstFreeSequence == 100 + UInt64(MonitoringLimits.sequencesPerLoop))
    }

    @Test func `numbers that have grown old are not used any more`() {
        model.opened(epoch: 9, firstFreeSequence: 0, reservedEnd: .max / 2)
        _ = recorder.record(outputs, rows: 0..<1, id: Span(), nil)
        _ = model.takeSequences(900_000)
        let identity = recorder.record(outputs, rows: 0..<1, id: Span(), nil)
        #expect(identity?.sequence == UInt64(MonitoringLimits.sequencesPerLoop + 900_000))
    }

    @Test func `when nobody takes what was recorded, rows are dropped and counted`() {
        model.opened(epoch: 9, firstFreeSequence: 0, reservedEnd: .max / 2)
        // The mailbox is read by nobody: every batch stays away.
        let rowsPerBatch = MonitoringLimits.batchByteCount / PredictionRecord.byteCount
        let room = rowsPerBatch * (MonitoringLimits.batchesPerLoop + 1)
        var recorded = 0
        for _ in 0..<room { if recorder.record(outputs, rows: 0..<4, id: Span(), nil) != nil { recorded += 4 } }
        #expect(recorded == room)
        #expect(model.droppedRowCount == UInt64(4 * room - recorded))
    }

    /// Keeps a loop from waiting.
    private final class Alarm: TimerHandler {
        func timerFired(on loop: EventLoop) {}
    }

    @Test func `what nobody could take leaves when somebody can`() throws {
        let clock = FakeClock()
        let alarm = Alarm()
        let loop = try EventLoop(clock: clock)
        let monitor = try Mailbox<MonitorOrder>()
        let recorder = PredictionRecorder(for: model, version: 3, monitor: monitor, on: loop) { 42 }
        model.opened(epoch: 9, firstFreeSequence: 0, reservedEnd: .max / 2)
        // Nobody reads yet: all batches are away, and one more waits in the recorder.
        while recorder.record(outputs, rows: 0..<4, id: Span(), nil) != nil {}
        let dropped = model.droppedRowCount
        var arrived = 0
        try loop.attach(monitor) { order, _ in
            if case .keep(let batch) = order { batch.empty { arrived += $0.count / PredictionRecord.byteCount } }
        }
        for _ in 0..<4 {
            clock.advance(by: .milliseconds(200))
            _ = loop.arm(alarm, at: clock.now())
            loop.tick()
        }
        let rowsPerBatch = MonitoringLimits.batchByteCount / PredictionRecord.byteCount
        #expect(arrived == rowsPerBatch * (MonitoringLimits.batchesPerLoop + 1))
        #expect(model.droppedRowCount == dropped)
    }

    @Test func `rows without reserved numbers are dropped, and counted`() {
        model.opened(epoch: 9, firstFreeSequence: 0, reservedEnd: 300)
        #expect(recorder.record(outputs, rows: 0..<4, id: Span(), nil)?.sequence == 0)
        while let identity = recorder.record(outputs, rows: 0..<4, id: Span(), nil) { #expect(identity.sequence < 256) }
        #expect(model.droppedRowCount == 4)
        model.reserved(upTo: 1_000)
        #expect(recorder.record(outputs, rows: 0..<4, id: Span(), nil)?.sequence == 256)
    }

    @Test func `a record says what the row was predicted as`() throws {
        var buffer = ByteBuffer()
        let id = Array("\"r\"".utf8)
        PredictionWriting(model.plan, version: 3, first: 50, id: id.span, nil, time: 42)
            .append(outputs, rows: 1..<3, to: &buffer)
        #expect(buffer.count == 2 * PredictionRecord.byteCount)
        let records = buffer.withBytes { bytes in
            [0, PredictionRecord.byteCount].map { PredictionRecord(in: bytes, at: $0) }
        }
        let first = try #require(records[0])
        #expect(first.sequence == 50 && first.row == 0 && first.predicted == 1 && first.fires)
        #expect(first.probability == 0.375 && first.time == 42 && first.modelVersion == 3 && first.requestHash != 0)
        let second = try #require(records[1])
        #expect(second.sequence == 51 && second.row == 1 && second.predicted == 0 && !second.fires)
    }

    /// What two rows are recorded as by a rule on the second probability: 0.375 and 0.625.
    private func recorded(classes: MonitoringPlan.Classes, label: Int?) -> [PredictionRecord] {
        let rule = AnomalyPlan([AnomalyRule(output: 1, element: 1, threshold: 0.5)])
        let plan = MonitoringPlan(
            model.plan.settings, classes: classes, label: label, probability: nil, anomaly: rule)
        var buffer = ByteBuffer()
        PredictionWriting(plan, version: 3, first: 0, id: Span(), nil, time: 42)
            .append(outputs, rows: 1..<3, to: &buffer)
        return buffer.withBytes { bytes in
            [0, PredictionRecord.byteCount].compactMap { PredictionRecord(in: bytes, at: $0) }
        }
    }

    @Test func `a rule says which rows fire, and what was predicted where there is no label`() throws {
        let labelled = recorded(classes: .numbers, label: 0)
        #expect(labelled.map(\.fires) == [false, true] && labelled.map(\.predicted) == [1, 0])
        let unlabelled = recorded(classes: .firing, label: nil)
        #expect(unlabelled.map(\.fires) == [false, true] && unlabelled.map(\.predicted) == [0, 1])
    }
}
