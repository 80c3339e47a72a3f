import CVectorPrimitives
import LinuxSystem
import Synchronization

/// Evaluates blocks of rows by bit planes: every different question of the forest once per block, then trees as
/// networks over the answers, or by handing rows down.
///
/// Fewer rows than a block pays for go one by one: by ranks, if the forest and the instruction set allow; else over
/// bytes instead of bit planes or, if the trees are sparse, by a walk. The kernels' files explain the methods.
final class BitPlaneEngine: TreeEngine {
    static let name = "bit-planes"

    var name: String { Self.name }
    let featureCount: Int
    let marginCount: Int
    let treeCount: Int
    let instructionSet: InstructionSet
    /// Serves leaf indices, and single rows of forests for which that is faster.
    private let walker: TraversalEngine
    private let kernels: KernelTable
    private let rule: MarginRule
    private let tables: BitPlaneTables
    /// Serves single rows by ranks, if the forest and the instruction set allow.
    private let rankedRows: RankedRows?
    let refusals: [EngineRefusal]
    private let columns: ColumnTables
    private let treesAreOblivious: Bool
    /// Where a block leaves the sum of each of 64 neighbouring leaf numbers.
    private let sumPositions: AlignedArray<Int32>
    private let blocksBegin: Atomic<Int>
    /// Batches, and ends of batches, below this number of rows go row by row: at first what the forest's shape
    /// suggests, later what a measurement says.
    var smallestBlockRowCount: Int {
        get { blocksBegin.load(ordering: .relaxed) }
        set { blocksBegin.store(newValue, ordering: .relaxed) }
    }
    /// Whether single rows that do not go by ranks are walked, instead of answering all questions first.
    let rowsAreWalked: Bool

    /// Compiles a forest.
    ///
    /// - Parameter smallestBlockRowCount: rows from which blocks are used; nil: what the forest's shape suggests.
    /// - Throws: what exceeds `EngineLimits`.
    init(
        _ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet,
        smallestBlockRowCount: Int? = nil
    ) throws(EngineRefusal) {
        rule = try MarginRule(ofSums: ensemble, for: Self.name)
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        treeCount = ensemble.treeCount
        self.instructionSet = instructionSet
        let kernels = KernelTable.forInstructionSet(instructionSet)
        self.kernels = kernels
        // Leaves of several values are looked up margin by margin.
        let scalar = try Self.separated(ensemble)
        do throws(EngineRefusal) {
            rankedRows = try RankedRows(ensemble, columns: columns, instructionSet: instructionSet)
            refusals = []
        } catch {
            rankedRows = nil
            // An instruction set without such kernels is no fault of the forest.
            if case .instructionSet = error.reason { refusals = [] } else { refusals = [error] }
        }
        let layout = try BitPlaneLayout(of: scalar, columns: columns, kernels: kernels, laysOutRows: rankedRows == nil)
        tables = BitPlaneTables(layout)
        walker = TraversalEngine(ensemble, columns: columns, instructionSet: instructionSet)
        self.columns = ColumnTables(columns)
        treesAreOblivious = ensemble.form == .oblivious
        let isFloat = ensemble.sumPrecision == .float32
        let positions = (0..<64).map { Int32(isFloat ? kernels.floatSumPosition($0) : kernels.doubleSumPosition($0)) }
        sumPositions = AlignedArray(copying: positions.span, filler: 0)
        let costs = EngineCosts(
            layout, rankedRows: rankedRows, of: scalar, instructionSet: instructionSet)
        blocksBegin = Atomic(smallestBlockRowCount ?? costs.smallestBlockRowCount)
        rowsAreWalked = costs.rowsAreWalked
    }

    private static func separated(_ ensemble: TreeEnsemble) throws(EngineRefusal) -> TreeEnsemble {
        if ensemble.leafWidth == 1 { return ensemble }
        let leafCount = ensemble.leafCount * ensemble.leafWidth
        guard leafCount <= EngineLimits.paddedLeafCount else {
            throw EngineRefusal(
                engine: name,
                reason: .limit(what: "leaf values", value: leafCount, limit: EngineLimits.paddedLeafCount))
        }
        return ensemble.separatedByMargin()
    }

    var tableByteCount: Int {
        walker.tableByteCount + tables.byteCount + (rankedRows?.tableByteCount ?? 0) + columns.byteCount
            + sumPositions.byteCount
    }

    func makeScratch() -> TreeScratch {
        BitPlaneScratch(of: self)
    }

