import LinuxSystem
import OpenInferenceProtocol
import TreeEnsembles

/// One thread's memory for a forest: kernel scratch, sums, output columns.
///
/// - Isolation: one thread at a time.
final class ForestWorkspace: InferenceWorkspace {
    let outputs: [OutputColumn]

    private let engine: ForestEngine
    private let scratch: TreeScratch
    /// Made for the first rows that are explained: most workspaces explain none.
    private var contributionScratch: ContributionScratch?
    /// rows × margins, as the engine writes them.
    private var sums: AlignedArray<Double>
    /// Class indices on their way into a BYTES column; empty where there is none.
    private var classIndices: AlignedArray<Int32>
    /// Bits of the columns that need the sums.
    private let summedColumns: UInt64

    init(of engine: ForestEngine, rowCapacity: Int) {
        precondition(rowCapacity >= 0, "a capacity is not negative")
        self.engine = engine
        scratch = engine.trees.makeScratch()
        outputs = engine.columns.map { column in
            OutputColumn(
                metadata: column.metadata, responseDims: column.responseDims, classNames: column.classNames,
                rowCapacity: column.content == .contributions ? 0 : rowCapacity)
        }
        sums = AlignedArray(count: rowCapacity * engine.trees.marginCount, repeating: 0)
        let hasTextLabels = engine.columns.contains { $0.content == .classIndex }
        classIndices = AlignedArray(count: hasTextLabels ? rowCapacity : 0, repeating: 0)
        var summed: UInt64 = 0
        for (index, column) in engine.columns.enumerated() {
            if column.content != .leafIndices && column.content != .contributions { summed |= 1 << UInt64(index) }
        }
        summedColumns = summed
    }

    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
        precondition(matrix.featureCount == engine.trees.featureCount, "rows have the forest's features")
        let rowCount = matrix.rowCount
        for index in outputs.indices {
            outputs[index].prepare(rows: wanted & (1 << UInt64(index)) != 0 ? rowCount : 0)
        }
        if rowCount == 0 { return }
        if wanted & summedColumns != 0 { sum(matrix) }
        for index in outputs.indices where wanted & (1 << UInt64(index)) != 0 {
            switch engine.columns[index].content {
            case .leafIndices: findLeaves(matrix, into: outputs[index])
            case .contributions: explain(matrix, into: outputs[index])
            case let content: fill(outputs[index], with: content, rowCount: rowCount)
            }
        }
    }

    private func sum(_ matrix: borrowing FeatureMatrix) {
        let rowCount = matrix.rowCount
        let count = rowCount * engine.trees.marginCount
        if sums.count < count { sums = AlignedArray(count: count * 2, repeating: 0) }
        sums.withMutableSpan { all in
            var margins = all._mutatingExtracting(0..<count)
            if matrix.isWide {
                matrix.withWideRows { rows in
                    wideTrees.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, margins: &margins)
                }
            } else {
                matrix.withRows { rows in
                    engine.trees.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, margins: &margins)
                }
            }
        }
    }

    private func findLeaves(_ matrix: borrowing FeatureMatrix, into column: OutputColumn) {
        let rowCount = matrix.rowCount
        column.withInt32s { leaves in
            if matrix.isWide {
                matrix.withWideRows { rows in
                    wideTrees.leafIndices(rows: rows, rowCount: rowCount, scratch: scratch, leaves: &leaves)
                }
            } else {
                matrix.withRows { rows in
                    engine.trees.leafIndices(rows: rows, rowCount: rowCount, scratch: scratch, leaves: &leaves)
                }
            }
        }
    }

    private func explain(_ matrix: borrowing FeatureMatrix, into column: OutputColumn) {
        guard let evaluator = engine.contributions else { preconditionFailure("the engine has an evaluator") }
        let scratch = contributionScratch ?? evaluator.makeScratch()
        contributionScratch = scratch
        let rowCount = matrix.rowCount
        let isDouble = column.metadata.datatype == .float64
        if matrix.isWide {
            matrix.withWideRows { rows in
                if isDouble {
                    column.withDoubles {
                        evaluator.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, contributions: &$0)
                    }
                } else {
                    column.withFloats {
                        evaluator.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, contributions: &$0)
                    }
                }
            }
        } else {
            matrix.withRows { rows in
                if isDouble {
                    column.withDoubles {
                        evaluator.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, contributions: &$0)
                    }
                } else {
                    column.withFloats {
                        evaluator.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, contributions: &$0)
                    }
                }
            }
        }
    }

    /// The engine as one that takes rows of doubles.
    private var wideTrees: any WideTreeEngine {
        guard let wide = engine.wideTrees else {
            preconditionFailure("only a forest that compares doubles is given rows of doubles")
        }
        return wide
    }

    private func fill(_ column: OutputColumn, with content: ForestColumn.Content, rowCount: Int) {
        if content == .classIndex { return fillClassIndices(column, rowCount: rowCount) }
        let forest = engine.forestOutputs
        let isDouble = column.metadata.datatype == .float64
        sums.withSpan { all in
            let sums = all.extracting(0..<rowCount * engine.trees.marginCount)
            switch content {
            case .integerLabel: column.withInt64s { forest.writeLabels(sums: sums, into: &$0) }
            case .probabilities where isDouble:
                column.withDoubles { forest.writeProbabilities(sums: sums, into: &$0) }
            case .probabilities: column.withFloats { forest.writeProbabilities(sums: sums, into: &$0) }
            case .margin where isDouble: column.withDoubles { forest.writeMargins(sums: sums, into: &$0) }
            case .margin: column.withFloats { forest.writeMargins(sums: sums, into: &$0) }
            case .score where isDouble: column.withDoubles { forest.writeScores(sums: sums, into: &$0) }
            case .score: column.withFloats { forest.writeScores(sums: sums, into: &$0) }
            case .fil(let rule): column.withFloats { forest.writeFILOutput(sums: sums, rule: rule, into: &$0) }
            case .classIndex, .leafIndices, .contributions: preconditionFailure("written elsewhere")
            }
        }
    }

    private func fillClassIndices(_ column: OutputColumn, rowCount: Int) {
        if classIndices.count < rowCount { classIndices = AlignedArray(count: rowCount * 2, repeating: 0) }
        sums.withSpan { all in
            let sums = all.extracting(0..<rowCount * engine.trees.marginCount)
            classIndices.withMutableSpan { indices in
                var rows = indices._mutatingExtracting(0..<rowCount)
                engine.forestOutputs.writeClassIndices(sums: sums, into: &rows)
                column.withInt64s { names in
                    for row in rows.indices { names[row] = Int64(rows[row]) }
                }
            }
        }
    }
}
