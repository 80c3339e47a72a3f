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
        guard let ranked = kernels.rankedRow else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .instructionSet(instructionSet))
        }
        rule = try MarginRule(ofSums: ensemble, for: RankedRowEngine.name)
        marginCount = ensemble.marginCount
        let layout = try RankedRowLayout(of: ensemble, columns: columns, laneCount: ranked.laneCount)
        // Keeps the functions; the scratch calls them.
        unsafe evaluateFloat = ranked.evaluateFloat
        unsafe evaluateDouble = ranked.evaluateDouble
        tables = RankedRowTables(layout, of: ensemble)
    }

    /// Features that the forest compares.
    var columnCount: Int { tables.columnCount }
    /// Words of 64 answers that every row takes; none of a forest in blocks.
    var answerWordCount: Int { tables.answerWordCount }

    /// Blocks of four levels that a row goes through at most.
    var blockCount: Int { tables.blockCount }

    var tableByteCount: Int { tables.byteCount }

    func makeScratch() -> Scratch { Scratch(for: self) }
}

extension RankedRows {
    /// The memory of one thread, and the kernel's description of it and of the tables.
    @safe
    final class Scratch {
        /// Kept, because the description holds addresses of its tables.
        private let owner: RankedRows
        private let memory: RankedRowMemory
        /// Everything that the kernel needs but for the row.
        private let description: AlignedArray<rowan_ranked_row>
        /// What sums start with, in their precision.
        private let starts: AlignedArray<Double>
        private let firstStart: UnsafePointer<UInt64>
        private let startByteCount: Int
        private let rule: MarginRule
        private let marginCount: Int
        /// Addresses of the above, looked up once.
        private let row: UnsafePointer<rowan_ranked_row>
        private let sums: UnsafeMutableRawPointer
        private let evaluateFloat: KernelTable.EvaluateRankedRow
        private let evaluateDouble: KernelTable.EvaluateRankedRow
        /// Stands for a row of a forest without features, of which nothing is read.
        let noValues: UnsafePointer<Float>

        fileprivate init(for owner: RankedRows) {
            self.owner = owner
            rule = owner.rule
            marginCount = owner.marginCount
            memory = RankedRowMemory(for: owner.tables, marginCount: owner.marginCount)
            starts = AlignedArray(count: max(owner.marginCount, 1), repeating: 0)
            let isFloat = owner.rule.precision == .float32
            startByteCount = owner.marginCount * (isFloat ? 4 : 8)
            // The memory is this object's, the tables the owner's, which it keeps; starts have room for either
            // precision.
            let filled = unsafe owner.tables.kernelRow(memory)
            unsafe description = AlignedArray(count: 1, repeating: filled)
            unsafe row = UnsafePointer(description.unsafeAddress)
            unsafe sums = filled.sums
            unsafe noValues = UnsafePointer(filled.sums.assumingMemoryBound(to: Float.self))
            unsafe evaluateFloat = owner.evaluateFloat
            unsafe evaluateDouble = owner.evaluateDouble
            let start = unsafe UnsafeMutableRawPointer(starts.unsafeAddress)
            unsafe firstStart = UnsafePointer(start.assumingMemoryBound(to: UInt64.self))
            for (margin, value) in owner.rule.starts.enumerated() {
                if isFloat {
                    unsafe start.storeBytes(of: Float(value), toByteOffset: 4 * margin, as: Float.self)
                } else {
                    unsafe start.storeBytes(of: value, toByteOffset: 8 * margin, as: Double.self)
                }
            }
        }

        /// Computes the margins of rows.
        ///
        /// - Precondition: there are values for every feature of the forest, `featureCount` to a row, and places for
        ///   every margin.
        func evaluate(
            _ rows: UnsafePointer<Float>, featureCount: Int, _ range: Range<Int>,
            into margins: inout MutableSpan<Double>
        ) {
            // Features lie within the row; the kernel writes this object's memory, its sums among that.
            for index in range {
                let values = unsafe rows + index &* featureCount
                if marginCount == 1 {
                    // There are eight bytes of either.
                    unsafe sums.assumingMemoryBound(to: UInt64.self).pointee = unsafe firstStart.pointee
                } else {
                    unsafe sums.copyMemory(from: firstStart, byteCount: startByteCount)
                }
                switch rule.precision {
                case .float32:
                    unsafe evaluateFloat(row, values)
                    let found = unsafe sums.assumingMemoryBound(to: Float.self)
                    for margin in 0..<marginCount {
                        margins[index &* marginCount &+ margin] = unsafe rule.margin(
                            ofSum: found[margin], index: margin)
                    }
                case .float64:
                    unsafe evaluateDouble(row, values)
                    let found = unsafe sums.assumingMemoryBound(to: Double.self)
                    for margin in 0..<marginCount {
                        margins[index &* marginCount &+ margin] = unsafe rule.margin(
                            ofSum: found[margin], index: margin)
                    }
                }
            }
        }
    }
}
