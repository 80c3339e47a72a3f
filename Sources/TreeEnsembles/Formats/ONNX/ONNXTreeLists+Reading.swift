// Which tree and which node the numbers of the file mean.

extension ONNXTreeLists {
    /// The nodes of each tree, by the tree's number.
    static func runs(
        of treeIDs: [Int64], at position: Int
    ) throws(TreeEnsembleFault) -> [Int64: Range<Int>] {
        var runs: [Int64: Range<Int>] = [:]
        var first = 0
        for index in treeIDs.indices where index + 1 == treeIDs.count || treeIDs[index + 1] != treeIDs[index] {
            guard runs.updateValue(first..<index + 1, forKey: treeIDs[index]) == nil else {
                throw TreeEnsembleFault(.unsupported("a tree whose nodes do not stand together"), at: position)
            }
            first = index + 1
        }
        return runs
    }

    /// Where the node of a number stands: the element at its tree's first node plus its number.
    static func nodes(
        ofIDs nodeIDs: [Int64], in treeRanges: [Range<Int>], at position: Int
    ) throws(TreeEnsembleFault) -> [Int] {
        var nodes = [Int](repeating: -1, count: nodeIDs.count)
        for range in treeRanges {
            for index in range {
                guard nodeIDs[index] >= 0 && nodeIDs[index] < range.count else {
                    throw TreeEnsembleFault(
                        .inconsistent("node \(nodeIDs[index]) of a tree of \(range.count)"), at: position)
                }
                nodes[range.lowerBound + Int(nodeIDs[index])] = index
            }
        }
        return nodes
    }

    /// The weights, by the leaf's place among the nodes.
    static func weights(
        _ node: ONNXGraph.Node, _ prefix: WeightPrefix, modes: [Mode], treeOfID: [Int64: Range<Int>], nodeOfID: [Int]
    ) throws(TreeEnsembleFault) -> [Weight] {
        func integers(_ name: String) -> [Int64] { node.attributes["\(prefix.rawValue)_\(name)"]?.integers ?? [] }
        let trees = integers("treeids")
        let leaves = integers("nodeids")
        let targets = integers("ids")
        let values = node.doubles("\(prefix.rawValue)_weights")
        guard [trees.count, leaves.count, targets.count].allSatisfy({ $0 == values.count }) else {
            throw TreeEnsembleFault(
                .inconsistent("\(prefix.rawValue) lists of different lengths"), at: node.position)
        }
        var weights: [Weight] = []
        weights.reserveCapacity(values.count)
        for index in values.indices {
            guard let range = treeOfID[trees[index]], leaves[index] >= 0 && leaves[index] < range.count else {
                throw TreeEnsembleFault(
                    .inconsistent("a weight of no node"), field: "\(prefix.rawValue)_nodeids", at: node.position)
            }
            let place = nodeOfID[range.lowerBound + Int(leaves[index])]
            guard place >= 0 && modes[place] == .leaf else {
                throw TreeEnsembleFault(
                    .inconsistent("a weight of node \(leaves[index]), which is no leaf"), at: node.position)
            }
            guard targets[index] >= 0 && targets[index] < TreeEnsembleLimits.marginCount else {
                throw TreeEnsembleFault(
                    .limit(
                        what: "targets", value: Int(clamping: targets[index]), limit: TreeEnsembleLimits.marginCount),
                    field: "\(prefix.rawValue)_ids", at: node.position)
            }
            guard values[index].isFinite else {
                throw TreeEnsembleFault(
                    .inconsistent("the value of leaf \(leaves[index]) is not finite"), at: node.position)
            }
            weights.append(Weight(node: place, target: Int(targets[index]), value: values[index]))
        }
        // The usual order is the trees' own already.
        let isSorted = zip(weights, weights.dropFirst()).allSatisfy { $0.node <= $1.node }
        return isSorted ? weights : weights.sorted { $0.node < $1.node }
    }
}
