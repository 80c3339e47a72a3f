import CVectorPrimitives
import LinuxSystem

/// A forest laid out for walking, in one of the two forms that forests have.
struct TraversalTables: ~Copyable, Sendable {
    /// Which of the arrays are in use; the others are empty.
    let form: TreeEnsemble.Form
    /// The nodes of all trees.
    let nodes: AlignedArray<rowan_walk_node>
    /// Trees of nodes, eight to a group.
    let groups: AlignedArray<rowan_walk_group>
    /// Oblivious trees.
    let trees: AlignedArray<rowan_oblivious_tree>
    /// Their splits.
    let splits: AlignedArray<rowan_split>

    var byteCount: Int { nodes.byteCount + groups.byteCount + trees.byteCount + splits.byteCount }

    /// Lays out a forest.
    ///
    /// Leaves are numbered in the order in which the forest holds them.
    init(of ensemble: TreeEnsemble, columns: EngineColumns) {
        var nodes: [rowan_walk_node] = []
        var groups: [rowan_walk_group] = []
        var trees: [rowan_oblivious_tree] = []
        var splits: [rowan_split] = []
        switch ensemble.form {
        case .nodes:
            nodes.reserveCapacity(ensemble.nodeCount)
            var leafCount: UInt32 = 0
            for firstTree in stride(from: 0, to: ensemble.treeCount, by: 8) {
                let range = firstTree..<min(firstTree + 8, ensemble.treeCount)
                var places: [UInt32] = []
                var depth: UInt32 = 0
                for tree in range {
                    places.append(2 * UInt32(nodes.count))
                    depth = max(depth, nodes.append(tree: tree, of: ensemble, columns: columns, leafCount: &leafCount))
                }
                groups.append(rowan_walk_group(places: places, depth: depth))
            }
        case .oblivious:
            trees = (0..<ensemble.treeCount).map { tree in
                rowan_oblivious_tree(
                    first_split: UInt32(ensemble.splitStarts[tree]), first_leaf: UInt32(ensemble.leafStarts[tree]),
                    depth: UInt32(ensemble.obliviousDepth(ofTree: tree)))
            }
            splits = ensemble.splitFeatures.indices.map { split in
                let condition = columns.condition(
                    feature: ensemble.splitFeatures[split], threshold: ensemble.splitThresholds[split],
                    missingGoesLeft: ensemble.splitMissingGoesLeft[split])
                return rowan_split(threshold: condition.threshold, column: UInt32(condition.column))
            }
        }
        form = ensemble.form
        self.nodes = AlignedArray(copying: nodes.span, filler: rowan_walk_node())
        self.groups = AlignedArray(copying: groups.span, filler: rowan_walk_group())
        self.trees = AlignedArray(copying: trees.span, filler: rowan_oblivious_tree())
        self.splits = AlignedArray(copying: splits.span, filler: rowan_split())
    }
}

extension [rowan_walk_node] {
    /// Appends a tree level by level, children side by side.
    ///
    /// - Returns: the tree's depth in edges.
    fileprivate mutating func append(
        tree: Int, of ensemble: TreeEnsemble, columns: EngineColumns, leafCount: inout UInt32
    ) -> UInt32 {
        let firstPlace = count
        let firstNode = Int(ensemble.treeStarts[tree])
        let endNode = Int(ensemble.treeStarts[tree + 1])
        // A leaf's number must follow the forest's order, not the level's.
        var leafNumbers: [UInt32] = []
        for node in firstNode..<endNode {
            leafNumbers.append(leafCount)
            if ensemble.features[node] < 0 { leafCount += 1 }
        }
        var depth: UInt32 = 0
        var level = [firstNode]
        append(rowan_walk_node())
        var levelStart = firstPlace
        while !level.isEmpty {
            var nextLevel: [Int] = []
            let nextStart = levelStart + level.count
            for (offset, node) in level.enumerated() {
                guard ensemble.features[node] >= 0 else {
                    let place = UInt32(levelStart + offset) * 2
                    self[levelStart + offset] = rowan_walk_node(
                        threshold: .nan, column: 0, left: place, leaf: leafNumbers[node - firstNode])
                    continue
                }
                let condition = columns.condition(
                    feature: ensemble.features[node], threshold: ensemble.values[node],
                    missingGoesLeft: ensemble.missingGoesLeft[node])
                self[levelStart + offset] = rowan_walk_node(
                    threshold: condition.threshold, column: UInt32(condition.column),
                    left: UInt32(nextStart + nextLevel.count) * 2, leaf: 0)
                nextLevel.append(Int(ensemble.leftChildren[node]))
                nextLevel.append(Int(ensemble.rightChildren[node]))
            }
            append(contentsOf: repeatElement(rowan_walk_node(), count: nextLevel.count))
            if !nextLevel.isEmpty { depth += 1 }
            levelStart = nextStart
            level = nextLevel
        }
        return depth
    }
}

extension rowan_walk_group {
    /// A group of one to eight trees, given by their roots' places.
    fileprivate init(places: [UInt32], depth: UInt32) {
        func place(_ index: Int) -> UInt32 { places[index < places.count ? index : 0] }
        self.init(
            roots: (place(0), place(1), place(2), place(3), place(4), place(5), place(6), place(7)),
            tree_count: UInt32(places.count), depth: depth)
    }
}
