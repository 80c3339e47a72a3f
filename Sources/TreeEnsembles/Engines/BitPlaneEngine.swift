import CVectorPrimitives
import LinuxSystem

/// Evaluates blocks of rows by bit planes: every different question of the forest once per block, then trees as
/// networks over the answers.
///
/// Fewer rows than a block pays for are walked by a `TraversalEngine`. The kernels' files explain the method.
final class BitPlaneEngine: TreeEngine {
    static let name = "bit-planes"

    let featureCount: Int
    let marginCount: Int
    let treeCount: Int
    let instructionSet: InstructionSet
    private let walker: TraversalEngine
    private let kernels: KernelTable
    private let rule: MarginRule
    private let tables: BitPlaneTables
    private let columnCount: Int
    private let columnFeatures: AlignedArray<UInt32>
    private let keptEnd: Int
    private let missingHighEnd: Int
    private let treesAreOblivious: Bool
    /// Where a block leaves the sum of each of 64 neighbouring leaf numbers.
    private let sumPositions: AlignedArray<Int32>
    /// Batches, and ends of batches, below this number of rows are walked.
    let smallestBlockRowCount: Int

    /// Compiles a forest.
    ///
    /// - Throws: what exceeds `EngineLimits`.
    init(_ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet) throws(EngineRefusal) {
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        treeCount = ensemble.treeCount
        self.instructionSet = instructionSet
        let kernels = KernelTable.forInstructionSet(instructionSet)
        self.kernels = kernels
        rule = MarginRule(of: ensemble)
        let layout = try BitPlaneLayout(of: ensemble, columns: columns, kernels: kernels)
        tables = BitPlaneTables(layout)
        walker = TraversalEngine(ensemble, columns: columns, instructionSet: instructionSet)
        columnCount = columns.count
        columnFeatures = AlignedArray(copying: columns.features.span, filler: 0)
        keptEnd = columns.keptEnd
        missingHighEnd = columns.missingHighEnd
        treesAreOblivious = ensemble.form == .oblivious
        let isFloat = ensemble.sumPrecision == .float32
        let positions = (0..<64).map { Int32(isFloat ? kernels.floatSumPosition($0) : kernels.doubleSumPosition($0)) }
        sumPositions = AlignedArray(copying: positions.span, filler: 0)
        smallestBlockRowCount = 16
    }

    func makeScratch() -> TreeScratch {
        let capacity = kernels.blockRowCapacity
        return TreeScratch(
            columnValueCount: columnCount * (capacity + 16) + 1, treeCount: treeCount, sumCount: marginCount * capacity,
            planeByteCount: (tables.conditionCount + 1) * (capacity / 8), leafNumberCount: 4 * capacity + 64)
    }

