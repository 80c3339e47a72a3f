import CVectorPrimitives
import LinuxSystem
import TreeKernels

/// Walks the trees for one row after the other; takes every forest.
///
/// It is the engine of single rows and of forests that no other engine takes. The walk is compiled for the baseline
/// only: what it consists of, dependent scalar loads, gains nothing from wider vectors, and where the compiler may use
/// gathers it becomes slower.
final class TraversalEngine: TreeEngine {
    static let name = "traversal"

    let featureCount: Int
    let marginCount: Int
    let treeCount: Int
    let instructionSet: InstructionSet
    private let columnCount: Int
    private let columnFeatures: AlignedArray<UInt32>
    private let keptEnd: Int
    private let missingHighEnd: Int
    private let tables: TraversalTables
    private let rule: MarginRule
    private let kernels: KernelTable
    /// Leaf values in the precision of sums; the other array is empty.
    private let floatValues: AlignedArray<Float>
    private let doubleValues: AlignedArray<Double>
    private let leafNumbers: [Int32]
    private let treeMargins: [Int32]

    /// Compiles a forest.
    ///
    /// - Throws: does not throw for a forest within `TreeEnsembleLimits`.
    init(_ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet) {
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        treeCount = ensemble.treeCount
        self.instructionSet = instructionSet
        columnCount = columns.count
        columnFeatures = AlignedArray(copying: columns.features.span, filler: 0)
        keptEnd = columns.keptEnd
        missingHighEnd = columns.missingHighEnd
        tables = TraversalTables(of: ensemble, columns: columns)
        rule = MarginRule(of: ensemble)
        kernels = KernelTable.forInstructionSet(instructionSet)
        treeMargins = ensemble.treeMargins
        let values: [Double]
        switch ensemble.form {
        case .nodes:
            let leaves = ensemble.features.indices.filter { ensemble.features[$0] < 0 }
            values = leaves.map { ensemble.values[$0] }
            leafNumbers = leaves.map { ensemble.leafNumbers[$0] }
        case .oblivious:
            values = ensemble.leafValues
            leafNumbers = (0..<ensemble.treeCount).flatMap { tree in
                0..<(1 << Int32(ensemble.obliviousDepth(ofTree: tree)))
            }
        }
        let isFloat = ensemble.sumPrecision == .float32
        floatValues = AlignedArray(copying: (isFloat ? values.map { Float($0) } : []).span, filler: 0)
        doubleValues = AlignedArray(copying: (isFloat ? [] : values).span, filler: 0)
    }

    func makeScratch() -> TreeScratch {
        // A leaf tests column 0, also in a forest without any column.
        TreeScratch(columnValueCount: max(columnCount, 1), treeCount: treeCount, sumCount: marginCount)
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
        check(scratch)
        for row in range {
            fillColumns(ofRow: row, rows: rows, scratch: scratch)
            if marginCount == 1 {
                margins[row] = margin(scratch)
            } else {
                findLeaves(scratch)
                addLeaves(scratch, into: &margins, at: row * marginCount)
            }
        }
    }

    func leafIndices(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(leaves.count >= rowCount * treeCount, "there is a leaf for every row and tree")
        check(scratch)
        for row in 0..<rowCount {
            fillColumns(ofRow: row, rows: rows, scratch: scratch)
            findLeaves(scratch)
            scratch.leaves.withSpan { found in
                for tree in 0..<treeCount {
                    leaves[row * treeCount + tree] = leafNumbers[Int(found[tree])]
                }
            }
        }
    }

    private func check(_ scratch: TreeScratch) {
        precondition(scratch.columns.count >= max(columnCount, 1), "the scratch was made by this engine")
        precondition(scratch.leaves.count >= treeCount, "the scratch was made by this engine")
        precondition(scratch.sums.count >= marginCount, "the scratch was made by this engine")
    }

    @inline(__always)
    private func fillColumns(ofRow row: Int, rows: Span<Float>, scratch: TreeScratch) {
        // The row lies within the span and features within the row; the scratch has room for every column.
        unsafe rows.withUnsafeBufferPointer { buffer in
            unsafe columnFeatures.withUnsafeAddress { features in
                unsafe scratch.columns.withUnsafeAddress { values in
                    guard let first = buffer.baseAddress else { return }
                    let columns = unsafe rowan_columns(
                        features: features, kept_end: keptEnd, missing_high_end: missingHighEnd, count: columnCount)
                    unsafe kernels.fillColumns(columns, first + row * featureCount, values)
                }
            }
        }
    }

