import CVectorPrimitives
import LinuxSystem

/// A forest that is evaluated row by row by ranks; see the kernels' files for the method.
///
/// It serves the single rows of the engines that have one.
@safe
final class RankedRows: Sendable {
    private let tables: RankedRowTables
    private let rule: MarginRule
    private let marginCount: Int

    private let evaluateFloat: KernelTable.EvaluateRankedRow
    private let evaluateDouble: KernelTable.EvaluateRankedRow

    /// Lays out a forest.
    ///
    /// - Throws: if the instruction set has no such kernel or the forest is not of its kind.
    init(
        _ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet
    ) throws(EngineRefusal) {
        let kernels = KernelTable.forInstructionSet(instructionSet)
        // Keeps the functions; `evaluate` calls them.
        guard let ranked = kernels.rankedRow else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .instructionSet(instructionSet))
        }
        rule = MarginRule(of: ensemble)
        marginCount = ensemble.marginCount
        guard rule.isSum else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .kind(what: "the least or greatest leaf"))
        }
        guard ensemble.linearLeaves == nil else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .kind(what: "leaves that are linear functions"))
        }
        let layout = try RankedRowLayout(of: ensemble, columns: columns, laneCount: ranked.laneCount)
        unsafe evaluateFloat = ranked.evaluateFloat
        unsafe evaluateDouble = ranked.evaluateDouble
        tables = RankedRowTables(layout, of: ensemble)
    }

    /// Features that the forest compares.
    var columnCount: Int { tables.columnCount }
    /// Words of 64 answers that every row takes; none of a forest in blocks.
    var answerWordCount: Int { tables.answerWordCount }

    var tableByteCount: Int { tables.byteCount }

    func makeScratch() -> Scratch { Scratch(for: self) }

    /// Computes the margins of one row, the first of them at an index.
    ///
    /// - Precondition: there is a value for every feature of the forest and a place for every margin; the scratch was
    ///   made here.
    @inline(__always)
    func evaluate(
        _ values: UnsafePointer<Float>, _ scratch: Scratch, into margins: inout MutableSpan<Double>, at first: Int
    ) {
        // Features lie within the row; the scratch has room for what the kernel writes, its sums among that.
        switch rule.precision {
        case .float32:
            let sums = unsafe scratch.row.sums.assumingMemoryBound(to: Float.self)
            for margin in 0..<marginCount { unsafe sums[margin] = Float(rule.starts[margin]) }
            unsafe evaluateFloat(scratch.row, values)
            for margin in 0..<marginCount {
                margins[first + margin] = unsafe rule.margin(ofSum: sums[margin], index: margin)
            }
        case .float64:
            let sums = unsafe scratch.row.sums.assumingMemoryBound(to: Double.self)
            for margin in 0..<marginCount { unsafe sums[margin] = rule.starts[margin] }
            unsafe evaluateDouble(scratch.row, values)
            for margin in 0..<marginCount {
                margins[first + margin] = unsafe rule.margin(ofSum: sums[margin], index: margin)
            }
        }
    }
}

extension RankedRows {
    /// The memory of one thread, and the kernel's description of it and of the tables.
    @safe
    final class Scratch {
        /// Kept, because the description holds addresses of its tables.
        private let owner: RankedRows
        private let memory: RankedRowMemory
        /// Everything that the kernel needs but for the row.
        let row: rowan_ranked_row
        /// Stands for a row of a forest without features, of which nothing is read.
        let noValues: UnsafePointer<Float>

        fileprivate init(for owner: RankedRows) {
            self.owner = owner
            memory = RankedRowMemory(for: owner.tables, marginCount: owner.marginCount)
            // The memory is this object's, the tables the owner's, which it keeps.
            unsafe row = owner.tables.kernelRow(memory)
            unsafe noValues = UnsafePointer(row.sums.assumingMemoryBound(to: Float.self))
        }
    }
}