    func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        if rankedRows != nil && rowCount < smallestBlockRowCount {
            evaluateRanked(rows: rows, rowCount: rowCount, scratch: scratch, margins: &margins)
            return
        }
        evaluate(
            rows: rows, rowCount: rowCount, smallestBlock: smallestBlockRowCount, scratch: scratch, margins: &margins)
    }

    /// Computes the margins of rows by ranks; apart from the blocks, whose many registers would have to be saved first.
    private func evaluateRanked(
        rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>
    ) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(margins.count >= rowCount * marginCount, "there is a margin for every row")
        guard let ranked = checked(scratch).ranked else { preconditionFailure("the engine has ranked rows") }
        // Rows of a forest without features have no values; nothing is read from the address.
        unsafe rows.withUnsafeBufferPointer { buffer in
            let first = unsafe buffer.baseAddress ?? ranked.noValues
            unsafe ranked.evaluate(first, featureCount: featureCount, 0..<rowCount, into: &margins)
        }
    }

    /// Computes the margins of rows, in blocks as long as at least so many rows are left.
    func evaluate(
        rows: Span<Float>, rowCount: Int, smallestBlock: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>
    ) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(margins.count >= rowCount * marginCount, "there is a margin for every row")
        let scratch = checked(scratch)
        // Rows of a forest without features have no values; nothing is read from the address.
        unsafe rows.withUnsafeBufferPointer { buffer in
            let first = unsafe buffer.baseAddress ?? UnsafePointer(scratch.columns.unsafeAddress)
            var row = 0
            while rowCount - row >= smallestBlock {
                let end = min(row + kernels.blockRowCapacity, rowCount)
                unsafe evaluateBlock(first, row..<end, scratch, &margins)
                row = end
            }
            if let ranked = scratch.ranked {
                unsafe ranked.evaluate(first, featureCount: featureCount, row..<rowCount, into: &margins)
                return
            }
            if rowsAreWalked && row < rowCount {
                walker.evaluate(rows: rows, range: row..<rowCount, scratch: scratch.walkerScratch, margins: &margins)
                row = rowCount
            }
            while row < rowCount {
                unsafe evaluateRow(first, row, scratch, &margins)
                row += 1
            }
        }
    }

    func leafIndices(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        let scratch = checked(scratch)
        walker.leafIndices(rows: rows, rowCount: rowCount, scratch: scratch.walkerScratch, leaves: &leaves)
    }

    /// Calls `body` with every column's feature and conditions, unless it has none.
    func forEachColumn(_ body: (_ feature: Int, _ conditions: Range<Int>) -> Void) {
        for column in 0..<columns.count {
            let conditions = Int(tables.conditionStarts[column])..<Int(tables.conditionStarts[column + 1])
            if !conditions.isEmpty { body(Int(columns.feature(of: column)), conditions) }
        }
    }

    /// The threshold of a condition.
    func threshold(_ condition: Int) -> Float { tables.thresholds[condition] }

    private func checked(_ scratch: TreeScratch) -> BitPlaneScratch {
        guard let own = scratch as? BitPlaneScratch, own.engine === self else {
            preconditionFailure("the scratch was made by this engine")
        }
        return own
    }
}

// MARK: One row

extension BitPlaneEngine {
    @inline(__always)
    private func evaluateRow(
        _ rows: UnsafePointer<Float>, _ row: Int, _ scratch: BitPlaneScratch, _ margins: inout MutableSpan<Double>
    ) {
        // The row lies within the rows, features within the row; the scratch, made by this engine, has room for the
        // columns, the answers and the sums.
        unsafe kernels.fillColumns(scratch.block.columns, rows + row &* featureCount, scratch.block.column_values)
        switch rule.precision {
        case .float32:
            let sums = unsafe scratch.row.sums.assumingMemoryBound(to: Float.self)
            for margin in 0..<marginCount { unsafe sums[margin] = Float(rule.starts[margin]) }
            unsafe kernels.evaluateRowFloat(scratch.row)
            for margin in 0..<marginCount {
                margins[row &* marginCount &+ margin] = unsafe rule.margin(ofSum: sums[margin], index: margin)
            }
        case .float64:
            let sums = unsafe scratch.row.sums.assumingMemoryBound(to: Double.self)
            for margin in 0..<marginCount { unsafe sums[margin] = rule.starts[margin] }
            unsafe kernels.evaluateRowDouble(scratch.row)
            for margin in 0..<marginCount {
                margins[row &* marginCount &+ margin] = unsafe rule.margin(ofSum: sums[margin], index: margin)
            }
        }
    }
}

// MARK: Blocks of rows

