import LinuxSystem
import OpenInferenceProtocol
import TreeEnsembles

/// One thread's memory for the rows of a forest that it works on: kernel scratch and sums.
///
/// Its contents mean nothing between two calls.
///
/// - Isolation: one thread at a time.
final class ForestScratch {
    private let model: ForestModel
    private let trees: TreeScratch
    /// Made for the first rows that are explained: most threads explain none.
    private var contributions: ContributionScratch?
    /// rows × margins, as the engine writes them.
    private var sums: AlignedArray<Double>
    /// Class indices on their way into a BYTES column; empty where there is none.
    private var classIndices: AlignedArray<Int32>

    /// Makes the memory.
    ///
    /// - Parameter rowCapacity: rows whose evaluation allocates nothing.
    init(of model: ForestModel, rowCapacity: Int) {
        precondition(rowCapacity >= 0, "a capacity is not negative")
        self.model = model
        trees = model.trees.makeScratch()
        sums = AlignedArray(count: rowCapacity * model.trees.marginCount, repeating: 0)
        let hasTextLabels = model.columns.contains { $0.content == .classIndex }
        classIndices = AlignedArray(count: hasTextLabels ? rowCapacity : 0, repeating: 0)
    }

    /// Evaluates some of a matrix's rows and writes their outputs.
    ///
    /// - Parameter wanted: bit `i` asks for output `i`.
    /// - Parameter columns: the forest's columns, of which the wanted ones have the rows.
    /// - Parameter first: the row of the columns that belongs to the first of `rows`.
    func evaluate(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, into columns: [OutputColumn],
        from first: Int
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount, "rows outside the matrix")
        let target = first..<first + rows.count
        if wanted & model.summedOutputs != 0 { sum(matrix, rows) }
        for index in columns.indices where wanted & (1 << UInt64(index)) != 0 {
            switch model.columns[index].content {
            case .leafIndices: findLeaves(matrix, rows, into: columns[index], target)
            case .contributions: explain(matrix, rows, into: columns[index], target)
            case let content: fill(columns[index], target, with: content)
            }
        }
    }

    /// Counts rows of the last evaluation whose result is 1.
    ///
    /// Labels that were written are read; others follow from the sums.
    ///
    /// - Parameter rows: as the evaluation counted them, from 0.
    /// - Parameter labels: the forest's label column; it holds no rows if nobody wanted it.
    /// - Parameter target: the same rows of that column.
    func positiveRowCount(of rows: Range<Int>, labels: OutputColumn?, at target: Range<Int>) -> Int {
        if let labels, labels.rowCount > 0 {
            // An isolation forest's label of an anomaly is -1, of a normal row 1.
            return labels.count(rows: target, below0: model.isIsolation)
        }
        let width = model.trees.marginCount
        return sums.withSpan { all in
            let sums = all.extracting(rows.lowerBound * width..<rows.upperBound * width)
            return model.forestOutputs.positiveRowCount(sums: sums)
        }
    }

    private func sum(_ matrix: borrowing FeatureMatrix, _ rows: Range<Int>) {
        let count = rows.count * model.trees.marginCount
        if sums.count < count { sums = AlignedArray(count: count * 2, repeating: 0) }
        sums.withMutableSpan { all in
            var margins = all._mutatingExtracting(0..<count)
            if matrix.isWide {
                matrix.withWideRows { all in
                    let values = all.extracting(elements(of: rows))
                    wideTrees.evaluate(rows: values, rowCount: rows.count, scratch: trees, margins: &margins)
                }
            } else {
                matrix.withRows { all in
                    let values = all.extracting(elements(of: rows))
                    model.trees.evaluate(rows: values, rowCount: rows.count, scratch: trees, margins: &margins)
                }
            }
        }
    }

    private func findLeaves(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, into column: OutputColumn, _ target: Range<Int>
    ) {
        column.withInt32s(rows: target) { leaves in
            if matrix.isWide {
                matrix.withWideRows { all in
                    let values = all.extracting(elements(of: rows))
                    wideTrees.leafIndices(rows: values, rowCount: rows.count, scratch: trees, leaves: &leaves)
                }
            } else {
                matrix.withRows { all in
                    let values = all.extracting(elements(of: rows))
                    model.trees.leafIndices(rows: values, rowCount: rows.count, scratch: trees, leaves: &leaves)
                }
            }
        }
    }

    private func explain(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, into column: OutputColumn, _ target: Range<Int>
    ) {
        guard let evaluator = model.contributions else { preconditionFailure("the forest has an evaluator") }
        let scratch = contributions ?? evaluator.makeScratch()
        contributions = scratch
        let isDouble = column.metadata.datatype == .float64
        if matrix.isWide {
            matrix.withWideRows { all in
                let values = all.extracting(elements(of: rows))
                if isDouble {
                    column.withDoubles(rows: target) {
                        evaluator.evaluate(rows: values, rowCount: rows.count, scratch: scratch, contributions: &$0)
                    }
                } else {
                    column.withFloats(rows: target) {
                        evaluator.evaluate(rows: values, rowCount: rows.count, scratch: scratch, contributions: &$0)
                    }
                }
            }
        } else {
            matrix.withRows { all in
                let values = all.extracting(elements(of: rows))
                if isDouble {
                    column.withDoubles(rows: target) {
                        evaluator.evaluate(rows: values, rowCount: rows.count, scratch: scratch, contributions: &$0)
                    }
                } else {
                    column.withFloats(rows: target) {
                        evaluator.evaluate(rows: values, rowCount: rows.count, scratch: scratch, contributions: &$0)
                    }
                }
            }
        }
    }

    private func elements(of rows: Range<Int>) -> Range<Int> {
        rows.lowerBound * model.trees.featureCount..<rows.upperBound * model.trees.featureCount
    }

    /// The engine as one that takes rows of doubles.
    private var wideTrees: any WideTreeEngine {
        guard let wide = model.wideTrees else {
            preconditionFailure("only a forest that compares doubles is given rows of doubles")
        }
        return wide
    }

    private func fill(_ column: OutputColumn, _ rows: Range<Int>, with content: ForestColumn.Content) {
        if content == .classIndex { return fillClassIndices(column, rows) }
        let forest = model.forestOutputs
        let isDouble = column.metadata.datatype == .float64
        sums.withSpan { all in
            let sums = all.extracting(0..<rows.count * model.trees.marginCount)
            switch content {
            case .integerLabel: column.withInt64s(rows: rows) { forest.writeLabels(sums: sums, into: &$0) }
            case .probabilities where isDouble:
                column.withDoubles(rows: rows) { forest.writeProbabilities(sums: sums, into: &$0) }
            case .probabilities: column.withFloats(rows: rows) { forest.writeProbabilities(sums: sums, into: &$0) }
            case .margin where isDouble: column.withDoubles(rows: rows) { forest.writeMargins(sums: sums, into: &$0) }
            case .margin: column.withFloats(rows: rows) { forest.writeMargins(sums: sums, into: &$0) }
            case .score where isDouble: column.withDoubles(rows: rows) { forest.writeScores(sums: sums, into: &$0) }
            case .score: column.withFloats(rows: rows) { forest.writeScores(sums: sums, into: &$0) }
            case .fil(let rule):
                column.withFloats(rows: rows) { forest.writeFILOutput(sums: sums, rule: rule, into: &$0) }
            case .classIndex, .leafIndices, .contributions: preconditionFailure("written elsewhere")
            }
        }
    }

    private func fillClassIndices(_ column: OutputColumn, _ rows: Range<Int>) {
        if classIndices.count < rows.count { classIndices = AlignedArray(count: rows.count * 2, repeating: 0) }
        sums.withSpan { all in
            let sums = all.extracting(0..<rows.count * model.trees.marginCount)
            classIndices.withMutableSpan { indices in
                var classes = indices._mutatingExtracting(0..<rows.count)
                model.forestOutputs.writeClassIndices(sums: sums, into: &classes)
                column.withInt64s(rows: rows) { names in
                    for row in classes.indices { names[row] = Int64(classes[row]) }
                }
            }
        }
    }
}
