import CVectorPrimitives

/// What the lanes of a vector of nodes have, in the form that the kernel of single rows reads.
struct ContributionRowVector {
    private(set) var record = rowan_shapley_lanes()
    private(set) var numbers: [Double]
    private(set) var indices: [UInt32]
    private let laneCount: Int
    private var usedCount = 0
    /// Lanes with such children.
    private var leftChildren: [Int] = []
    private var rightChildren: [Int] = []

    /// - Parameter firstChild: the slot of the first child that is no leaf.
    init(laneCount: Int, firstChild: Int) {
        self.laneCount = laneCount
        record.first_child = UInt32(firstChild)
        numbers = Array(repeating: 0, count: Int(rowan_shapley_lane_number_count) * laneCount)
        indices = Array(repeating: 0, count: Int(rowan_shapley_lane_index_count) * laneCount)
    }

    /// Moves from children to parents and from parents to children.
    var moves: [UInt8] {
        var moves = [UInt8](repeating: 0, count: Int(rowan_shapley_lane_move_count) * laneCount)
        for (index, children) in [leftChildren, rightChildren].enumerated() {
            for (child, lane) in children.enumerated() {
                moves[index * laneCount + lane] = UInt8(child)
                moves[(2 + index) * laneCount + child] = UInt8(lane)
            }
        }
        return moves
    }

    /// Adds a node in the next lane.
    ///
    /// - Parameter earlierSlot: that of the node of the nearest edge above that asks for the same feature.
    mutating func append(_ node: ContributionRowTree.Node, _ source: rowan_shapley_node, earlierSlot: Int?) {
        let lane = usedCount
        let bit = UInt32(1) << UInt32(lane)
        usedCount += 1
        write(source, isFork: node.isFork, lane: lane)
        if node.isFork { record.fork_lanes |= bit }
        if node.left != nil {
            record.left_lanes |= bit
            record.left_child_count += 1
            leftChildren.append(lane)
        }
        if node.right != nil {
            record.right_lanes |= bit
            rightChildren.append(lane)
        }
        if let earlier = node.earlier, let slot = earlierSlot {
            record.repeated_lanes |= bit
            indices[laneCount + lane] = UInt32(followIndex(slot: slot, right: earlier.isRight))
        }
    }

    /// No node follows.
    ///
    /// Lanes without one may be anything: where all nodes are forks, they are too.
    mutating func finish() {
        guard record.fork_lanes == (1 << UInt32(usedCount)) - 1 else { return }
        record.fork_lanes = (1 << UInt32(laneCount)) - 1
    }

    private mutating func write(_ node: rowan_shapley_node, isFork: Bool, lane: Int) {
        // A fork's gains hold the difference of its leaves, which all points share.
        let difference = node.right_value - node.left_value
        let gain = isFork ? difference : 1
        let values = [
            node.threshold, node.left_share, node.right_share, -node.right_share * gain, node.left_share * gain,
            node.left_value, isFork ? difference : node.right_value, node.earlier_share,
        ]
        for (index, value) in values.enumerated() { numbers[index * laneCount + lane] = value }
        indices[lane] = node.column
    }

    /// Where it stands whether the row has followed an edge: behind a vector for nodes without an earlier edge, a
    /// vector for right edges and one for left ones of each vector of nodes.
    private func followIndex(slot: Int, right isRight: Bool) -> Int {
        laneCount + 2 * (slot - slot % laneCount) + slot % laneCount + (isRight ? 0 : laneCount)
    }
}
