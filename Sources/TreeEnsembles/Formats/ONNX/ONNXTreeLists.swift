import LinuxSystem

/// The trees of an ONNX tree operator as parallel lists of nodes: the form in which `TreeEnsembleClassifier` and
/// `TreeEnsembleRegressor` hold them, and into which `ONNXTreeTables` brings those of `TreeEnsemble`.
///
/// - Source: ai.onnx.ml `TreeEnsembleClassifier` and `TreeEnsembleRegressor`, versions 1 to 4. Semantic choices, as
///   ONNX Runtime has them: a tree's nodes stand together, its root first; a mode compares the input with the node's
///   value and takes the true child where that holds; a comparison with NaN does not hold, BRANCH_NEQ excepted, unless
///   `missing_value_tracks_true` is set.
struct ONNXTreeLists {
    /// How a node decides, by the name in the file.
    enum Mode: String, Sendable {
        case leaf = "LEAF"
        case lessOrEqual = "BRANCH_LEQ"
        case less = "BRANCH_LT"
        case greaterOrEqual = "BRANCH_GTE"
        case greater = "BRANCH_GT"
        case equal = "BRANCH_EQ"
        case notEqual = "BRANCH_NEQ"
        /// Whether the input is one of a set; only `TreeEnsemble` has it.
        case member = "BRANCH_MEMBER"

        /// The comparison of an inner node with a number.
        var comparison: SplitOperator? {
            switch self {
            case .leaf, .member: nil
            case .lessOrEqual: .lessOrEqual
            case .less: .less
            case .greaterOrEqual: .greaterOrEqual
            case .greater: .greater
            case .equal: .equal
            case .notEqual: .notEqual
            }
        }
    }

    /// What the attributes of weights are called.
    enum WeightPrefix: String {
        case classes = "class"
        case target = "target"
    }

    /// One number that a leaf adds.
    struct Weight {
        /// Where the leaf stands among the nodes.
        var node: Int
        var target: Int
        var value: Double
    }

    /// Nodes of each tree.
    var treeRanges: [Range<Int>] = []
    var modes: [Mode] = []
    /// In the order of leaves among the nodes, then of targets as the file has them.
    var weights: [Weight] = []
    var nodeIDs: [Int64] = []
    var features: [Int64] = []
    var thresholds: [Double] = []
    var trueChildren: [Int64] = []
    var falseChildren: [Int64] = []
    var missingTracksTrue: [Int64] = []
    /// What nodes of mode `member` ask for, by the node's place in the lists.
    var sets: [Int: CategorySet] = [:]
    /// Input column of each feature.
    private var columns: [Int]?
    /// Where the operator begins in the file.
    private let position: Int

    /// No tree of an operator that begins there.
    init(at position: Int) {
        self.position = position
    }

    /// Reads the attributes of an operator.
    ///
    /// - Parameter columns: the input columns that the operator sees, or nil for all.
    /// - Parameter takesDoubles: whether inputs are float64, so that numbers of the operator may be.
    init(
        _ node: ONNXGraph.Node, _ prefix: WeightPrefix, columns: [Int]?, takesDoubles: Bool, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        for name in ["nodes_values", "\(prefix.rawValue)_weights", "base_values"] where !takesDoubles {
            guard node.attributes["\(name)_as_tensor"]?.tensor?.isFloat ?? true else {
                throw TreeEnsembleFault(
                    .unsupported("\(name)_as_tensor of another type than the inputs"), at: node.position)
            }
        }
        func attribute(_ name: String) -> ONNXGraph.Attribute { node.attributes[name] ?? ONNXGraph.Attribute() }
        position = node.position
        self.columns = columns
        nodeIDs = attribute("nodes_nodeids").integers
        features = attribute("nodes_featureids").integers
        thresholds = node.doubles("nodes_values")
        trueChildren = attribute("nodes_truenodeids").integers
        falseChildren = attribute("nodes_falsenodeids").integers
        missingTracksTrue = attribute("nodes_missing_value_tracks_true").integers
        modes = try attribute("nodes_modes").strings.map { (range) throws(TreeEnsembleFault) in
            let name = bytes.text(range.prefix(64))
            guard let mode = Mode(rawValue: name), mode != .member else {
                throw TreeEnsembleFault(.unsupported("mode \(name)"), at: range.lowerBound)
            }
            return mode
        }
        let treeIDs = attribute("nodes_treeids").integers
        let lengths = [
            features.count, thresholds.count, trueChildren.count, falseChildren.count, modes.count, treeIDs.count,
            missingTracksTrue.isEmpty ? nodeIDs.count : missingTracksTrue.count,
        ]
        guard lengths.allSatisfy({ [count = nodeIDs.count] in $0 == count }) else {
            throw TreeEnsembleFault(.inconsistent("node lists of different lengths"), at: node.position)
        }
        let treeOfID = try Self.runs(of: treeIDs, at: node.position)
        treeRanges = treeOfID.values.sorted { $0.lowerBound < $1.lowerBound }
        let nodeOfID = try Self.nodes(ofIDs: nodeIDs, in: treeRanges, at: node.position)
        weights = try Self.weights(node, prefix, modes: modes, treeOfID: treeOfID, nodeOfID: nodeOfID)
    }

    /// The least number of input columns that the trees need.
    var columnCount: Int {
        if let columns { return (columns.max() ?? -1) + 1 }
        let greatest = zip(features, modes).filter { $1 != .leaf }.map(\.0).max() ?? -1
        return Int(clamping: greatest) &+ 1
    }