extension BitPlaneEngine {
    private func evaluateBlock(
        _ rows: UnsafePointer<Float>, _ range: Range<Int>, _ scratch: BitPlaneScratch,
        _ margins: inout MutableSpan<Double>
    ) {
        var capacity = 64
        while capacity < range.count { capacity *= 2 }
        // The range lies within the rows; the scratch, made by this engine, has room for a block of this capacity.
        unsafe scratch.block.rows = rows + range.lowerBound &* featureCount
        unsafe scratch.block.row_count = range.count
        unsafe scratch.block.row_capacity = capacity
        switch rule.precision {
        case .float32:
            let sums = unsafe scratch.block.sums.assumingMemoryBound(to: Float.self)
            unsafe fill(sums, capacity) { Float(rule.starts[$0]) }
            unsafe kernels.evaluateBlockFloat(scratch.block)
            unsafe write(sums, capacity, range, &margins) { rule.margin(ofSum: $0, index: $1) }
        case .float64:
            let sums = unsafe scratch.block.sums.assumingMemoryBound(to: Double.self)
            unsafe fill(sums, capacity) { rule.starts[$0] }
            unsafe kernels.evaluateBlockDouble(scratch.block)
            unsafe write(sums, capacity, range, &margins) { rule.margin(ofSum: $0, index: $1) }
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
        let positions = unsafe sumPositions.unsafeAddress
        for row in 0..<range.count {
            // Row 8 j + k has byte j of register k, of capacity / 8 bytes; a position is below 64.
            let byte = (row & 7) &* (capacity &>> 3) &+ row &>> 3
            let position = unsafe (byte & ~63) &+ Int(positions[byte & 63])
            for margin in 0..<marginCount {
                margins[(range.lowerBound &+ row) &* marginCount &+ margin] = unsafe finish(
                    sums[margin &* capacity &+ position], margin)
            }
        }
    }
}

// MARK: Memory of a thread

extension BitPlaneEngine {
    /// The memory of one thread, and the kernels' descriptions of it and of the engine's tables.
    @safe
    fileprivate final class BitPlaneScratch: TreeScratch {
        let walkerScratch: TreeScratch
        /// The columns of the row or block in work.
        let columns: AlignedArray<Float>
        /// One plane per condition for the block in work.
        private let planes: AlignedArray<UInt8>
        /// Planes for the ranks of all columns.
        private let rankPlanes: AlignedArray<UInt8>
        /// One byte per question for the row in work.
        private let answers: AlignedArray<UInt8>
        /// Leaf numbers of four trees for the block in work.
        private let leafNumbers: AlignedArray<UInt8>
        /// Which rows of the block in work reach the leaves and nodes of a free tree.
        private let reach: AlignedArray<UInt8>
        /// Sums of the row or block in work, as float32 or float64.
        private let sums: AlignedArray<Double>
        /// For single rows by ranks, if these serve the forest.
        let ranked: RankedRows.Scratch?
        /// Everything that the row kernel needs.
        ///
        /// Addresses are those of the arrays above and of the engine's tables, which
        /// live as long as this object.
        let row: rowan_row
        /// Everything that the block kernel needs, but for the rows.
        var block: rowan_block

        init(of engine: BitPlaneEngine) {
            let capacity = engine.kernels.blockRowCapacity
            walkerScratch = engine.walker.makeScratch()
            columns = AlignedArray(count: engine.columns.count * (capacity + 16) + 1, repeating: 0)
            // A column's last conditions may be written with what runs over them, and loads run over the last plane.
            planes = AlignedArray(count: (engine.tables.conditionCount + 18) * (capacity / 8), repeating: 0)
            rankPlanes = AlignedArray(count: (8 * engine.tables.searches.count + 36) * (capacity / 8), repeating: 0)
            answers = AlignedArray(count: (engine.tables.vectorCount + 1) * 16, repeating: 0)
            leafNumbers = AlignedArray(count: 4 * capacity + 64, repeating: 0)
            // Ones, which the first vector keeps.
            reach = AlignedArray(count: engine.tables.reachCount * capacity / 8, repeating: .max)
            sums = AlignedArray(count: engine.marginCount * capacity, repeating: 0)
            let isFloat = engine.rule.precision == .float32
            let rowLeaves =
                unsafe isFloat
                ? UnsafeRawPointer(engine.tables.rowLeavesFloat.unsafeAddress)
                : UnsafeRawPointer(engine.tables.rowLeavesDouble.unsafeAddress)
            ranked = engine.rankedRows?.makeScratch()
            unsafe row = rowan_row(
                column_values: columns.unsafeAddress, thresholds: engine.tables.vectorThresholds.unsafeAddress,
                vector_columns: engine.tables.vectorColumns.unsafeAddress, vector_count: engine.tables.vectorCount,
                answers: answers.unsafeAddress, groups: engine.tables.groups.unsafeAddress,
                group_count: engine.tables.groups.count, trees_are_oblivious: engine.treesAreOblivious ? 1 : 0,
                answer_places: engine.tables.answerPlaces.unsafeAddress, leaves: rowLeaves, sums: sums.unsafeAddress)
            unsafe block = rowan_block(
                rows: columns.unsafeAddress, feature_count: engine.featureCount, row_count: 0, row_capacity: 0,
                columns: engine.columns.kernelColumns, column_values: columns.unsafeAddress,
                condition_starts: engine.tables.conditionStarts.unsafeAddress,
                thresholds: engine.tables.thresholds.unsafeAddress, condition_count: engine.tables.conditionCount,
                searches: engine.tables.searches.unsafeAddress, search_count: engine.tables.searches.count,
                search_tables: engine.tables.searchTables.unsafeAddress, rank_planes: rankPlanes.unsafeAddress,
                planes: planes.unsafeAddress,
                groups: engine.tables.groups.unsafeAddress, group_count: engine.tables.groups.count,
                plane_offsets: engine.tables.planeOffsets.unsafeAddress,
                free_nodes: engine.tables.freeNodes.unsafeAddress, reach: reach.unsafeAddress,
                leaves: engine.tables.leaves.unsafeAddress,
                leaf_numbers: leafNumbers.unsafeAddress, sums: sums.unsafeAddress)
            super.init(of: engine)
        }
    }
}
