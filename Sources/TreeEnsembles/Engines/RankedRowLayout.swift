import CVectorPrimitives

/// A forest laid out for the kernels of ranked rows: columns of thresholds, and questions as numbers into them.
///
/// Trees of one small shape are laid out for kernels that answer all their questions, with ranks of one byte; all
/// others made of nodes in blocks of four levels, with ranks of two bytes.
struct RankedRowLayout {
    let columns: RankedColumns
    private(set) var questions: [UInt8] = []
    /// First vector of questions of each group of free trees, and the number of all.
    private(set) var groupVectors: [UInt32] = []
    private(set) var leaves: [Double] = []
    private(set) var blocks: [rowan_tree_block] = []
    /// Column by column, for every word of answers those that a missing value answers with yes.
    private(set) var columnAnswers: [UInt64] = []
    /// Words of 64 answers.
    private(set) var answerWordCount = 0
    let treeCount: Int
    let shape: rowan_ranked_shape
    /// Levels of every tree after padding; of free trees the bits of a leaf's number; of blocks the most on a way.
    private(set) var depth = 0
    private let laneCount: Int

    /// All questions in the order of their answers; then nil is answered with no.
    private var asked: [RankedColumns.Question?] = []

    /// Lays out a forest.
    ///
    /// - Parameter laneCount: bytes of the instruction set's vectors of questions.
    /// - Throws: what exceeds `EngineLimits`; then nothing is lost but speed.
    init(of ensemble: TreeEnsemble, columns: EngineColumns, laneCount: Int) throws(EngineRefusal) {
        self.columns = try RankedColumns(of: ensemble, columns: columns)
        self.laneCount = laneCount
        treeCount = ensemble.treeCount
        let size = ForestSize(of: ensemble, thresholdCount: self.columns.mostThresholds, laneCount: laneCount)
        shape = try size.shape(columnCount: self.columns.features.count)
        switch shape {
        case rowan_ranked_oblivious:
            depth = size.depth
            addLevels(of: ensemble, columns)
        case rowan_ranked_perfect:
            depth = EngineLimits.rankedTreeDepth
            addPerfectTrees(Self.drafts(of: ensemble, columns, depth: depth), columns)
        case rowan_ranked_free:
            while 1 << depth < size.leafCount { depth += 1 }
            addFreeTrees(of: ensemble, columns)
        case rowan_ranked_blocks:
            let trees = try TreeBlocksLayout(of: ensemble, engineColumns: columns, columns: self.columns)
            depth = size.depth
            blocks = trees.blocks
            leaves = trees.leaves
        default: preconditionFailure("a forest has one of the shapes that are laid out")
        }
        addMissingAnswers()
        asked = []
    }

    static func check(_ what: String, _ value: Int, _ limit: Int) throws(EngineRefusal) {
        guard value <= limit else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .limit(what: what, value: value, limit: limit))
        }
    }

    private static func drafts(of ensemble: TreeEnsemble, _ columns: EngineColumns, depth: Int) -> [DraftTree] {
        (0..<ensemble.treeCount).map { DraftTree(tree: $0, of: ensemble, columns: columns).padded(toDepth: depth) }
    }
}

// MARK: Shape

/// What decides the shape in which a forest is laid out.
private struct ForestSize {
    let form: TreeEnsemble.Form
    let treeCount: Int
    /// Edges from the root to the deepest leaf of all trees.
    let depth: Int
    /// Leaves of the tree that has most.
    let leafCount: Int
    let leafWidth: Int
    let thresholdCount: Int
    let laneCount: Int

    init(of ensemble: TreeEnsemble, thresholdCount: Int, laneCount: Int) {
        form = ensemble.form
        treeCount = ensemble.treeCount
        leafWidth = ensemble.leafWidth
        depth = (0..<treeCount).map { DraftTree.depth(ofTree: $0, of: ensemble) }.max() ?? 0
        leafCount =
            form == .oblivious
            ? 1 << depth
            : (0..<treeCount).map { Int(ensemble.treeStarts[$0 + 1] - ensemble.treeStarts[$0] + 1) / 2 }.max() ?? 0
        self.thresholdCount = thresholdCount
        self.laneCount = laneCount
    }

