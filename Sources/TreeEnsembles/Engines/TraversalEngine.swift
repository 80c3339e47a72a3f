import CVectorPrimitives
import LinuxSystem
import TreeKernels

/// Walks the trees; takes every forest.
///
/// Of a forest whose leaves have linear functions it gives the leaves, not the margins: see `LinearLeafEngine`.
///
/// It is the engine of forests that no other engine takes. A row goes down eight trees at a time. Of eight rows and
/// more, each eight go down one tree after the other, where trees are made of nodes and leaves are summed. The walk is
/// compiled for the baseline only: what it consists of, dependent scalar loads, gains nothing from wider vectors.
final class TraversalEngine: TreeEngine {
    static let name = "traversal"

    var name: String { Self.name }
    let featureCount: Int
    let marginCount: Int
    let treeCount: Int
    let instructionSet: InstructionSet
    let columns: ColumnTables
    let tables: TraversalTables
    let rule: MarginRule
    let kernels: KernelTable
    /// Leaf values in the precision of sums; the other array is empty.
    let floatValues: AlignedArray<Float>
    let doubleValues: AlignedArray<Double>
    private let leafNumbers: [Int32]
    let treeMargins: [Int32]
    /// Values of a leaf; with more than one, a leaf's values stand together in the arrays above.
    let leafWidth: Int
    /// Rows that go down the trees together, a multiple of eight; 0 if they go one by one.
    let blockRowCapacity: Int

    /// Compiles a forest.
    init(_ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet) {
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        treeCount = ensemble.treeCount
        self.instructionSet = instructionSet
        self.columns = ColumnTables(columns)
        tables = TraversalTables(of: ensemble, columns: columns)
        rule = MarginRule(of: ensemble)
        kernels = KernelTable.forInstructionSet(instructionSet)
        treeMargins = ensemble.treeMargins
        leafWidth = ensemble.leafWidth
        // Blocks add leaves up.
        let hasBlocks = ensemble.form == .nodes && rule.isSum
        blockRowCapacity = hasBlocks ? Self.blockRowCapacity(columnCount: columns.count) : 0
        let values: [Double]
        switch ensemble.form {
        case .nodes:
            let leaves = ensemble.features.indices.filter { ensemble.features[$0] < 0 }
            values = leafWidth > 1 ? ensemble.leafVectors : leaves.map { ensemble.values[$0] }
            leafNumbers = leaves.map { ensemble.leafNumbers[$0] }
        case .oblivious:
            values = leafWidth > 1 ? ensemble.leafVectors : ensemble.leafValues
            leafNumbers = (0..<ensemble.treeCount).flatMap { tree in
                0..<(1 << Int32(ensemble.obliviousDepth(ofTree: tree)))
            }
        }
        let isFloat = ensemble.sumPrecision == .float32
        floatValues = AlignedArray(copying: (isFloat ? values.map { Float($0) } : []).span, filler: 0)
        doubleValues = AlignedArray(copying: (isFloat ? [] : values).span, filler: 0)
    }

    var tableByteCount: Int {
        columns.byteCount + tables.byteCount + floatValues.byteCount + doubleValues.byteCount + leafNumbers.byteCount
            + treeMargins.byteCount
    }

    /// There is one way for each number of rows.
    func calibrate(clock: () -> Int64) {}

    func makeScratch() -> TreeScratch {
        TraversalScratch(of: self)
    }

