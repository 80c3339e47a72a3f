import ModelRepository
import OpenInferenceProtocol

@testable import DynamicBatching

/// A request that remembers what it was answered.
final class RecordingMember: BatchMember {
    let values: [Float]
    private(set) var answers: [[Float]] = []
    /// Done when the answer comes, before it returns.
    var whenAnswered: () -> Void = {}

    init(_ values: [Float]) {
        self.values = values
    }

    func batchEvaluated(_ workspace: any InferenceWorkspace, rows: Range<Int>, timing: BatchTiming) {
        answers.append(workspace.outputs[0].withFloats { all in rows.map { all[$0] } })
        whenAnswered()
    }

    /// Puts the values into the first feature of new rows and joins.
    func join(_ batches: TickBatches, slot: Int, wanted: UInt64 = 1, readNanoseconds: Int64 = 0) {
        let batch = batches.batch(atSlot: slot)
        let width = batch.model.signature.input.featureCount
        batch.matrix.withTail(rows: values.count) { tail in
            for (row, value) in values.enumerated() {
                for column in 0..<width { tail[row * width + column] = column == 0 ? value : -1 }
            }
        }
        batches.join(slot: slot, self, rowCount: values.count, wanted: wanted, readNanoseconds: readNanoseconds)
    }
}
