import CVectorPrimitives
import LinuxSystem

/// The tables of the ranked row kernel.
struct RankedRowTables: ~Copyable, Sendable {
    let features: AlignedArray<UInt32>
    private let tableStarts: AlignedArray<UInt32>
    private let tables: AlignedArray<Float>
    private let questions: AlignedArray<UInt8>
    private let groupWordCounts: AlignedArray<UInt32>
    private let leafMasks: AlignedArray<UInt64>
    /// See `RankedRowLayout`.
    let missingAnswers: AlignedArray<UInt64>
    /// Leaf values in the precision of sums; the other array is empty.
    private let leavesFloat: AlignedArray<Float>
    private let leavesDouble: AlignedArray<Double>
    private let precision: TreeEnsemble.Precision
    private let shape: rowan_ranked_shape
    private let depth: Int
    let treeCount: Int
    let wordCount: Int

    var byteCount: Int {
        let questions =
            features.byteCount + tableStarts.byteCount + tables.byteCount + self.questions.byteCount
            + missingAnswers.byteCount
        return questions + groupWordCounts.byteCount + leafMasks.byteCount + leavesFloat.byteCount
            + leavesDouble.byteCount
    }

    init(_ layout: RankedRowLayout, precision: TreeEnsemble.Precision) {
        features = AlignedArray(copying: layout.features.span, filler: 0)
        tableStarts = AlignedArray(copying: layout.tableStarts.span, filler: 0)
        tables = AlignedArray(copying: layout.tables.span, filler: .nan)
        questions = AlignedArray(copying: layout.questions.span, filler: 0)
        groupWordCounts = AlignedArray(copying: layout.groupWordCounts.span, filler: 0)
        leafMasks = AlignedArray(copying: layout.leafMasks.span, filler: 0)
        missingAnswers = AlignedArray(copying: layout.missingAnswers.span, filler: 0)
        let isFloat = precision == .float32
        leavesFloat = AlignedArray(copying: (isFloat ? layout.leaves.map { Float($0) } : []).span, filler: 0)
        leavesDouble = AlignedArray(copying: (isFloat ? [] : layout.leaves).span, filler: 0)
        self.precision = precision
        shape = layout.shape
        depth = layout.depth
        treeCount = layout.treeCount
        wordCount = layout.wordCount
    }

    /// The kernel's description of these tables and of a thread's memory.
    ///
    /// - Ownership: valid as long as these tables and the memory live.
    @unsafe
    func kernelRow(
        ranks: UnsafeMutablePointer<UInt8>, answers: UnsafeMutablePointer<UInt64>,
        numbers: UnsafeMutablePointer<UInt64>, sum: UnsafeMutablePointer<Double>,
        missingAnswers: UnsafePointer<UInt64>, mayBeMissing: Bool
    ) -> rowan_ranked_row {
        // Addresses of these tables and of the caller's memory, which the kernel reads and writes while both live.
        let leaves =
            unsafe precision == .float32
            ? UnsafeRawPointer(leavesFloat.unsafeAddress) : UnsafeRawPointer(leavesDouble.unsafeAddress)
        return unsafe rowan_ranked_row(
            features: features.unsafeAddress, column_count: features.count, table_starts: tableStarts.unsafeAddress,
            tables: tables.unsafeAddress, ranks: ranks, questions: questions.unsafeAddress,
            missing_answers: missingAnswers, may_be_missing: mayBeMissing ? 1 : 0, tree_count: treeCount,
            depth: UInt32(depth), shape: shape, group_word_counts: groupWordCounts.unsafeAddress,
            leaf_masks: leafMasks.unsafeAddress, leaves: leaves, answers: answers, leaf_numbers: numbers, sum: sum)
    }
}
