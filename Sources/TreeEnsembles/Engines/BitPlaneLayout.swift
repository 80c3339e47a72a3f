import CVectorPrimitives
import LinuxSystem

/// A forest laid out for the block kernel: its different conditions, and trees as references to them.
///
/// - Shape: conditions stand by column, within a column in the order of their thresholds; a last plane of zeros serves
///   questions that nothing answers with yes.
struct BitPlaneLayout {
    private(set) var conditionStarts: [UInt32]
    private(set) var thresholds: [Float]
    private(set) var groups: [rowan_plane_group]
    private(set) var planeOffsets: [UInt32] = []
    private(set) var freeNodes: [rowan_plane_node] = []
    /// Vectors of rows that a block keeps for the leaves and nodes of a group of free trees.
    private(set) var reachCount = 0
    private(set) var leaves: [UInt64] = []
    private(set) var vectorThresholds: [Float] = []
    private(set) var vectorColumns: [UInt32] = []
    private(set) var answerPlaces: [UInt16] = []
    private(set) var rowLeavesFloat: [Float] = []
    private(set) var rowLeavesDouble: [Double] = []
    /// Whether the row kernel takes the forest: it is to, no tree is laid out freely, and answers have places.
    let servesRows: Bool

    /// Where a condition stands: its plane, and its answer in the row kernel.
    private struct Reference {
        var offset: UInt32
        var place: UInt16
    }

    private var references: [EngineColumns.Condition: Reference] = [:]
    /// Stands for questions that nothing answers with yes.
    private var never = Reference(offset: 0, place: 0)

    /// Lays out a forest.
    ///
    /// - Parameter laysOutRows: whether the row kernel is to serve single rows.
    /// - Throws: what exceeds `EngineLimits`.
    init(
        of ensemble: TreeEnsemble, columns: EngineColumns, kernels: KernelTable, laysOutRows: Bool = true
    ) throws(EngineRefusal) {
        let groups = try Self.grouped(ensemble)
        self.groups = groups
        let conditions = try Self.conditions(of: ensemble, columns)
        thresholds = conditions.map(\.threshold)
        conditionStarts = Array(repeating: 0, count: columns.count + 1)
        for condition in conditions { conditionStarts[Int(condition.column) + 1] += 1 }
        for column in 0..<columns.count { conditionStarts[column + 1] += conditionStarts[column] }
        let starts = conditionStarts
        let vectorCount = (0..<columns.count).reduce(0) { $0 + (Int(starts[$1 + 1] - starts[$1]) + 15) / 16 }
        let isFree = groups.contains { $0.shape == rowan_plane_free }
        // One place behind the vectors is the answer no.
        servesRows = laysOutRows && vectorCount * 16 < EngineLimits.answerCount && !isFree
        if servesRows { addVectors(columnCount: columns.count) }
        // Distances of planes count in units of eight bytes.
        addReferences(conditions, planeUnits: kernels.blockRowCapacity / 64)
        addTrees(of: ensemble, columns, kernels: kernels)
        references = [:]
    }

    /// All conditions of a forest once, by column and threshold.
    private static func conditions(
        of ensemble: TreeEnsemble, _ columns: EngineColumns
    ) throws(EngineRefusal) -> [EngineColumns.Condition] {
        var different: Set<EngineColumns.Condition> = []
        ensemble.forEachQuestion { feature, threshold, missingGoesLeft in
            let condition = columns.condition(
                feature: feature, threshold: threshold, missingGoesLeft: missingGoesLeft)
            if !condition.threshold.isNaN { different.insert(condition) }
        }
        try check("different conditions", different.count, EngineLimits.conditionCount)
        return different.sorted { ($0.column, $0.threshold) < ($1.column, $1.threshold) }
    }

    /// Fills the row kernel's vectors of thresholds.
    private mutating func addVectors(columnCount: Int) {
        for column in 0..<columnCount {
            let range = Int(conditionStarts[column])..<Int(conditionStarts[column + 1])
            for first in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
                let end = min(first + 16, range.upperBound)
                vectorThresholds += thresholds[first..<end]
                vectorThresholds += Array(repeating: .nan, count: first + 16 - end)
                vectorColumns.append(UInt32(column))
            }
        }
    }

    private mutating func addReferences(_ conditions: [EngineColumns.Condition], planeUnits: Int) {
        var place = 0
        for (index, condition) in conditions.enumerated() {
            // A column's conditions begin on a whole vector.
            if index > 0 && condition.column != conditions[index - 1].column { place = (place + 15) / 16 * 16 }
            // Where the row kernel does not serve, places mean nothing and may be beyond their limit.
            references[condition] = Reference(
                offset: UInt32(index * planeUnits), place: UInt16(truncatingIfNeeded: place))
            place += 1
        }
        never = Reference(
            offset: UInt32(conditions.count * planeUnits), place: UInt16(truncatingIfNeeded: vectorThresholds.count))
    }

    private func reference(_ condition: EngineColumns.Condition?) -> Reference {
        condition.flatMap { references[$0] } ?? never
    }

    private static func check(_ what: String, _ value: Int, _ limit: Int) throws(EngineRefusal) {
        guard value <= limit else {
            throw EngineRefusal(
                engine: BitPlaneEngine.name, reason: .limit(what: what, value: value, limit: limit))
        }
    }
}

