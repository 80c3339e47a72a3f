import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

@testable import DynamicBatching

/// A model whose only output repeats the first feature of each row, so that a test sees whose rows it got.
final class EchoEngine: InferenceEngine {
    func calibrate(clock: any MonotonicClock) {}

    let outputs = [TensorMetadata(name: "first", datatype: .float32, dims: [-1])]

    func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace {
        EchoWorkspace(outputs[0], rowCapacity: rowCapacity)
    }

    func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation {
        preconditionFailure("a batch of a loop is not shared")
    }

    /// A served version of the model.
    static func served(name: String, featureCount: Int, maxBatchSize: Int = 0) -> ServedModel {
        let engine = EchoEngine()
        let signature = ModelSignature(
            name: name, version: "1", platform: "echo",
            input: InputLayout(kind: .forest, featureCount: featureCount, maxBatchSize: maxBatchSize),
            outputs: engine.outputs)
        return ServedModel(
            signature: signature, version: 1, inputs: signature.input.metadata,
            configuration: .inferred(directoryName: name), format: "echo", engineName: "echo", engine: engine)
    }
}

/// Counts its evaluations and the rows of the last one.
final class EchoWorkspace: InferenceWorkspace {
    let outputs: [OutputColumn]
    let rowCapacity: Int
    private(set) var evaluationCount = 0
    private(set) var lastRowCount = 0
    private(set) var lastWanted: UInt64 = 0

    init(_ metadata: TensorMetadata, rowCapacity: Int) {
        self.rowCapacity = rowCapacity
        outputs = [OutputColumn(metadata: metadata, responseDims: [])]
    }

    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
        let rowCount = matrix.rowCount
        let width = matrix.featureCount
        evaluationCount += 1
        lastRowCount = rowCount
        lastWanted = wanted
        outputs[0].prepare(rows: rowCount)
        guard rowCount > 0 else { return }
        matrix.withRows { rows in
            outputs[0].withFloats { values in
                for row in 0..<rowCount { values[row] = rows[row * width] }
            }
        }
    }
}
