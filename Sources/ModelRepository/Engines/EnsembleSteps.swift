import LinuxSystem
import OpenInferenceProtocol

/// The steps of an ensemble: what its engine, its workspaces and its evaluations all know.
///
/// - Isolation: immutable; any thread.
final class EnsembleSteps: Sendable {
    /// One evaluation of a model.
    struct Step: Sendable {
        var engine: any InferenceEngine
        /// Features of the model's rows, and whether they are float64.
        var featureCount: Int
        var isWide: Bool
        /// Fill the columns of the rows, each once, in ascending order.
        var sources: [EnsembleSource]
        /// Bits of the outputs that are for the compute pool.
        var costlyOutputs: UInt64
    }

    /// An output of the ensemble: one of a step, under another name.
    struct Output: Sendable {
        var metadata: TensorMetadata
        var step: Int
        var output: Int
    }

    /// In an order in which they can be evaluated.
    let steps: [Step]
    let outputs: [Output]
    /// Features of the ensemble's rows, and whether they are float64.
    let featureCount: Int
    let isWide: Bool
    let clock: any MonotonicClock
    /// The step whose predictions are the ensemble's: that of the first output that tells one; nil if none does.
    let predictingStep: Int?
    /// Bits of the outputs that tell them.
    let predictedOutputs: UInt64

    /// Checks that every step reads the ensemble's rows and steps before it.
    init(_ steps: [Step], outputs: [Output], featureCount: Int, isWide: Bool, clock: any MonotonicClock) {
        for (index, step) in steps.enumerated() {
            var next = 0
            for source in step.sources {
                precondition(source.columns.lowerBound == next, "each column of a step's rows has a source")
                next = source.columns.upperBound
                if case .output(let other, _, _) = source.origin {
                    precondition(other < index, "steps read earlier ones")
                }
            }
            precondition(next == step.featureCount, "each column of a step's rows has a source")
        }
        self.steps = steps
        self.outputs = outputs
        self.featureCount = featureCount
        self.isWide = isWide
        self.clock = clock
        func isPredicted(_ output: Output) -> Bool {
            steps[output.step].engine.predictedOutputs & 1 << UInt64(output.output) != 0
        }
        let predictingStep = outputs.first { isPredicted($0) }?.step
        self.predictingStep = predictingStep
        predictedOutputs = outputs.indices.filter { outputs[$0].step == predictingStep && isPredicted(outputs[$0]) }
            .reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// Whether a step takes the ensemble's rows as they are.
    func takesWholeRows(_ step: Step) -> Bool {
        let whole = EnsembleSource(origin: .input(first: 0), columns: 0..<featureCount)
        return step.sources == [whole] && step.isWide == isWide
    }

    /// Elements that a thread holds for each row of a block: the rows of all steps, and their outputs.
    ///
    /// - Parameter wanted: bit `i` asks for output `i` of the ensemble.
    func heldElementsPerRow(of wanted: UInt64) -> Int {
        var needs = Array(repeating: UInt64(0), count: steps.count)
        findNeeds(of: wanted, into: &needs)
        var count = 0
        for (step, needed) in zip(steps, needs) where needed != 0 {
            count += step.featureCount
            for (index, output) in step.engine.outputs.enumerated() where needed & 1 << UInt64(index) != 0 {
                // The first dimension is that of the rows.
                count += output.dims.dropFirst().reduce(1, *)
            }
        }
        return count
    }

    /// Those of them that no request has brought and no answer has, of the outputs that are not costly.
    var innerElementsPerRow: Int {
        let wanted = outputs.indices.reduce(0) { $0 | 1 << UInt64($1) } & ~costlyOutputs
        var needs = Array(repeating: UInt64(0), count: steps.count)
        findNeeds(of: wanted, into: &needs)
        var count = heldElementsPerRow(of: wanted)
        for (step, needed) in zip(steps, needs) where needed != 0 && takesWholeRows(step) { count -= step.featureCount }
        var answered = Array(repeating: UInt64(0), count: steps.count)
        for (index, output) in outputs.enumerated() where wanted & 1 << UInt64(index) != 0 {
            let bit: UInt64 = 1 << UInt64(output.output)
            if answered[output.step] & bit == 0 { count -= output.metadata.dims.dropFirst().reduce(1, *) }
            answered[output.step] |= bit
        }
        return count
    }

    /// Bits of the outputs for which something costly is computed.
    var costlyOutputs: UInt64 {
        var costly: UInt64 = 0
        var needs = Array(repeating: UInt64(0), count: steps.count)
        for index in outputs.indices {
            findNeeds(of: 1 << UInt64(index), into: &needs)
            if zip(steps, needs).contains(where: { $0.costlyOutputs & $1 != 0 }) { costly |= 1 << UInt64(index) }
        }
        return costly
    }

    /// Finds which outputs of each step are needed.
    ///
    /// - Complexity: allocates nothing.
    /// - Parameter wanted: bit `i` asks for output `i` of the ensemble.
    /// - Parameter needs: one element for each step.
    func findNeeds(of wanted: UInt64, into needs: inout [UInt64]) {
        for index in needs.indices { needs[index] = 0 }
        for index in outputs.indices where wanted & (1 << UInt64(index)) != 0 {
            needs[outputs[index].step] |= 1 << UInt64(outputs[index].output)
        }
        for index in steps.indices.reversed() where needs[index] != 0 {
            for source in steps[index].sources {
                if case .output(let step, let output, _) = source.origin { needs[step] |= 1 << UInt64(output) }
            }
        }
    }
}