// MARK: Groups

extension BitPlaneLayout {
    /// What decides how a tree is laid out.
    private struct TreeSize {
        var depth: Int
        var leafCount: Int
    }

    /// Groups of up to four neighbouring trees of one margin.
    ///
    /// A group of trees that are nearly perfect is padded to the deepest of them; others keep their shape.
    private static func grouped(_ ensemble: TreeEnsemble) throws(EngineRefusal) -> [rowan_plane_group] {
        var sizes: [TreeSize] = []
        for tree in 0..<ensemble.treeCount { sizes.append(try size(ofTree: tree, of: ensemble)) }
        let margins = ensemble.treeMargins
        var groups: [rowan_plane_group] = []
        var first = 0
        var (firstOffset, firstNode, firstLeaf) = (0, 0, 0)
        while first < sizes.count {
            var end = first
            while end < min(first + 4, sizes.count) && margins[end] == margins[first] { end += 1 }
            let trees = sizes[first..<end]
            let (shape, depth) = layout(of: trees, ensemble.form)
            var group = rowan_plane_group()
            group.shape = shape
            group.depth = UInt32(depth)
            group.tree_count = UInt32(trees.count)
            group.margin = UInt32(margins[first])
            group.first_leaf = UInt32(firstLeaf)
            group.first_place = UInt32(shape == rowan_plane_free ? firstNode : firstOffset)
            switch shape {
            case rowan_plane_perfect: firstOffset += trees.count << depth
            case rowan_plane_oblivious: firstOffset += trees.count * depth
            case rowan_plane_free:
                let leafCounts = trees.map(\.leafCount) + [0, 0, 0]
                group.leaf_counts = (
                    UInt16(leafCounts[0]), UInt16(leafCounts[1]), UInt16(leafCounts[2]), UInt16(leafCounts[3])
                )
                group.node_count = UInt32(trees.reduce(0) { $0 + $1.leafCount - 1 })
                firstNode += Int(group.node_count)
            default: preconditionFailure("a group has one of the shapes that are laid out")
            }
            groups.append(group)
            firstLeaf += (end - first) * DraftTree.paddedLeafCount(depth: depth)
            try check("leaves after padding", firstLeaf, EngineLimits.paddedLeafCount)
            first = end
        }
        return groups
    }

    private static func size(ofTree tree: Int, of ensemble: TreeEnsemble) throws(EngineRefusal) -> TreeSize {
        let depth = DraftTree.depth(ofTree: tree, of: ensemble)
        if ensemble.form == .oblivious {
            try check("levels in a tree", depth, EngineLimits.planeTreeDepth)
            return TreeSize(depth: depth, leafCount: 1 << depth)
        }
        // A binary tree has one leaf more than inner nodes.
        let leafCount = (Int(ensemble.treeStarts[tree + 1] - ensemble.treeStarts[tree]) + 1) / 2
        try check("leaves in a tree", leafCount, EngineLimits.planeLeafCount)
        return TreeSize(depth: depth, leafCount: leafCount)
    }

    /// The cheaper layout of neighbouring trees, and the bits of their leaves' numbers.
    private static func layout(
        of trees: ArraySlice<TreeSize>, _ form: TreeEnsemble.Form
    ) -> (shape: rowan_plane_shape, depth: Int) {
        let deepest = max(trees.map(\.depth).max() ?? 1, 1)
        if form == .oblivious { return (rowan_plane_oblivious, deepest) }
        let leafCount = trees.reduce(0) { $0 + $1.leafCount }
        let isPadded =
            deepest <= EngineLimits.planeTreeDepth
            && Double(trees.count << deepest) <= Double(leafCount) * EngineCosts.paddedLeavesPerLeaf
        if isPadded { return (rowan_plane_perfect, deepest) }
        let mostLeaves = trees.map(\.leafCount).max() ?? 1
        var bitCount = 4
        while 1 << bitCount < mostLeaves { bitCount += 1 }
        return (rowan_plane_free, bitCount)
    }
}