    func shape(columnCount: Int) throws(EngineRefusal) -> rowan_ranked_shape {
        let words = columnCount * answerWordCount
        if form == .oblivious && depth > 0 {
            try RankedRowLayout.check("levels in a tree", depth, EngineLimits.planeTreeDepth)
            try RankedRowLayout.check("thresholds of a feature", thresholdCount, EngineLimits.rankedThresholdCount)
            try RankedRowLayout.check("words of answers", words, EngineLimits.rankedMissingWordCount)
            return rowan_ranked_oblivious
        }
        guard form == .nodes else {
            // Trees that are leaves alone.
            try RankedRowLayout.check("values of a leaf", leafWidth, 1)
            return rowan_ranked_perfect
        }
        let isSmall = thresholdCount <= EngineLimits.rankedThresholdCount
        guard isSmall && words <= EngineLimits.rankedMissingWordCount else { return rowan_ranked_blocks }
        if isFree { return rowan_ranked_free }
        let isPerfect = depth <= EngineLimits.rankedTreeDepth && leafWidth == 1
        return isPerfect ? rowan_ranked_perfect : rowan_ranked_blocks
    }

    /// Whether trees stand in lanes; of more than 32 leaves a walk is cheaper where it is short.
    private var isFree: Bool {
        leafCount <= 32 || depth > EngineLimits.rankedTreeDepth && leafCount <= EngineLimits.rankedLeafCount
    }

    /// Words of 64 answers that the forest takes if it is not laid out in blocks.
    private var answerWordCount: Int {
        let groupCount = (treeCount + laneCount - 1) / laneCount
        if form == .oblivious { return groupCount * depth * laneCount / 64 }
        return isFree ? groupCount * leafCount * laneCount / 64 : treeCount
    }
}

// MARK: Trees

extension RankedRowLayout {
    /// Appends questions, filled up to a number that nothing answers with yes.
    private mutating func append(_ more: [RankedColumns.Question?], count: Int) {
        let all = more + Array(repeating: nil, count: count - more.count)
        asked += all
        let places = all.map(columns.place)
        questions += places.map(\.column)
        // Their highest bit is flipped, so that a signed compare orders them.
        questions += places.map { UInt8(truncatingIfNeeded: $0.threshold) ^ 0x80 }
    }

    /// Writes perfect trees, up to whole rounds of eight.
    private mutating func addPerfectTrees(_ drafts: [DraftTree], _ columns: EngineColumns) {
        for draft in drafts {
            append(draft.conditions.map { RankedColumns.Question($0, columns) }, count: 64)
            leaves += draft.leaves.prefix(1 << depth)
        }
        for _ in drafts.count..<(drafts.count + 7) / 8 * 8 { append([], count: 64) }
    }

    /// Writes oblivious trees level by level, a tree in each lane, the highest bit of their leaf numbers first.
    private mutating func addLevels(of ensemble: TreeEnsemble, _ columns: EngineColumns) {
        for first in stride(from: 0, to: treeCount, by: laneCount) {
            let trees = first..<min(first + laneCount, treeCount)
            for level in (0..<depth).reversed() {
                append(trees.map { Self.question($0, level, of: ensemble, columns) }, count: laneCount)
            }
        }
        let width = ensemble.leafWidth
        let values = width > 1 ? ensemble.leafVectors : ensemble.leafValues
        for tree in 0..<treeCount {
            let range = Int(ensemble.leafStarts[tree]) * width..<Int(ensemble.leafStarts[tree + 1]) * width
            leaves += values[range] + Array(repeating: 0, count: width << depth - range.count)
        }
    }

    /// What an oblivious tree asks at a level; nil behind its last.
    private static func question(
        _ tree: Int, _ level: Int, of ensemble: TreeEnsemble, _ columns: EngineColumns
    ) -> RankedColumns.Question? {
        guard level < ensemble.obliviousDepth(ofTree: tree) else { return nil }
        let split = Int(ensemble.splitStarts[tree]) + level
        let condition = columns.condition(
            feature: ensemble.splitFeatures[split], threshold: ensemble.splitThresholds[split],
            missingGoesLeft: ensemble.splitMissingGoesLeft[split])
        return RankedColumns.Question(condition, columns)
    }