    func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(margins.count >= rowCount * marginCount, "there is a margin for every row")
        check(scratch)
        var first = 0
        while rowCount - first >= smallestBlockRowCount {
            let end = min(first + kernels.blockRowCapacity, rowCount)
            evaluateBlock(rows: rows, range: first..<end, scratch: scratch, margins: &margins)
            first = end
        }
        walker.evaluate(rows: rows, range: first..<rowCount, scratch: scratch, margins: &margins)
    }

    func leafIndices(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        walker.leafIndices(rows: rows, rowCount: rowCount, scratch: scratch, leaves: &leaves)
    }

    private func check(_ scratch: TreeScratch) {
        let capacity = kernels.blockRowCapacity
        precondition(scratch.columns.count >= columnCount * (capacity + 16), "the scratch was made by this engine")
        precondition(scratch.sums.count >= marginCount * capacity, "the scratch was made by this engine")
        precondition(
            scratch.planes.count >= (tables.conditionCount + 1) * (capacity / 8), "the scratch was made by this engine")
        precondition(scratch.leafNumbers.count >= 4 * capacity + 64, "the scratch was made by this engine")
    }

    private func evaluateBlock(
        rows: Span<Float>, range: Range<Int>, scratch: TreeScratch, margins: inout MutableSpan<Double>
    ) {
        var capacity = 64
        while capacity < range.count { capacity *= 2 }
        // `check` has seen that the scratch has room for a block of this engine, and the range lies within the rows.
        unsafe scratch.sums.withUnsafeAddress { sums in
            switch rule.precision {
            case .float32:
                let floats = unsafe UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Float.self)
                unsafe fill(floats, capacity) { Float(rule.starts[$0]) }
                unsafe withBlock(rows, range, capacity, scratch, sums) { unsafe kernels.evaluateBlockFloat($0) }
                unsafe write(floats, capacity, range, &margins) { rule.margin(ofSum: $0, index: $1) }
            case .float64:
                unsafe fill(sums, capacity) { rule.starts[$0] }
                unsafe withBlock(rows, range, capacity, scratch, sums) { unsafe kernels.evaluateBlockDouble($0) }
                unsafe write(sums, capacity, range, &margins) { rule.margin(ofSum: $0, index: $1) }
            }
        }
    }

    @inline(__always)
    private func fill<Sum>(_ sums: UnsafeMutablePointer<Sum>, _ capacity: Int, _ start: (Int) -> Sum) {
        for margin in 0..<marginCount {
            let value = start(margin)
            for row in 0..<capacity {
                // The scratch has room for a block's sums.
                unsafe sums[margin &* capacity &+ row] = value
            }
        }
    }

    /// Makes margins of a block's sums, which the kernel left in its own order.
    @inline(__always)
    private func write<Sum>(
        _ sums: UnsafePointer<Sum>, _ capacity: Int, _ range: Range<Int>, _ margins: inout MutableSpan<Double>,
        _ finish: (Sum, Int) -> Double
    ) {
        for row in 0..<range.count {
            // Row 8 j + k has byte j of vector k, of which capacity / 8 bytes are kept.
            let byte = (row & 7) &* (capacity / 8) &+ row / 8
            let position = (byte & ~63) &+ Int(sumPositions[byte & 63])
            for margin in 0..<marginCount {
                // The position is below the capacity.
                margins[(range.lowerBound &+ row) &* marginCount &+ margin] = finish(
                    unsafe sums[margin &* capacity &+ position], margin)
            }
        }
    }

    /// Calls a block kernel.
    @inline(__always)
    private func withBlock(
        _ rows: Span<Float>, _ range: Range<Int>, _ capacity: Int, _ scratch: TreeScratch,
        _ sums: UnsafeMutablePointer<Double>, _ body: (borrowing rowan_block) -> Void
    ) {
        // Every table is as long as the others say since `init`; the scratch was checked; rows of the range exist.
        unsafe rows.withUnsafeBufferPointer { rowBuffer in
            unsafe columnFeatures.withUnsafeAddress { features in
                unsafe tables.conditionStarts.withUnsafeAddress { starts in
                    unsafe tables.thresholds.withUnsafeAddress { thresholds in
                        unsafe tables.groups.withUnsafeAddress { groups in
                            unsafe tables.planeOffsets.withUnsafeAddress { offsets in
                                unsafe tables.leaves.withUnsafeAddress { leaves in
                                    unsafe scratch.columns.withUnsafeAddress { columns in
                                        unsafe scratch.planes.withUnsafeAddress { planes in
                                            unsafe scratch.leafNumbers.withUnsafeAddress { leafNumbers in
                                                // A forest without features has rows without values.
                                                let first = unsafe rowBuffer.baseAddress ?? UnsafePointer(columns)
                                                let block = unsafe rowan_block(
                                                    rows: first + range.lowerBound * featureCount,
                                                    feature_count: featureCount, row_count: range.count,
                                                    row_capacity: capacity,
                                                    columns: rowan_columns(
                                                        features: features, kept_end: keptEnd,
                                                        missing_high_end: missingHighEnd, count: columnCount),
                                                    column_values: columns, condition_starts: starts,
                                                    thresholds: thresholds, planes: planes, groups: groups,
                                                    group_count: tables.groups.count,
                                                    trees_are_oblivious: treesAreOblivious ? 1 : 0,
                                                    plane_offsets: offsets, leaves: leaves,
                                                    leaf_numbers: leafNumbers, sums: sums)
                                                unsafe body(block)
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
