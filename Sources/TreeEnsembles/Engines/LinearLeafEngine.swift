import LinuxSystem

/// Adds up the linear functions of the leaves that another engine finds.
///
/// It stands in front of an engine that takes rows of doubles. What it computes is a few multiplications for each row
/// and tree, in the trainer's order and precision; the walk to the leaves costs as much or more.
final class LinearLeafEngine: WideTreeEngine {
    /// The name of the engine that finds the leaves.
    var name: String { engine.name }
    var featureCount: Int { engine.featureCount }
    var marginCount: Int { engine.marginCount }
    var treeCount: Int { engine.treeCount }
    var instructionSet: InstructionSet { engine.instructionSet }
    private let engine: any WideTreeEngine
    private let functions: LinearLeaves
    /// Values of leaves, in the forest's order.
    private let values: [Double]
    /// The leaf of a number of a tree, behind the first one of the tree.
    private let leafOfNumber: [Int32]
    private let firstNumbers: [Int]
    private let treeMargins: [Int32]
    private let rule: MarginRule
    /// Rows whose leaves are found at a time.
    private let chunkRowCount: Int

    /// Bytes of leaf numbers that stay in the first caches until they are read.
    private static let chunkByteCount = 1 << 16

    /// - Parameter engine: an engine of the same forest.
    /// - Precondition: the forest's leaves have functions.
    init(_ engine: any WideTreeEngine, of ensemble: TreeEnsemble) {
        guard let functions = ensemble.linearLeaves, ensemble.sumPrecision == .float64 else {
            preconditionFailure("leaves have linear functions of doubles")
        }
        precondition(
            engine.featureCount == ensemble.featureCount && engine.treeCount == ensemble.treeCount,
            "the engine is of the same forest")
        self.engine = engine
        self.functions = functions
        treeMargins = ensemble.treeMargins
        rule = MarginRule(of: ensemble)
        chunkRowCount = max(1, min(64, Self.chunkByteCount / (4 * max(ensemble.treeCount, 1))))
        var values: [Double] = []
        var leafOfNumber: [Int32] = []
        var firstNumbers: [Int] = []
        for tree in 0..<ensemble.treeCount {
            firstNumbers.append(leafOfNumber.count)
            for node in Int(ensemble.treeStarts[tree])..<Int(ensemble.treeStarts[tree + 1])
            where ensemble.features[node] < 0 {
                let place = firstNumbers[tree] + Int(ensemble.leafNumbers[node])
                if place >= leafOfNumber.count {
                    leafOfNumber += Array(repeating: -1, count: place + 1 - leafOfNumber.count)
                }
                leafOfNumber[place] = Int32(values.count)
                values.append(ensemble.values[node])
            }
        }
        self.values = values
        self.leafOfNumber = leafOfNumber
        self.firstNumbers = firstNumbers
    }

    var tableByteCount: Int {
        engine.tableByteCount + functions.byteCount + values.byteCount + leafOfNumber.byteCount
            + firstNumbers.byteCount + treeMargins.byteCount
    }

    func calibrate(clock: () -> Int64) { engine.calibrate(clock: clock) }

    func makeScratch() -> TreeScratch {
        LinearLeafScratch(of: self, engine: engine, numberCount: chunkRowCount * treeCount)
    }

    func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        let scratch = checked(scratch)
        forEachChunk(rowCount, valueCount: rows.count, marginCount: margins.count) { chunk in
            let part = rows.extracting((chunk.lowerBound * featureCount)...)
            scratch.numbers.withMutableSpan { numbers in
                engine.leafIndices(rows: part, rowCount: chunk.count, scratch: scratch.inner, leaves: &numbers)
            }
            scratch.numbers.withSpan { numbers in add(numbers, part, chunk, into: &margins) { Double($0) } }
        }
    }

    func evaluate(rows: Span<Double>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        let scratch = checked(scratch)
        forEachChunk(rowCount, valueCount: rows.count, marginCount: margins.count) { chunk in
            let part = rows.extracting((chunk.lowerBound * featureCount)...)
            scratch.numbers.withMutableSpan { numbers in
                engine.leafIndices(rows: part, rowCount: chunk.count, scratch: scratch.inner, leaves: &numbers)
            }
            scratch.numbers.withSpan { numbers in add(numbers, part, chunk, into: &margins) { $0 } }
        }
    }

    func leafIndices(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        engine.leafIndices(rows: rows, rowCount: rowCount, scratch: checked(scratch).inner, leaves: &leaves)
    }

    func leafIndices(rows: Span<Double>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        engine.leafIndices(rows: rows, rowCount: rowCount, scratch: checked(scratch).inner, leaves: &leaves)
    }

    /// Calls `body` with ranges of rows that fit the scratch.
    private func forEachChunk(_ rowCount: Int, valueCount: Int, marginCount: Int, _ body: (Range<Int>) -> Void) {
        precondition(rowCount >= 0 && valueCount >= rowCount * featureCount, "rows are featureCount values each")
        precondition(marginCount >= rowCount * self.marginCount, "there is a margin for every row")
        for first in stride(from: 0, to: rowCount, by: chunkRowCount) {
            body(first..<min(first + chunkRowCount, rowCount))
        }
    }

    /// Computes the margins of a chunk whose leaves are known by their trees' numbers.
    @inline(__always)
    private func add<Value>(
        _ numbers: Span<Int32>, _ rows: Span<Value>, _ chunk: Range<Int>, into margins: inout MutableSpan<Double>,
        _ wide: (Value) -> Double
    ) {
        for row in 0..<chunk.count {
            let first = (chunk.lowerBound + row) * marginCount
            for margin in 0..<marginCount { margins[first + margin] = rule.starts[margin] }
            for tree in 0..<treeCount {
                let leaf = Int(leafOfNumber[firstNumbers[tree] + Int(numbers[row * treeCount + tree])])
                margins[first + Int(treeMargins[tree])] += value(ofLeaf: leaf, rows, row * featureCount, wide)
            }
            for margin in 0..<marginCount {
                margins[first + margin] = rule.margin(ofSum: margins[first + margin], index: margin)
            }
        }
    }

    @inline(__always)
    private func value<Value>(
        ofLeaf leaf: Int, _ rows: Span<Value>, _ firstValue: Int, _ wide: (Value) -> Double
    ) -> Double {
        var sum = functions.constants[leaf]
        for term in Int(functions.starts[leaf])..<Int(functions.starts[leaf + 1]) {
            let value = wide(rows[firstValue + Int(functions.features[term])])
            if value.isNaN { return values[leaf] }
            sum += functions.coefficients[term] * (abs(value) <= Double(RowTranslation.zeroDistance) ? 0 : value)
        }
        return sum
    }

    private func checked(_ scratch: TreeScratch) -> LinearLeafScratch {
        guard let own = scratch as? LinearLeafScratch, own.engine === self else {
            preconditionFailure("the scratch was made by this engine")
        }
        return own
    }
}

/// The memory of one thread that adds linear functions up.
private final class LinearLeafScratch: TreeScratch {
    let inner: TreeScratch
    /// Leaf numbers of the chunk in work.
    var numbers: AlignedArray<Int32>

    init(of engine: LinearLeafEngine, engine inner: any WideTreeEngine, numberCount: Int) {
        self.inner = inner.makeScratch()
        numbers = AlignedArray(count: numberCount, repeating: 0)
        super.init(of: engine)
    }
}
