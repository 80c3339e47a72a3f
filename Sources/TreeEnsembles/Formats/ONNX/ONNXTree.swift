import LinuxSystem

/// One tree of an ONNX `TreeEnsembleRegressor`, which holds all nodes as parallel lists.
///
/// - Source: ai.onnx.ml `TreeEnsembleRegressor`, versions 1 and 3. Semantic choices, as ONNX Runtime has them:
///   BRANCH_LEQ sends a value to the true child when it is ≤ the node's value, both float32; NaN compares false and so
///   takes the false child, unless `missing_value_tracks_true` is set. Refused by name: other modes, several trees in
///   one operator, several targets, base values, and post transforms.
struct ONNXTree {
    private let nodeIDs: [Int64]
    private let isLeaf: [Bool]
    private let features: [Int64]
    private let thresholds: [Float]
    private let trueChildren: [Int64]
    private let falseChildren: [Int64]
    private let missingTracksTrue: [Int64]
    /// What the operator adds up for each leaf, in the order in which leaves stand among the nodes.
    let leafWeights: [Float]
    /// Input column of each feature.
    private let columns: [Int]?

    /// Reads the attributes of an operator.
    ///
    /// - Parameter columns: the input columns that the operator sees, or nil for all.
    init(_ node: ONNXGraph.Node, columns: [Int]?, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        func attribute(_ name: String) -> ONNXGraph.Attribute { node.attributes[name] ?? ONNXGraph.Attribute() }
        func unsupported(_ what: String) -> TreeEnsembleFault {
            TreeEnsembleFault(.unsupported(what), at: node.position)
        }

        nodeIDs = attribute("nodes_nodeids").integers
        features = attribute("nodes_featureids").integers
        thresholds = attribute("nodes_values").floats
        trueChildren = attribute("nodes_truenodeids").integers
        falseChildren = attribute("nodes_falsenodeids").integers
        missingTracksTrue = attribute("nodes_missing_value_tracks_true").integers
        self.columns = columns
        let modes = attribute("nodes_modes").strings
        let nodeCount = nodeIDs.count
        let trackCount = missingTracksTrue.isEmpty ? nodeCount : missingTracksTrue.count
        let lengths = [
            features.count, thresholds.count, trueChildren.count, falseChildren.count, modes.count, trackCount,
        ]
        guard lengths.allSatisfy({ $0 == nodeCount }) else {
            throw TreeEnsembleFault(.inconsistent("node lists of different lengths"), at: node.position)
        }
        let trees = attribute("nodes_treeids").integers
        guard let first = trees.first, trees.count == nodeCount, trees.allSatisfy({ $0 == first }) else {
            throw unsupported("an operator of more than one tree")
        }
        guard attribute("n_targets").integer == 1 else { throw unsupported("an operator of several targets") }
        guard attribute("base_values").floats.isEmpty else { throw unsupported("base_values") }
        for (name, only) in [("post_transform", "NONE"), ("aggregate_function", "SUM")] {
            guard let text = attribute(name).string else { continue }
            if bytes.text(text) != only { throw unsupported("\(name) \(bytes.text(text.prefix(64)))") }
        }
        var isLeaf: [Bool] = []
        for mode in modes {
            isLeaf.append(bytes.matches(mode, "LEAF"))
            guard isLeaf[isLeaf.count - 1] || bytes.matches(mode, "BRANCH_LEQ") else {
                throw unsupported("mode \(bytes.text(mode.prefix(64)))")
            }
        }
        self.isLeaf = isLeaf
        leafWeights = try Self.leafWeights(node, nodeIDs: nodeIDs, isLeaf: isLeaf)
    }

    /// The least number of input columns that the tree needs.
    var columnCount: Int {
        if let columns { return (columns.max() ?? -1) + 1 }
        let greatest = zip(features, isLeaf).filter { !$1 }.map(\.0).max() ?? -1
        return Int(clamping: greatest) &+ 1
    }

    /// Declares the tree with other leaf values than the operator's own.
    func build(
        into builder: inout TreeEnsembleBuilder, leafValues: [Double]
    ) throws(TreeEnsembleFault) {
        try builder.startTree(slotCount: nodeIDs.count)
        var leaf = 0
        for index in nodeIDs.indices {
            let node = Int(clamping: nodeIDs[index])
            if isLeaf[index] {
                try builder.leaf(node: node, value: leafValues[leaf])
                leaf += 1
                continue
            }
            var feature = Int(clamping: features[index])
            if let columns {
                guard columns.indices.contains(feature) else {
                    throw TreeEnsembleFault(.inconsistent("feature \(feature) of \(columns.count)"))
                }
                feature = columns[feature]
            }
            try builder.numericalSplit(
                node: node, feature: feature, threshold: Double(thresholds[index]),
                left: Int(clamping: trueChildren[index]), right: Int(clamping: falseChildren[index]),
                missingGoesLeft: !missingTracksTrue.isEmpty && missingTracksTrue[index] != 0)
        }
        try builder.endTree()
    }

    private static func leafWeights(
        _ node: ONNXGraph.Node, nodeIDs: [Int64], isLeaf: [Bool]
    ) throws(TreeEnsembleFault) -> [Float] {
        let targets = node.attributes["target_nodeids"]?.integers ?? []
        let weights = node.attributes["target_weights"]?.floats ?? []
        var weightOfNode: [Int64: Float] = [:]
        guard targets.count == weights.count else {
            throw TreeEnsembleFault(.inconsistent("target lists of different lengths"), at: node.position)
        }
        for (target, weight) in zip(targets, weights) {
            guard weightOfNode.updateValue(weight, forKey: target) == nil else {
                throw TreeEnsembleFault(.unsupported("a leaf of several weights"), at: node.position)
            }
        }
        var leafWeights: [Float] = []
        for (identifier, leaf) in zip(nodeIDs, isLeaf) where leaf {
            guard let weight = weightOfNode[identifier] else {
                throw TreeEnsembleFault(.inconsistent("leaf \(identifier) has no weight"), at: node.position)
            }
            leafWeights.append(weight)
        }
        return leafWeights
    }
}
