import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

@testable import ModelRepository

/// A model whose only output repeats the first feature of each row, so that an answer tells whose rows it is about.
final class FirstFeatureEngine: InferenceEngine {
    func calibrate(clock: any MonotonicClock) {}

    let outputs = [TensorMetadata(name: "first", datatype: .float32, dims: [-1])]

    func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace { Workspace(outputs[0]) }

    func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation {
        Evaluation(rowCount: rows.rowCount)
    }

    /// Begun and never finished: how rows are shared is tested where they are.
    private final class Evaluation: SharedEvaluation {
        let rowCount: Int
        let blockRowCount = 1
        var outputs: [OutputColumn] { [] }

        init(rowCount: Int) { self.rowCount = rowCount }

        func evaluate(rows: Range<Int>) {}
    }

    private final class Workspace: InferenceWorkspace {
        let outputs: [OutputColumn]

        init(_ metadata: TensorMetadata) { outputs = [OutputColumn(metadata: metadata, responseDims: [])] }

        func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
            let (rowCount, width) = (matrix.rowCount, matrix.featureCount)
            outputs[0].prepare(rows: rowCount)
            guard rowCount > 0 else { return }
            matrix.withRows { rows in
                outputs[0].withFloats { values in
                    for row in 0..<rowCount { values[row] = rows[row * width] }
                }
            }
        }
    }

    /// A served model of two features with a configuration, and perhaps a reference.
    static func served(
        name: String, configuration text: String, drift reference: DriftReference? = nil,
        _ settings: DriftSettings = DriftSettings()
    ) throws -> ServedModel {
        let configuration = try ModelConfiguration.read(Array(text.utf8).span, directoryName: name)
        let engine = FirstFeatureEngine()
        let input = InputLayout(kind: .forest, featureCount: 2, maxBatchSize: configuration.maxBatchSize)
        let signature = ModelSignature(
            name: name, version: "1", platform: "forest", input: input, outputs: engine.outputs)
        let plan = try reference.map {
            try DriftPlan($0, settings, for: DriftPlan.Model(signature), instructions: .baseline)
        }
        return ServedModel(
            signature: signature, version: 1, inputs: input.metadata, configuration: configuration, format: "none",
            engineName: "none", engine: engine, drift: plan)
    }
}
