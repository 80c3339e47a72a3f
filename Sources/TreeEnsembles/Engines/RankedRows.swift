import CVectorPrimitives
import LinuxSystem

/// A forest that is evaluated row by row by ranks; see the kernel's file for the method.
///
/// It serves the single rows of the engines that have one.
@safe
final class RankedRows: Sendable {
    private let tables: RankedRowTables
    private let rule: MarginRule

    private let evaluateFloat: KernelTable.EvaluateRankedRow
    private let evaluateDouble: KernelTable.EvaluateRankedRow

    /// Lays out a forest.
    ///
    /// - Throws: if the instruction set has no such kernel or the forest is not of its kind.
    init(
        _ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet
    ) throws(EngineRefusal) {
        let kernels = KernelTable.forInstructionSet(instructionSet)
        // Keeps the functions; `margin` calls them.
        guard let evaluateFloat = unsafe kernels.evaluateRankedRowFloat,
            let evaluateDouble = unsafe kernels.evaluateRankedRowDouble
        else { throw EngineRefusal(engine: RankedRowEngine.name, reason: .instructionSet(instructionSet)) }
        rule = MarginRule(of: ensemble)
        guard rule.isSum else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .kind(what: "the least or greatest leaf"))
        }
        guard ensemble.linearLeaves == nil else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .kind(what: "leaves that are linear functions"))
        }
        let layout = try RankedRowLayout(of: ensemble, columns: columns)
        unsafe self.evaluateFloat = evaluateFloat
        unsafe self.evaluateDouble = evaluateDouble
        tables = RankedRowTables(layout, precision: ensemble.sumPrecision)
    }

    /// Features that the forest compares.
    var columnCount: Int { tables.features.count }
    /// Words of 64 questions.
    var wordCount: Int { tables.wordCount }

    var tableByteCount: Int { tables.byteCount }

    func makeScratch() -> Scratch { Scratch(for: self) }

    /// The margin of one row.
    ///
    /// - Precondition: there is a value for every feature of the forest; the scratch was made here.
    @inline(__always)
    func margin(_ values: UnsafePointer<Float>, _ scratch: Scratch) -> Double {
        if let margin = unsafe margin(values, scratch.complete, scratch) { return margin }
        unsafe scratch.addMissingAnswers(of: values)
        defer { scratch.clearMissingAnswers() }
        guard let margin = unsafe margin(values, scratch.incomplete, scratch) else {
            preconditionFailure("missing values were permitted")
        }
        return margin
    }

    @inline(__always)
    private func margin(
        _ values: UnsafePointer<Float>, _ row: borrowing rowan_ranked_row, _ scratch: Scratch
    ) -> Double? {
        // Features lie within the row; the scratch has room for ranks, answers, numbers and the sum.
        switch rule.precision {
        case .float32:
            let sum = unsafe row.sum.assumingMemoryBound(to: Float.self)
            unsafe sum.pointee = Float(rule.starts[0])
            guard unsafe evaluateFloat(row, values) else { return nil }
            return unsafe rule.margin(ofSum: sum.pointee, index: 0)
        case .float64:
            let sum = unsafe row.sum.assumingMemoryBound(to: Double.self)
            unsafe sum.pointee = rule.starts[0]
            guard unsafe evaluateDouble(row, values) else { return nil }
            return unsafe rule.margin(ofSum: sum.pointee, index: 0)
        }
    }
}

extension RankedRows {
    /// The memory of one thread, and the kernel's descriptions of it and of the tables.
    @safe
    final class Scratch {
        /// Kept, because the descriptions hold addresses of its tables.
        private let owner: RankedRows
        private let ranks: AlignedArray<UInt8>
        private let answers: AlignedArray<UInt64>
        private let numbers: AlignedArray<UInt64>
        private let sum: AlignedArray<Double>
        private let noAnswers: AlignedArray<UInt64>
        private let missingAnswers: AlignedArray<UInt64>
        /// Addresses of this object's and the owner's arrays, looked up once.
        private let features: UnsafePointer<UInt32>
        private let columnAnswers: UnsafePointer<UInt64>
        private let rowAnswers: UnsafeMutablePointer<UInt64>
        private let wordCount: Int
        /// For rows that are tried as complete.
        let complete: rowan_ranked_row
        /// For rows whose missing answers were added.
        let incomplete: rowan_ranked_row

        fileprivate init(for owner: RankedRows) {
            self.owner = owner
            let treeCount = owner.tables.treeCount
            // A vector is loaded at each of four places, the last of them 48 bytes behind the first.
            ranks = AlignedArray(count: 192, repeating: 0)
            answers = AlignedArray(count: (treeCount + 7) / 8 * 8, repeating: 0)
            // Eight bytes for each tree of whole groups of eight, which is more than any shape needs.
            numbers = AlignedArray(count: (treeCount + 63) / 64 * 64, repeating: 0)
            sum = AlignedArray(count: 1, repeating: 0)
            noAnswers = AlignedArray(count: owner.wordCount, repeating: 0)
            missingAnswers = AlignedArray(count: owner.wordCount, repeating: 0)
            // The arrays are this object's, the tables the owner's, which it keeps.
            unsafe features = UnsafePointer(owner.tables.features.unsafeAddress)
            unsafe columnAnswers = UnsafePointer(owner.tables.missingAnswers.unsafeAddress)
            unsafe rowAnswers = missingAnswers.unsafeAddress
            wordCount = owner.wordCount
            unsafe complete = owner.tables.kernelRow(
                ranks: ranks.unsafeAddress, answers: answers.unsafeAddress, numbers: numbers.unsafeAddress,
                sum: sum.unsafeAddress, missingAnswers: noAnswers.unsafeAddress, mayBeMissing: false)
            unsafe incomplete = owner.tables.kernelRow(
                ranks: ranks.unsafeAddress, answers: answers.unsafeAddress, numbers: numbers.unsafeAddress,
                sum: sum.unsafeAddress, missingAnswers: missingAnswers.unsafeAddress, mayBeMissing: true)
        }

        /// Adds up what the missing values of a row answer.
        fileprivate func addMissingAnswers(of values: UnsafePointer<Float>) {
            for column in 0..<owner.columnCount {
                // Features lie within the row; every column has words in the table.
                guard unsafe values[Int(features[column])].isNaN else { continue }
                let answers = unsafe columnAnswers + column &* wordCount
                for word in 0..<wordCount { unsafe rowAnswers[word] |= answers[word] }
            }
        }

        fileprivate func clearMissingAnswers() {
            // The words are this object's own.
            unsafe rowAnswers.update(repeating: 0, count: wordCount)
        }
    }
}