    /// The targets of which every row gets a weight: those for which every leaf of some tree has one.
    func everyRowsTargets(targetCount: Int) -> [Bool] {
        var isEveryRows = Array(repeating: false, count: targetCount)
        var leafCounts = Array(repeating: 0, count: targetCount)
        var next = 0
        for range in treeRanges {
            let first = next
            while next < weights.count && weights[next].node < range.upperBound {
                if weights[next].target < targetCount { leafCounts[weights[next].target] += 1 }
                next += 1
            }
            let leafCount = modes[range].count { $0 == .leaf }
            for weight in weights[first..<next] where weight.target < targetCount {
                if leafCounts[weight.target] >= leafCount { isEveryRows[weight.target] = true }
                leafCounts[weight.target] = 0
            }
        }
        return isEveryRows
    }

    /// The target of each tree, where every leaf of a tree has one weight and all of them are for one target.
    var onlyTargets: [Int]? {
        guard weights.count == modes.count(where: { $0 == .leaf }) else { return nil }
        var targets: [Int] = []
        var next = 0
        for range in treeRanges {
            let first = next
            while next < weights.count && weights[next].node < range.upperBound { next += 1 }
            guard first < next,
                weights[first..<next].allSatisfy({ [only = weights[first].target] in $0.target == only })
            else { return nil }
            targets.append(weights[first].target)
        }
        return targets
    }

    /// The values of a tree's leaves, leaves in the order in which they stand among the nodes.
    ///
    /// - Shape: leaves × targets.
    /// - Parameter onlyTarget: the target that stands in the file for target 0.
    /// - Parameter absent: stands for a leaf that has no weight for a target.
    func leafValues(
        ofTree tree: Int, targetCount: Int = 1, onlyTarget: Int = 0, absent: Double = 0
    ) throws(TreeEnsembleFault) -> [Double] {
        let range = treeRanges[tree]
        let leafCount = modes[range].count { $0 == .leaf }
        var values = [Double](repeating: .nan, count: leafCount * targetCount)
        var leaf = -1
        var node = range.lowerBound - 1
        var next = weights.partitioningIndex { $0.node >= range.lowerBound }
        while next < weights.count && weights[next].node < range.upperBound {
            let weight = weights[next]
            while node < weight.node {
                node += 1
                if modes[node] == .leaf { leaf += 1 }
            }
            let target = weight.target - onlyTarget
            guard target < targetCount else {
                throw TreeEnsembleFault(
                    .inconsistent("a weight for target \(weight.target) of \(targetCount)"), at: position)
            }
            guard values[leaf * targetCount + target].isNaN else {
                throw TreeEnsembleFault(.unsupported("a leaf of several weights for a target"), at: position)
            }
            values[leaf * targetCount + target] = weight.value
            next += 1
        }
        guard targetCount > 1 || !values.contains(where: \.isNaN) else {
            throw TreeEnsembleFault(.inconsistent("a leaf has no weight"), at: position)
        }
        return values.map { $0.isNaN ? absent : $0 }
    }

    /// Declares one tree with the given leaf values, `leafWidth` for each leaf.
    func build(
        tree: Int, margin: Int = 0, leafWidth: Int = 1, into builder: inout TreeEnsembleBuilder, leafValues: [Double]
    ) throws(TreeEnsembleFault) {
        let range = treeRanges[tree]
        try builder.startTree(
            margin: margin, slotCount: range.count, root: Int(clamping: nodeIDs[range.lowerBound]))
        var firstValue = 0
        for index in range {
            guard modes[index] == .leaf else {
                try declareSplit(index, into: &builder)
                continue
            }
            let values = leafValues[firstValue..<firstValue + leafWidth]
            try builder.leaf(node: Int(clamping: nodeIDs[index]), values: values)
            firstValue += leafWidth
        }
        try builder.endTree()
    }

    private func declareSplit(_ index: Int, into builder: inout TreeEnsembleBuilder) throws(TreeEnsembleFault) {
        let node = Int(clamping: nodeIDs[index])
        var feature = Int(clamping: features[index])
        if let columns {
            guard columns.indices.contains(feature) else {
                throw TreeEnsembleFault(.inconsistent("feature \(feature) of \(columns.count)"))
            }
            feature = columns[feature]
        }
        let tracksTrue = !missingTracksTrue.isEmpty && missingTracksTrue[index] != 0
        let whenTrue = Int(clamping: trueChildren[index])
        let whenFalse = Int(clamping: falseChildren[index])
        if let set = sets[index] {
            return try builder.categoricalSplit(
                node: node, feature: feature, set: set, left: whenTrue, right: whenFalse, missingGoesLeft: tracksTrue)
        }
        guard let comparison = modes[index].comparison else { preconditionFailure("a split has a comparison or a set") }
        // NaN is equal to nothing.
        try builder.split(
            node: node, feature: feature, comparison, value: thresholds[index], whenTrue: whenTrue,
            whenFalse: whenFalse, missingTakesTrue: tracksTrue || comparison == .notEqual)
    }
}

extension ONNXGraph.Node {
    /// A list of numbers that is an attribute of float32 numbers or, under its name and `_as_tensor`, a tensor.
    func doubles(_ name: String) -> [Double] {
        attributes["\(name)_as_tensor"]?.tensor?.elements ?? attributes[name]?.floats.map { Double($0) } ?? []
    }
}
