import LinuxSystem
import OpenInferenceProtocol
import TreeEnsembles

/// One thread's memory for the rows of a forest that it works on: kernel scratch and sums.
///
/// Its contents mean nothing between two calls.
///
/// - Isolation: one thread at a time.
final class ForestScratch {
    private let engine: ForestEngine
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
    init(of engine: ForestEngine, rowCapacity: Int) {
        precondition(rowCapacity >= 0, "a capacity is not negative")
        self.engine = engine
        trees = engine.trees.makeScratch()
        sums = AlignedArray(count: rowCapacity * engine.trees.marginCount, repeating: 0)
        let hasTextLabels = engine.columns.contains { $0.content == .classIndex }
        classIndices = AlignedArray(count: hasTextLabels ? rowCapacity : 0, repeating: 0)
    }

    /// Evaluates some of a matrix's rows and writes their outputs.
    ///
    /// - Parameter wanted: bit `i` asks for output `i`.
    /// - Parameter columns: the engine's columns, of which the wanted ones have the rows.
    /// - Parameter first: the row of the columns that belongs to the first of `rows`.
    func evaluate(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, into columns: [OutputColumn],
        from first: Int
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount, "rows outside the matrix")
        let target = first..<first + rows.count
        if wanted & engine.summedOutputs != 0 { sum(matrix, rows) }
        for index in columns.indices where wanted & (1 << UInt64(index)) != 0 {
            switch engine.columns[index].content {
            case .leafIndices: findLeaves(matrix, rows, into: columns[index], target)
            case .contributions: explain(matrix, rows, into: columns[index], target)
            case let content: fill(columns[index], target, with: content)
            }
        }
    }

    private func sum(_ matrix: borrowing FeatureMatrix, _ rows: Range<Int>) {
        let count = rows.count * engine.trees.marginCount
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
                    engine.trees.evaluate(rows: values, rowCount: rows.count, scratch: trees, margins: &margins)
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
                    engine.trees.leafIndices(rows: values, rowCount: rows.count, scratch: trees, leaves: &leaves)
                }
            }
        }
    }

    private func explain(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, into column: OutputColumn, _ target: Range<Int>
    ) {
        guard let evaluator = engine.contributions else { preconditionFailure("the engine has an evaluator") }
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
        rows.lowerBound * engine.trees.featureCount..<rows.upperBound * engine.trees.featureCount
    }

    /// The engine as one that takes rows of doubles.
    private var wideTrees: any WideTreeEngine {
        guard let wide = engine.wideTrees else {
            preconditionFailure("only a forest that compares doubles is given rows of doubles")
        }
        return wide
    }

    private func fill(_ column: OutputColumn, _ rows: Range<Int>, with content: ForestColumn.Content) {
        if content == .classIndex { return fillClassIndices(column, rows) }
        let forest = engine.forestOutputs
        let isDouble = column.metadata.datatype == .float64
        sums.withSpan { all in
            let sums = all.extracting(0..<rows.count * engine.trees.marginCount)
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
            let sums = all.extracting(0..<rows.count * engine.trees.marginCount)
            classIndices.withMutableSpan { indices in
                var classes = indices._mutatingExtracting(0..<rows.count)
                engine.forestOutputs.writeClassIndices(sums: sums, into: &classes)
                column.withInt64s(rows: rows) { names in
                    for row in classes.indices { names[row] = Int64(classes[row]) }
                }
            }
        }
    }
}