    /// Writes trees of any shape, a tree in each lane, their questions from left to right.
    private mutating func addFreeTrees(of ensemble: TreeEnsemble, _ columns: EngineColumns) {
        let valueCount = ensemble.leafWidth << depth
        var leafCount = 0
        for first in stride(from: 0, to: treeCount, by: 2 * laneCount) {
            var trees: [FreeTree] = []
            for tree in first..<min(first + 2 * laneCount, treeCount) {
                trees.append(FreeTree(tree: tree, firstLeaf: leafCount, of: ensemble, columns))
                leafCount += trees[trees.count - 1].splits.count + 1
            }
            groupVectors.append(UInt32(asked.count / laneCount))
            for place in 0..<(trees.map(\.splits.count).max() ?? 0) {
                for vector in stride(from: 0, to: trees.count, by: laneCount) {
                    let splits = trees[vector..<min(vector + laneCount, trees.count)].map {
                        place < $0.splits.count ? $0.splits[place] : FreeTree.Split(question: nil, firstLeaf: 0)
                    }
                    append(splits.map(\.question), count: laneCount)
                    questions += splits.map(\.firstLeaf) + Array(repeating: 0, count: laneCount - splits.count)
                }
            }
            for tree in trees { leaves += tree.leaves + Array(repeating: 0, count: valueCount - tree.leaves.count) }
        }
        groupVectors.append(UInt32(asked.count / laneCount))
    }

    /// Notes what missing values answer.
    private mutating func addMissingAnswers() {
        answerWordCount = (asked.count + 63) / 64
        columnAnswers = Array(repeating: 0, count: columns.features.count * answerWordCount)
        for (index, question) in asked.enumerated() {
            guard let question, question.missingGoesRight else { continue }
            columnAnswers[columns.column(of: question) * answerWordCount + index / 64] |= 1 << UInt64(index % 64)
        }
    }
}

/// A tree of any shape as questions and the leaves that each of them takes away.
private struct FreeTree {
    struct Split {
        var question: RankedColumns.Question?
        /// The first of the leaves on its left, which an answer yes takes away.
        var firstLeaf: UInt8
    }

    /// From left to right: the k-th stands between the leaves k and k + 1.
    private(set) var splits: [Split] = []
    /// Values from left to right, those of a leaf together.
    private(set) var leaves: [Double] = []

    /// - Parameter firstLeaf: leaves of the trees before.
    init(tree: Int, firstLeaf: Int, of ensemble: TreeEnsemble, _ columns: EngineColumns) {
        let nodes = Int(ensemble.treeStarts[tree])..<Int(ensemble.treeStarts[tree + 1])
        // Nodes stand in depth-first order: the leaves left of a node are those that stand before it.
        var leavesBefore = [Int](repeating: 0, count: nodes.count + 1)
        for node in nodes {
            let isLeaf = ensemble.features[node] < 0
            leavesBefore[node - nodes.lowerBound + 1] = leavesBefore[node - nodes.lowerBound] + (isLeaf ? 1 : 0)
            if isLeaf { leaves.append(ensemble.values[node]) }
        }
        splits = Array(repeating: Split(question: nil, firstLeaf: 0), count: leaves.count - 1)
        let width = ensemble.leafWidth
        if width > 1 {
            leaves = Array(ensemble.leafVectors[firstLeaf * width..<(firstLeaf + leaves.count) * width])
        }
        for node in nodes where ensemble.features[node] >= 0 {
            let first = leavesBefore[node - nodes.lowerBound]
            let end = leavesBefore[Int(ensemble.rightChildren[node]) - nodes.lowerBound]
            let condition = columns.condition(
                feature: ensemble.features[node], threshold: ensemble.values[node],
                missingGoesLeft: ensemble.missingGoesLeft[node])
            splits[end - 1] = Split(
                question: RankedColumns.Question(condition, columns),
                firstLeaf: UInt8(first))
        }
    }
}
