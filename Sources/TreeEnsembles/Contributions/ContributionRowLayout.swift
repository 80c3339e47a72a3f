import CVectorPrimitives
import LinuxSystem

/// A forest laid out for the kernel of a single row: nodes of several trees side by side, level by level.
struct ContributionRowLayout {
    private(set) var groups: [rowan_shapley_group] = []
    private(set) var vectors: [rowan_shapley_lanes] = []
    /// What lanes have of each, as the kernel reads them.
    private(set) var numbers: [Double] = []
    private(set) var indices: [UInt32] = []
    private(set) var moves: [UInt8] = []
    private(set) var terms: [rowan_shapley_term] = []
    private(set) var treeTerms: [rowan_shapley_tree_terms] = []
    /// The most slots of a group.
    private(set) var groupSlotCount = 0
    /// Slots of all groups.
    var slotCount: Int { vectors.count * laneCount }
    /// What all walks add, number by number.
    var contributionCount: Int { walkCount * slotCount }

    private let laneCount: Int
    /// The most walks through a tree.
    private let walkCount: Int
    private let trees: [ContributionRowTree]
    /// Of each tree's nodes their slots in the forest.
    private var slots: [[Int]]

    /// A node that is given a slot.
    private struct Resident {
        var tree: Int
        var node: Int
    }

    /// Lays a forest out, or nil if there are more numbers to add up than a limit.
    ///
    /// - Parameter groupNodeLimit: nodes of a group, by the points of a walk, after which no tree is added.
    init?(
        _ tables: borrowing ContributionTables, laneCount: Int, contributionLimit: Int, groupNodeLimit: (Int) -> Int
    ) {
        self.laneCount = laneCount
        var trees: [ContributionRowTree] = []
        for index in 0..<tables.trees.count {
            trees.append(ContributionRowTree(tables.trees[index], of: tables))
        }
        self.trees = trees
        slots = trees.map { [Int](repeating: 0, count: $0.nodes.count) }
        walkCount = trees.map { Self.walkCount(of: $0) }.max() ?? 0
        // Trees of a rule stand together; the order of sums is that of the terms.
        let sorted = trees.indices.sorted { (trees[$0].rule.point_count, $0) < (trees[$1].rule.point_count, $1) }
        var (first, end) = (0, 0)
        while first < sorted.count {
            let pointCount = trees[sorted[first]].rule.point_count
            let limit = groupNodeLimit(min(Int(pointCount), Int(rowan_walk_point_count)))
            var nodeCount = 0
            while end < sorted.count, trees[sorted[end]].rule.point_count == pointCount, nodeCount < limit {
                nodeCount += trees[sorted[end]].nodes.count
                end += 1
            }
            addGroup(sorted[first..<end], tables)
            guard contributionCount <= contributionLimit else { return nil }
            first = end
        }
        addTerms(tables)
    }

    private static func walkCount(of tree: ContributionRowTree) -> Int {
        let width = Int(rowan_walk_point_count)
        return (Int(tree.rule.point_count) + width - 1) / width
    }

    private mutating func addTerms(_ tables: borrowing ContributionTables) {
        for (tree, slots) in zip(trees, slots) {
            treeTerms.append(
                rowan_shapley_tree_terms(
                    first_term: UInt64(terms.count), term_count: UInt32(tree.order.count),
                    walk_count: UInt32(Self.walkCount(of: tree))))
            for node in tree.order {
                let sum = tables.nodes[tree.nodes[node].number].sum
                terms.append(rowan_shapley_term(slot: UInt32(slots[node]), sum: sum))
            }
        }
    }

    private mutating func addGroup(_ members: ArraySlice<Int>, _ tables: borrowing ContributionTables) {
        let firstVector = vectors.count
        var level = members.map { Resident(tree: $0, node: 0) }
        let rootVectorCount = vectorCount(of: level)
        while !level.isEmpty { level = addLevel(level, firstVector: firstVector, tables) }
        guard let rule = members.first.map({ trees[$0].rule }) else { return }
        groups.append(
            rowan_shapley_group(
                first_vector: UInt32(firstVector), vector_count: UInt32(vectors.count - firstVector),
                root_vector_count: UInt32(rootVectorCount), first_walk: rule.first_walk,
                point_count: rule.point_count))
        groupSlotCount = max(groupSlotCount, (vectors.count - firstVector) * laneCount)
    }

    private func vectorCount(of level: [Resident]) -> Int { (level.count + laneCount - 1) / laneCount }

    /// Adds the vectors of a level.
    ///
    /// - Returns: the level below, in the order that the kernel expects.
    private mutating func addLevel(
        _ level: [Resident], firstVector: Int, _ tables: borrowing ContributionTables
    ) -> [Resident] {
        let firstBelow = (vectors.count + vectorCount(of: level) - firstVector) * laneCount
        var below: [Resident] = []
        for start in stride(from: 0, to: level.count, by: laneCount) {
            let residents = level[start..<min(start + laneCount, level.count)]
            var vector = ContributionRowVector(laneCount: laneCount, firstChild: firstBelow + below.count)
            for (lane, resident) in residents.enumerated() {
                slots[resident.tree][resident.node] = slotCount + lane
                let node = trees[resident.tree].nodes[resident.node]
                let earlier = node.earlier.map { slots[resident.tree][$0.node] - firstVector * laneCount }
                vector.append(node, tables.nodes[node.number], earlierSlot: earlier)
            }
            vector.finish()
            vectors.append(vector.record)
            numbers += vector.numbers
            indices += vector.indices
            moves += vector.moves
            for child in [\ContributionRowTree.Node.left, \.right] {
                below += residents.compactMap { resident in
                    trees[resident.tree].nodes[resident.node][keyPath: child].map {
                        Resident(tree: resident.tree, node: $0)
                    }
                }
            }
        }
        return below
    }
}
