/// One tree on its way into the tables.
struct DraftTree {
    private(set) var isOblivious: Bool
    /// At least 1.
    var depth: Int
    /// A perfect tree's questions in heap order with an unused first entry, or an oblivious tree's splits; nil is
    /// answered with no by every value.
    var conditions: [EngineColumns.Condition?]
    /// Leaf values from left to right, or by leaf number.
    var leaves: [Double]

    /// Entries that a table of leaves has, so that whole vectors can be read.
    static func paddedLeafCount(depth: Int) -> Int { max(1 << depth, 16) }

    init(tree: Int, of ensemble: TreeEnsemble, columns: EngineColumns) {
        switch ensemble.form {
        case .oblivious:
            isOblivious = true
            depth = Self.depth(ofTree: tree, of: ensemble)
            let first = Int(ensemble.splitStarts[tree])
            conditions = (first..<first + depth).map { split in
                Self.askable(
                    columns.condition(
                        feature: ensemble.splitFeatures[split], threshold: ensemble.splitThresholds[split],
                        missingGoesLeft: ensemble.splitMissingGoesLeft[split]))
            }
            leaves = Array(ensemble.leafValues[Int(ensemble.leafStarts[tree])..<Int(ensemble.leafStarts[tree + 1])])
            self = padded(toDepth: max(depth, 1))
        case .nodes:
            isOblivious = false
            depth = max(Self.depth(ofTree: tree, of: ensemble), 1)
            conditions = Array(repeating: nil, count: 1 << depth)
            leaves = Array(repeating: 0, count: 1 << depth)
            fill(place: 1, level: 0, node: Int(ensemble.treeStarts[tree]), of: ensemble, columns: columns)
        }
    }

    /// The same tree with more levels: questions that nothing answers with yes.
    func padded(toDepth target: Int) -> DraftTree {
        var padded = self
        while padded.depth < target {
            if isOblivious {
                padded.conditions.append(nil)
                // The new, highest bit of a leaf's number is never set.
                padded.leaves = padded.leaves.prefix(1 << padded.depth) + Array(repeating: 0, count: 1 << padded.depth)
            } else {
                // The new last level's questions, in heap order.
                padded.conditions += Array(repeating: nil, count: 1 << padded.depth)
                padded.leaves = padded.leaves.prefix(1 << padded.depth).flatMap { [$0, $0] }
            }
            padded.depth += 1
        }
        padded.leaves += Array(repeating: 0, count: Self.paddedLeafCount(depth: padded.depth) - padded.leaves.count)
        return padded
    }

    /// Writes the subtree of a node below a place of the heap; a leaf fills all leaves below its place.
    private mutating func fill(place: Int, level: Int, node: Int, of ensemble: TreeEnsemble, columns: EngineColumns) {
        guard ensemble.features[node] >= 0 else {
            let width = 1 << (depth - level)
            let first = (place << (depth - level)) - (1 << depth)
            for leaf in first..<first + width { leaves[leaf] = ensemble.values[node] }
            return
        }
        conditions[place] = Self.askable(
            columns.condition(
                feature: ensemble.features[node], threshold: ensemble.values[node],
                missingGoesLeft: ensemble.missingGoesLeft[node]))
        // The depth was checked, so that this recursion is at most as deep.
        fill(
            place: 2 * place, level: level + 1, node: Int(ensemble.leftChildren[node]), of: ensemble, columns: columns)
        fill(
            place: 2 * place + 1, level: level + 1, node: Int(ensemble.rightChildren[node]), of: ensemble,
            columns: columns)
    }

    private static func askable(_ condition: EngineColumns.Condition) -> EngineColumns.Condition? {
        condition.threshold.isNaN ? nil : condition
    }

    /// Edges from the root to the deepest leaf.
    static func depth(ofTree tree: Int, of ensemble: TreeEnsemble) -> Int {
        if ensemble.form == .oblivious { return ensemble.obliviousDepth(ofTree: tree) }
        let first = Int(ensemble.treeStarts[tree])
        var depths = [Int](repeating: 0, count: Int(ensemble.treeStarts[tree + 1]) - first)
        // Children stand behind their parents.
        for node in depths.indices where ensemble.features[first + node] >= 0 {
            depths[Int(ensemble.leftChildren[first + node]) - first] = depths[node] + 1
            depths[Int(ensemble.rightChildren[first + node]) - first] = depths[node] + 1
        }
        return depths.max() ?? 0
    }
}