    /// The only margin of the row whose columns are filled.
    @inline(__always)
    private func margin(_ scratch: TreeScratch) -> Double {
        // Tables and values belong together since `init`, and the columns are filled.
        unsafe scratch.columns.withUnsafeAddress { columns in
            switch rule.precision {
            case .float32:
                unsafe floatValues.withUnsafeAddress { values in
                    rule.margin(ofSum: unsafe sum(columns, values, start: Float(rule.starts[0])), index: 0)
                }
            case .float64:
                unsafe doubleValues.withUnsafeAddress { values in
                    rule.margin(ofSum: unsafe sum(columns, values, start: rule.starts[0]), index: 0)
                }
            }
        }
    }

    @inline(__always)
    private func sum(_ columns: UnsafePointer<Float>, _ values: UnsafePointer<Float>, start: Float) -> Float {
        switch tables.form {
        case .nodes:
            // Places are those of nodes, columns those of `EngineColumns`, leaves those of the values.
            unsafe tables.nodes.withUnsafeAddress { first in
                unsafe tables.groups.withUnsafeAddress { firstGroup in
                    unsafe walkTreesFloat(
                        nodes: first, groups: firstGroup, groupCount: tables.groups.count, columns: columns,
                        values: values,
                        start: start)
                }
            }
        case .oblivious:
            // As above.
            unsafe tables.trees.withUnsafeAddress { first in
                unsafe tables.splits.withUnsafeAddress { firstSplit in
                    unsafe answerSplitsFloat(
                        trees: first, treeCount: tables.trees.count, splits: firstSplit, columns: columns,
                        values: values,
                        start: start)
                }
            }
        }
    }

    @inline(__always)
    private func sum(_ columns: UnsafePointer<Float>, _ values: UnsafePointer<Double>, start: Double) -> Double {
        switch tables.form {
        case .nodes:
            // Places are those of nodes, columns those of `EngineColumns`, leaves those of the values.
            unsafe tables.nodes.withUnsafeAddress { first in
                unsafe tables.groups.withUnsafeAddress { firstGroup in
                    unsafe walkTreesDouble(
                        nodes: first, groups: firstGroup, groupCount: tables.groups.count, columns: columns,
                        values: values,
                        start: start)
                }
            }
        case .oblivious:
            // As above.
            unsafe tables.trees.withUnsafeAddress { first in
                unsafe tables.splits.withUnsafeAddress { firstSplit in
                    unsafe answerSplitsDouble(
                        trees: first, treeCount: tables.trees.count, splits: firstSplit, columns: columns,
                        values: values,
                        start: start)
                }
            }
        }
    }

    /// Finds the leaf of every tree for the row whose columns are filled.
    private func findLeaves(_ scratch: TreeScratch) {
        unsafe scratch.columns.withUnsafeAddress { columns in
            unsafe scratch.leaves.withUnsafeAddress { leaves in
                switch tables.form {
                case .nodes:
                    // Places are those of nodes, columns those of `EngineColumns`; there is room for every tree's leaf.
                    unsafe tables.nodes.withUnsafeAddress { first in
                        unsafe tables.groups.withUnsafeAddress { firstGroup in
                            unsafe walkTreesToLeaves(
                                nodes: first, groups: firstGroup, groupCount: tables.groups.count, columns: columns,
                                leaves: leaves)
                        }
                    }
                case .oblivious:
                    // As above.
                    unsafe tables.trees.withUnsafeAddress { first in
                        unsafe tables.splits.withUnsafeAddress { firstSplit in
                            unsafe answerSplitsToLeaves(
                                trees: first, treeCount: tables.trees.count, splits: firstSplit, columns: columns,
                                leaves: leaves)
                        }
                    }
                }
            }
        }
    }

    /// Adds the leaves found to several margins, in tree order.
    private func addLeaves(_ scratch: TreeScratch, into margins: inout MutableSpan<Double>, at first: Int) {
        for margin in 0..<marginCount { scratch.sums[margin] = rule.starts[margin] }
        for tree in 0..<treeCount {
            let margin = Int(treeMargins[tree])
            let leaf = Int(scratch.leaves[tree])
            switch rule.precision {
            // A float32 sum is kept as the double of the same value.
            case .float32: scratch.sums[margin] = Double(Float(scratch.sums[margin]) + floatValues[leaf])
            case .float64: scratch.sums[margin] += doubleValues[leaf]
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