    func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(margins.count >= rowCount * marginCount, "there is a margin for every row")
        evaluate(rows: rows, range: 0..<rowCount, scratch: scratch, margins: &margins)
    }

    /// Computes the margins of some of the rows.
    ///
    /// - Precondition: the range lies within the rows and the margins.
    func evaluate(rows: Span<Float>, range: Range<Int>, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        precondition(rows.count >= range.upperBound * featureCount, "rows are featureCount values each")
        let scratch = checked(scratch)
        let blocksEnd = evaluateBlocks(rows: rows, range: range, scratch: scratch, margins: &margins)
        for row in blocksEnd..<range.upperBound {
            fillColumns(ofRow: row, rows: rows, scratch: scratch)
            if marginCount == 1 && rule.isSum {
                margins[row] = margin(scratch)
            } else {
                findLeaves(scratch)
                combineLeaves(scratch, into: &margins, at: row * marginCount)
            }
        }
    }

    func leafIndices(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(leaves.count >= rowCount * treeCount, "there is a leaf for every row and tree")
        let scratch = checked(scratch)
        for row in 0..<rowCount {
            fillColumns(ofRow: row, rows: rows, scratch: scratch)
            findLeaves(scratch)
            for tree in 0..<treeCount {
                leaves[row * treeCount + tree] = leafNumbers[Int(scratch.leaves[tree])]
            }
        }
    }

    private func checked(_ scratch: TreeScratch) -> TraversalScratch {
        guard let own = scratch as? TraversalScratch, own.engine === self else {
            preconditionFailure("the scratch was made by this engine")
        }
        return own
    }

    @inline(__always)
    private func fillColumns(ofRow row: Int, rows: Span<Float>, scratch: TraversalScratch) {
        // The row lies within the span and features within the row; the scratch has room for every column.
        unsafe rows.withUnsafeBufferPointer { buffer in
            guard let first = buffer.baseAddress else { return }
            unsafe kernels.fillColumns(columns.kernelColumns, first + row * featureCount, scratch.columns.unsafeAddress)
        }
    }

    /// The only margin of the row whose columns are filled.
    @inline(__always)
    private func margin(_ scratch: TraversalScratch) -> Double {
        // Places are those of nodes, columns those of `EngineColumns`, leaves those of the values, all since `init`.
        let columns = unsafe UnsafePointer(scratch.columns.unsafeAddress)
        switch (rule.precision, tables.form) {
        case (.float32, .nodes):
            let sum = unsafe walkTreesFloat(
                nodes: tables.nodes.unsafeAddress, groups: tables.groups.unsafeAddress,
                groupCount: tables.groups.count, columns: columns, values: floatValues.unsafeAddress,
                start: Float(rule.starts[0]))
            return rule.margin(ofSum: sum, index: 0)
        case (.float64, .nodes):
            let sum = unsafe walkTreesDouble(
                nodes: tables.nodes.unsafeAddress, groups: tables.groups.unsafeAddress,
                groupCount: tables.groups.count, columns: columns, values: doubleValues.unsafeAddress,
                start: rule.starts[0])
            return rule.margin(ofSum: sum, index: 0)
        case (.float32, .oblivious):
            let sum = unsafe answerSplitsFloat(
                trees: tables.trees.unsafeAddress, treeCount: treeCount, splits: tables.splits.unsafeAddress,
                columns: columns, values: floatValues.unsafeAddress, start: Float(rule.starts[0]))
            return rule.margin(ofSum: sum, index: 0)
        case (.float64, .oblivious):
            let sum = unsafe answerSplitsDouble(
                trees: tables.trees.unsafeAddress, treeCount: treeCount, splits: tables.splits.unsafeAddress,
                columns: columns, values: doubleValues.unsafeAddress, start: rule.starts[0])
            return rule.margin(ofSum: sum, index: 0)
        }
    }

    /// Finds the leaf of every tree for the row whose columns are filled.
    private func findLeaves(_ scratch: TraversalScratch) {
        // As in `margin`; there is room for every tree's leaf.
        let columns = unsafe UnsafePointer(scratch.columns.unsafeAddress)
        switch tables.form {
        case .nodes:
            unsafe walkTreesToLeaves(
                nodes: tables.nodes.unsafeAddress, groups: tables.groups.unsafeAddress,
                groupCount: tables.groups.count, columns: columns, leaves: scratch.leaves.unsafeAddress)
        case .oblivious:
            unsafe answerSplitsToLeaves(
                trees: tables.trees.unsafeAddress, treeCount: treeCount, splits: tables.splits.unsafeAddress,
                columns: columns, leaves: scratch.leaves.unsafeAddress)
        }
    }

    /// Puts the leaves found together to margins, in tree order.
    private func combineLeaves(_ scratch: TraversalScratch, into margins: inout MutableSpan<Double>, at first: Int) {
        for margin in 0..<marginCount { scratch.sums[margin] = rule.starts[margin] }
        for tree in 0..<treeCount {
            let firstMargin = Int(treeMargins[tree])
            let firstValue = Int(scratch.leaves[tree]) * leafWidth
            for index in 0..<leafWidth {
                let margin = firstMargin + index
                let sum = scratch.sums[margin]
                switch (rule.precision, rule.isSum) {
                // A float32 sum is kept as the double of the same value.
                case (.float32, true): scratch.sums[margin] = Double(Float(sum) + floatValues[firstValue + index])
                case (.float64, true): scratch.sums[margin] = sum + doubleValues[firstValue + index]
                case (.float32, false):
                    scratch.sums[margin] = rule.combined(sum, with: Double(floatValues[firstValue + index]))
                case (.float64, false):
                    scratch.sums[margin] = rule.combined(sum, with: doubleValues[firstValue + index])
                }
            }
        }
        for margin in 0..<marginCount {
            margins[first + margin] =
                switch rule.precision {
                case .float32: rule.margin(ofSum: Float(scratch.sums[margin]), index: margin)
                case .float64: rule.margin(ofSum: scratch.sums[margin], index: margin)
                }
        }
    }
}
