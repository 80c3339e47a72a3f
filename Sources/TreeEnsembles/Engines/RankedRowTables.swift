import CVectorPrimitives
import LinuxSystem

/// The tables of the kernels of ranked rows.
struct RankedRowTables: ~Copyable, Sendable {
    private let features: AlignedArray<UInt32>
    private let tableStarts: AlignedArray<UInt32>
    private let levelCounts: AlignedArray<UInt32>
    private let tables: AlignedArray<Float>
    private let questions: AlignedArray<UInt8>
    private let columnAnswers: AlignedArray<UInt64>
    private let treeMargins: AlignedArray<UInt32>
    private let groupVectors: AlignedArray<UInt32>
    private let blocks: AlignedArray<rowan_tree_block>
    /// Leaf values in the precision of sums; the other array is empty.
    private let leavesFloat: AlignedArray<Float>
    private let leavesDouble: AlignedArray<Double>
    private let precision: TreeEnsemble.Precision
    private let depth: Int
    private let leafWidth: Int
    private let marginCount: Int
    let shape: rowan_ranked_shape
    let treeCount: Int
    let answerWordCount: Int

    var columnCount: Int { features.count }

    /// Blocks of four levels that a row goes through at most.
    var blockCount: Int { shape == rowan_ranked_blocks ? treeCount * ((depth + 3) / 4) : 0 }

    var byteCount: Int {
        let questions =
            features.byteCount + tableStarts.byteCount + levelCounts.byteCount + tables.byteCount
            + self.questions.byteCount + columnAnswers.byteCount
        return questions + groupVectors.byteCount + treeMargins.byteCount + blocks.byteCount + leavesFloat.byteCount
            + leavesDouble.byteCount
    }

    init(_ layout: RankedRowLayout, of ensemble: TreeEnsemble) {
        features = AlignedArray(copying: layout.columns.features.span, filler: 0)
        tableStarts = AlignedArray(copying: layout.columns.tableStarts.span, filler: 0)
        levelCounts = AlignedArray(copying: layout.columns.levelCounts.span, filler: 0)
        tables = AlignedArray(copying: layout.columns.tables.span, filler: .nan)
        questions = AlignedArray(copying: layout.questions.span, filler: 0)
        columnAnswers = AlignedArray(copying: layout.columnAnswers.span, filler: 0)
        let margins = ensemble.treeMargins.map { UInt32($0) }
        treeMargins = AlignedArray(copying: margins.span, filler: 0)
        groupVectors = AlignedArray(copying: layout.groupVectors.span, filler: 0)
        blocks = AlignedArray(copying: layout.blocks.span, filler: rowan_tree_block())
        precision = ensemble.sumPrecision
        let isFloat = precision == .float32
        let floats = isFloat ? layout.leaves.map { Float($0) } : []
        let doubles = isFloat ? [] : layout.leaves
        leavesFloat = AlignedArray(copying: floats.span, filler: 0)
        leavesDouble = AlignedArray(copying: doubles.span, filler: 0)
        shape = layout.shape
        depth = layout.depth
        treeCount = layout.treeCount
        answerWordCount = layout.answerWordCount
        leafWidth = ensemble.leafWidth
        marginCount = ensemble.marginCount
    }

    /// The kernel's description of these tables and of a thread's memory.
    ///
    /// - Ownership: valid as long as these tables and the memory live.
    @unsafe
    func kernelRow(_ memory: borrowing RankedRowMemory) -> rowan_ranked_row {
        // Addresses of these tables and of the caller's memory, which the kernel reads and writes while both live.
        let leaves =
            unsafe precision == .float32
            ? UnsafeRawPointer(leavesFloat.unsafeAddress) : UnsafeRawPointer(leavesDouble.unsafeAddress)
        return unsafe rowan_ranked_row(
            features: features.unsafeAddress, column_count: columnCount, table_starts: tableStarts.unsafeAddress,
            level_counts: levelCounts.unsafeAddress, tables: tables.unsafeAddress, ranks: memory.ranks.unsafeAddress,
            questions: questions.unsafeAddress, answer_word_count: answerWordCount,
            column_answers: columnAnswers.unsafeAddress,
            no_answers: memory.noAnswers.unsafeAddress, row_answers: memory.rowAnswers.unsafeAddress,
            tree_count: treeCount, depth: UInt32(depth), shape: shape, margin_count: UInt32(marginCount),
            leaf_width: UInt32(leafWidth), tree_margins: treeMargins.unsafeAddress,
            group_vectors: groupVectors.unsafeAddress,
            blocks: blocks.unsafeAddress, leaves: leaves, answers: memory.answers.unsafeAddress,
            leaf_numbers: memory.numbers.unsafeAddress, pending_trees: memory.pendingTrees.unsafeAddress,
            pending_blocks: memory.pendingBlocks.unsafeAddress,
            pending_answers: memory.pendingAnswers.unsafeAddress, sums: memory.sums.unsafeAddress)
    }
}

/// The memory of one thread that evaluates ranked rows.
struct RankedRowMemory: ~Copyable {
    fileprivate let ranks: AlignedArray<UInt8>
    fileprivate let noAnswers: AlignedArray<UInt64>
    fileprivate let rowAnswers: AlignedArray<UInt64>
    fileprivate let answers: AlignedArray<UInt64>
    fileprivate let numbers: AlignedArray<UInt64>
    fileprivate let pendingTrees: AlignedArray<UInt32>
    fileprivate let pendingBlocks: AlignedArray<UInt32>
    fileprivate let pendingAnswers: AlignedArray<UInt32>
    fileprivate let sums: AlignedArray<Double>

    init(for tables: borrowing RankedRowTables, marginCount: Int) {
        let wordCount = tables.answerWordCount
        let isInBlocks = tables.shape == rowan_ranked_blocks
        // 64 ranks of two bytes.
        ranks = AlignedArray(count: 128, repeating: 0)
        noAnswers = AlignedArray(count: wordCount, repeating: 0)
        rowAnswers = AlignedArray(count: wordCount, repeating: 0)
        answers = AlignedArray(count: isInBlocks ? 0 : (tables.treeCount + 7) / 8 * 8, repeating: 0)
        // Eight words, two vectors, or four bytes for each tree.
        numbers = AlignedArray(count: max(16, isInBlocks ? (tables.treeCount + 1) / 2 : 0), repeating: 0)
        // A tree is written behind the pending ones before it is known whether it is one, and answers are read by
        // vectors.
        let pendingCount = isInBlocks ? Int(rowan_pending_count) + 16 : 0
        pendingTrees = AlignedArray(count: pendingCount, repeating: 0)
        pendingBlocks = AlignedArray(count: pendingCount, repeating: 0)
        pendingAnswers = AlignedArray(count: pendingCount, repeating: 0)
        sums = AlignedArray(count: max(marginCount, 1), repeating: 0)
    }
}
