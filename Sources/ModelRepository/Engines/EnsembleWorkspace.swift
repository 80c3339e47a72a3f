import LinuxSystem
import OpenInferenceProtocol

/// The memory of one thread for an ensemble: that of its models, and the rows of each step.
///
/// The ensemble's outputs are those of the steps; nothing is copied for them.
///
/// - Isolation: one thread at a time.
final class EnsembleWorkspace: InferenceWorkspace {
    /// One step's rows and the memory of its model.
    private final class Desk {
        var rows: FeatureMatrix
        let workspace: any InferenceWorkspace
        /// Whether the step takes the ensemble's rows as they are.
        let takesWholeRows: Bool

        init(_ step: EnsembleSteps.Step, of plan: EnsembleSteps, rowCapacity: Int) {
            takesWholeRows = plan.takesWholeRows(step)
            rows = FeatureMatrix(
                featureCount: step.featureCount, isWide: step.isWide, rowCapacity: takesWholeRows ? 0 : rowCapacity)
            workspace = step.engine.makeWorkspace(rowCapacity: rowCapacity)
        }
    }

    let outputs: [OutputColumn]
    private(set) var stepTimes: [StepTime]

    private let plan: EnsembleSteps
    private let desks: [Desk]
    /// Which outputs of each step are needed.
    private var needs: [UInt64]

    init(of plan: EnsembleSteps, rowCapacity: Int) {
        let desks = plan.steps.map { Desk($0, of: plan, rowCapacity: rowCapacity) }
        self.plan = plan
        self.desks = desks
        outputs = plan.outputs.map { desks[$0.step].workspace.outputs[$0.output] }
        stepTimes = Array(repeating: StepTime(), count: desks.count)
        needs = Array(repeating: 0, count: desks.count)
    }

    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
        evaluate(matrix, 0..<matrix.rowCount, wanted: wanted)
    }

    /// Evaluates some of a matrix's rows.
    func evaluate(_ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64) {
        precondition(
            matrix.featureCount == plan.featureCount && matrix.isWide == plan.isWide, "rows are the ensemble's")
        plan.findNeeds(of: wanted, into: &needs)
        for index in desks.indices {
            stepTimes[index] = StepTime()
            if needs[index] != 0 {
                evaluate(step: index, matrix, rows)
            } else {
                for column in desks[index].workspace.outputs { column.prepare(rows: 0) }
            }
        }
        for index in outputs.indices where wanted & (1 << UInt64(index)) == 0 { outputs[index].prepare(rows: 0) }
    }

    /// The predictions are those of the step that gives the first predicted output.
    func positiveRowCount(of rows: Range<Int>, wanted: UInt64) -> Int? {
        guard let step = plan.predictingStep, wanted & plan.predictedOutputs != 0 else { return nil }
        var asked: UInt64 = 0
        for (index, output) in plan.outputs.enumerated() {
            if output.step == step, wanted & 1 << UInt64(index) != 0 { asked |= 1 << UInt64(output.output) }
        }
        return desks[step].workspace.positiveRowCount(of: rows, wanted: asked)
    }

    private func evaluate(step index: Int, _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>) {
        let desk = desks[index]
        let begin = plan.clock.now()
        var middle = begin
        if desk.takesWholeRows && rows == 0..<matrix.rowCount {
            desk.workspace.evaluate(matrix, wanted: needs[index])
        } else {
            gather(plan.steps[index].sources, matrix, rows, into: desk)
            middle = plan.clock.now()
            desk.workspace.evaluate(desk.rows, wanted: needs[index])
        }
        stepTimes[index].isEvaluated = true
        stepTimes[index].inputNanoseconds = UInt64((middle - begin).count)
        stepTimes[index].computeNanoseconds = UInt64((plan.clock.now() - middle).count)
    }

    private func gather(
        _ sources: [EnsembleSource], _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, into desk: Desk
    ) {
        desk.rows.removeAll()
        for source in sources {
            switch source.origin {
            case .input(let first):
                desk.rows.setColumns(
                    at: source.columns.lowerBound, from: matrix, rows: rows,
                    columns: first..<first + source.columns.count)
            case .output(let step, let output, let first):
                desk.rows.setColumns(
                    at: source.columns.lowerBound, from: desks[step].workspace.outputs[output], rows: 0..<rows.count,
                    elements: first..<first + source.columns.count)
            case .constant(let value):
                desk.rows.setColumns(source.columns, rows: rows.count, to: value)
            }
        }
        desk.rows.advance(by: rows.count)
    }
}
