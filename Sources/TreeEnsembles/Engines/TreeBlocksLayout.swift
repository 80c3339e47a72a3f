import CVectorPrimitives

/// Trees of any shape, cut into blocks of four levels.
struct TreeBlocksLayout {
    /// The roots of all trees, then tree by tree the blocks below, the children of a block together.
    private(set) var blocks: [rowan_tree_block]
    private(set) var leaves: [Double] = []

    private let ensemble: TreeEnsemble
    private let engineColumns: EngineColumns
    private let columns: RankedColumns
    /// Index of each node's leaf among the forest's, where leaves have several values.
    private var leafIndices: [Int] = []

    /// Levels of a block.
    private static let levelCount = 4

    /// Cuts a forest made of nodes.
    ///
    /// - Throws: what exceeds `EngineLimits`.
    init(of ensemble: TreeEnsemble, engineColumns: EngineColumns, columns: RankedColumns) throws(EngineRefusal) {
        self.ensemble = ensemble
        self.engineColumns = engineColumns
        self.columns = columns
        blocks = Array(repeating: rowan_tree_block(), count: ensemble.treeCount)
        if ensemble.leafWidth > 1 {
            leafIndices.reserveCapacity(ensemble.nodeCount)
            var count = 0
            for node in 0..<ensemble.nodeCount {
                leafIndices.append(count)
                count += ensemble.features[node] < 0 ? 1 : 0
            }
        }
        for tree in 0..<ensemble.treeCount {
            var level = [(node: Int(ensemble.treeStarts[tree]), block: tree)]
            while !level.isEmpty {
                var next: [(node: Int, block: Int)] = []
                for (node, block) in level { fill(block, from: node, &next) }
                level = next
            }
            try RankedRowLayout.check("blocks of four levels", blocks.count, EngineLimits.rankedBlockCount)
            try RankedRowLayout.check("leaf values", leaves.count, EngineLimits.paddedLeafCount)
        }
    }

    /// Fills the block whose root is a node, and makes room for those below.
    private mutating func fill(_ index: Int, from root: Int, _ next: inout [(node: Int, block: Int)]) {
        var questions = [RankedColumns.Question?](repeating: nil, count: 1 << Self.levelCount)
        var block = rowan_tree_block()
        block.first_child = UInt32(blocks.count)
        block.first_leaf = UInt32(leaves.count / ensemble.leafWidth)
        var hasLeaf = false
        // Depth first, so that exits come from left to right.
        var waiting = [(node: root, place: 1, level: 0)]
        while let (node, place, level) = waiting.popLast() {
            let height = Self.levelCount - level
            let exit = place << height - 1 << Self.levelCount
            if ensemble.features[node] < 0 {
                if hasLeaf { block.leaf_starts |= 1 << UInt16(exit) }
                hasLeaf = true
                addLeaf(node)
            } else if height == 0 {
                block.children |= 1 << UInt16(exit)
                next.append((node, blocks.count))
                blocks.append(rowan_tree_block())
            } else {
                let condition = engineColumns.condition(
                    feature: ensemble.features[node], threshold: ensemble.values[node],
                    missingGoesLeft: ensemble.missingGoesLeft[node])
                questions[place] = RankedColumns.Question(condition, engineColumns)
                waiting.append((Int(ensemble.rightChildren[node]), 2 * place + 1, level + 1))
                waiting.append((Int(ensemble.leftChildren[node]), 2 * place, level + 1))
            }
        }
        write(questions, to: &block)
        blocks[index] = block
    }

    private mutating func addLeaf(_ node: Int) {
        let width = ensemble.leafWidth
        guard width > 1 else { return leaves.append(ensemble.values[node]) }
        let first = leafIndices[node] * width
        leaves += ensemble.leafVectors[first..<first + width]
    }

    private func write(_ questions: [RankedColumns.Question?], to block: inout rowan_tree_block) {
        var columnWords: [UInt64] = [0, 0]
        var thresholdWords: [UInt64] = [0, 0, 0, 0]
        for (place, question) in questions.enumerated() {
            let found = columns.place(of: question)
            columnWords[place / 8] |= UInt64(found.column) << UInt64(place % 8 * 8)
            // Its highest bit is flipped, so that a signed compare orders it.
            thresholdWords[place / 4] |= UInt64(found.threshold ^ 0x8000) << UInt64(place % 4 * 16)
            if question?.missingGoesRight == true { block.missing_right |= 1 << UInt16(place) }
        }
        block.columns = (columnWords[0], columnWords[1])
        block.thresholds = (thresholdWords[0], thresholdWords[1], thresholdWords[2], thresholdWords[3])
    }
}
