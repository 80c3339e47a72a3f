import LinuxSystem
import TreeEnsembles

/// Calls over the same rows, and the results of the last ones.
final class RowCalls {
    private typealias Evaluation<Value> = (Span<Value>, Int, inout MutableSpan<Double>) -> Void

    let rowCount: Int
    private let featureCount: Int
    private let elementsPerRow: Int
    /// The rows in arrays of their own, because a call of a single row would notice what an enumeration costs; one of
    /// the two is empty.
    private let floats: AlignedArray<Float>
    private let doubles: AlignedArray<Double>
    private let evaluateFloats: Evaluation<Float>
    /// Nil for rows of float32.
    private let evaluateDoubles: Evaluation<Double>?
    /// Written by calls.
    private var results: AlignedArray<Double>
    /// Those of the first batch size.
    private var expected: [Double] = []

    convenience init(of engine: any TreeEngine, on rows: ForestRows) {
        precondition(engine.featureCount == rows.featureCount, "rows have the forest's features")
        // As a server does with every model that it serves.
        let clock = ThreadProcessorClock()
        engine.calibrate { clock.now().count }
        let scratch = engine.makeScratch()
        let wide = engine as? any WideTreeEngine
        self.init(
            rows, elementsPerRow: engine.marginCount,
            floats: { engine.evaluate(rows: $0, rowCount: $1, scratch: scratch, margins: &$2) },
            doubles: wide.map { wide in { wide.evaluate(rows: $0, rowCount: $1, scratch: scratch, margins: &$2) } })
    }

    convenience init(of evaluator: ContributionEvaluator, on rows: ForestRows) {
        precondition(evaluator.featureCount == rows.featureCount, "rows have the forest's features")
        let scratch = evaluator.makeScratch()
        // As float32, which explanations are served as unless a model's configuration says otherwise.
        let narrow = NarrowResults(count: rows.rowCount * evaluator.rowElementCount)
        self.init(
            rows, elementsPerRow: evaluator.rowElementCount,
            floats: { rows, rowCount, results in
                narrow.fill(&results) {
                    evaluator.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, contributions: &$0)
                }
            },
            doubles: { rows, rowCount, results in
                narrow.fill(&results) {
                    evaluator.evaluate(rows: rows, rowCount: rowCount, scratch: scratch, contributions: &$0)
                }
            })
    }

    /// Results of one call as float32.
    private final class NarrowResults {
        private var values: AlignedArray<Float>

        init(count: Int) { values = AlignedArray(count: count, repeating: .nan) }

        /// Lets a call write float32, and widens what it has written.
        func fill(_ results: inout MutableSpan<Double>, _ call: (inout MutableSpan<Float>) -> Void) {
            values.withMutableSpan { call(&$0) }
            for index in results.indices { results[index] = Double(values[index]) }
        }
    }

    private init(
        _ rows: ForestRows, elementsPerRow: Int, floats evaluateFloats: @escaping Evaluation<Float>,
        doubles evaluateDoubles: Evaluation<Double>?
    ) {
        rowCount = rows.rowCount
        featureCount = rows.featureCount
        self.elementsPerRow = elementsPerRow
        self.evaluateFloats = evaluateFloats
        results = AlignedArray(count: rows.rowCount * elementsPerRow, repeating: .nan)
        switch rows.values {
        case .float32(let values):
            self.evaluateDoubles = nil
            floats = AlignedArray(copying: values.span, filler: 0)
            doubles = AlignedArray(count: 0, repeating: 0)
        case .float64(let values):
            precondition(evaluateDoubles != nil, "a forest that compares doubles is given rows of doubles")
            self.evaluateDoubles = evaluateDoubles
            floats = AlignedArray(count: 0, repeating: 0)
            doubles = AlignedArray(copying: values.span, filler: 0)
        }
    }

    /// Evaluates the rows of one call; the last call may have fewer than the others.
    func call(_ index: Int, rowsPerCall: Int) {
        let first = index * rowsPerCall
        let end = min(first + rowsPerCall, rowCount)
        let values = first * featureCount..<end * featureCount
        results.withMutableSpan { all in
            var part = all._mutatingExtracting(first * elementsPerRow..<end * elementsPerRow)
            if let evaluateDoubles {
                doubles.withSpan { rows in evaluateDoubles(rows.extracting(values), end - first, &part) }
            } else {
                floats.withSpan { rows in evaluateFloats(rows.extracting(values), end - first, &part) }
            }
        }
    }

    /// Checks that the first rows have the results that they had at the batch sizes before, and forgets them.
    func compareResults(rowCount: Int) {
        for index in 0..<rowCount * elementsPerRow {
            if index == expected.count {
                expected.append(results[index])
            } else {
                precondition(
                    expected[index].bitPattern == results[index].bitPattern,
                    "a row's results do not depend on the rows beside it")
            }
            results[index] = .nan
        }
    }

    /// The results of the first rows.
    func results(rowCount: Int) -> [Double] {
        Array(expected.prefix(rowCount * elementsPerRow))
    }
}