// MARK: Trees

extension BitPlaneLayout {
    /// Writes the trees as references to their conditions, group by group.
    private mutating func addTrees(of ensemble: TreeEnsemble, _ columns: EngineColumns, kernels: KernelTable) {
        var tree = 0
        for group in groups {
            let trees = tree..<tree + Int(group.tree_count)
            tree = trees.upperBound
            if group.shape == rowan_plane_free {
                addFreeTrees(trees, depth: Int(group.depth), of: ensemble, columns, kernels)
                continue
            }
            for tree in trees {
                let draft = DraftTree(tree: tree, of: ensemble, columns: columns).padded(toDepth: Int(group.depth))
                for condition in draft.conditions {
                    let reference = reference(condition)
                    planeOffsets.append(reference.offset)
                    if servesRows { answerPlaces.append(reference.place) }
                }
                append(draft.leaves, precision: ensemble.sumPrecision, kernels: kernels)
            }
        }
    }

    /// Writes trees in their own shape, all trees of the group level by level.
    private mutating func addFreeTrees(
        _ trees: Range<Int>, depth: Int, of ensemble: TreeEnsemble, _ columns: EngineColumns, _ kernels: KernelTable
    ) {
        // The place of each leaf among the vectors of reach, by its node.
        var leafPlaces: [Int: Int] = [:]
        // The first vector is that of all roots.
        var place = 1
        var level: [(node: Int, place: Int)] = []
        for tree in trees {
            let nodes = Int(ensemble.treeStarts[tree])..<Int(ensemble.treeStarts[tree + 1])
            let leafNodes = nodes.filter { ensemble.features[$0] < 0 }
            for (number, node) in leafNodes.enumerated() { leafPlaces[node] = place + number }
            place += (leafNodes.count + 7) / 8 * 8
            if leafNodes.count > 1 { level.append((nodes.lowerBound, 0)) }
            let padding = DraftTree.paddedLeafCount(depth: depth) - leafNodes.count
            append(
                leafNodes.map { ensemble.values[$0] } + Array(repeating: 0, count: padding),
                precision: ensemble.sumPrecision, kernels: kernels)
        }
        let vectorByteCount = kernels.blockRowCapacity / 8
        while !level.isEmpty {
            var nextLevel: [(node: Int, place: Int)] = []
            func childPlace(_ child: Int32) -> UInt32 {
                if let leafPlace = leafPlaces[Int(child)] { return UInt32(leafPlace * vectorByteCount) }
                nextLevel.append((Int(child), place))
                place += 1
                return UInt32((place - 1) * vectorByteCount)
            }
            for (node, own) in level {
                let condition = columns.condition(
                    feature: ensemble.features[node], threshold: ensemble.values[node],
                    missingGoesLeft: ensemble.missingGoesLeft[node])
                freeNodes.append(
                    rowan_plane_node(
                        plane_offset: reference(condition).offset, own: UInt32(own * vectorByteCount),
                        left: childPlace(ensemble.leftChildren[node]),
                        right: childPlace(ensemble.rightChildren[node])))
            }
            level = nextLevel
        }
        reachCount = max(reachCount, place)
    }

    /// Appends the leaves of one tree, arranged for the kernel.
    private mutating func append(_ values: [Double], precision: TreeEnsemble.Precision, kernels: KernelTable) {
        let isFloat = precision == .float32
        if servesRows { if isFloat { rowLeavesFloat += values.map { Float($0) } } else { rowLeavesDouble += values } }
        // A tree has a multiple of sixteen leaves.
        var packed = [UInt64](repeating: 0, count: isFloat ? values.count / 2 : values.count)
        unsafe packed.withUnsafeMutableBytes { packed in
            guard let target = packed.baseAddress else { return }
            if isFloat {
                let floats = values.map { Float($0) }
                unsafe floats.withUnsafeBufferPointer { floats in
                    guard let source = floats.baseAddress else { return }
                    // The target has four bytes for each value.
                    unsafe kernels.packFloats(source, floats.count, target)
                }
            } else {
                unsafe values.withUnsafeBufferPointer { values in
                    guard let source = values.baseAddress else { return }
                    // The target has eight bytes for each value.
                    unsafe kernels.packDoubles(source, values.count, target)
                }
            }
        }
        leaves += packed
    }
}
