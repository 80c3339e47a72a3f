/// The trees of an ONNX `TreeEnsemble` operator: a list of inner nodes and a list of leaves, which know each other by
/// their places in these lists.
///
/// They are walked from each root, the true child first, into the lists of the older operators. A leaf's number is its
/// place in the walk of its tree; the operator itself has no number that would be the leaf's alone, because several
/// nodes may share one.
///
/// - Source: ai.onnx.ml `TreeEnsemble`, version 5, and what ONNX Runtime 1.31 makes of it. Semantic choices:
///   `membership_values` are those of nodes of mode 6 in the order of nodes, with NaN between them; a set of fewer than
///   31 numbers from 0 to 30 holds exactly these, and any other set whose members are integers of 32 bits takes the
///   input without its fraction; sets that ONNX Runtime does not read are of exact numbers, as the standard says. A
///   root whose children are one leaf is that leaf, whose place must be the root's: ONNX Runtime takes the leaf there.
struct ONNXTreeTables {
    /// `nodes_modes` by their numbers.
    private static let modes: [ONNXTreeLists.Mode] = [
        .lessOrEqual, .less, .greaterOrEqual, .greater, .equal, .notEqual, .member,
    ]

    private let position: Int
    private let roots: [Int64]
    private let modes: [ONNXTreeLists.Mode]
    private let features: [Int64]
    private let splits: [Double]
    private let trueChildren: [Int64]
    private let falseChildren: [Int64]
    private let trueIsLeaf: [Int64]
    private let falseIsLeaf: [Int64]
    private let missingTracksTrue: [Int64]
    private let leafTargets: [Int64]
    private let leafWeights: [Double]
    private let memberships: [Int: CategorySet]

    /// Reads the attributes of an operator and walks its trees.
    ///
    /// - Parameter elementType: that of the input, which splits, members and weights must have too.
    static func lists(
        of node: ONNXGraph.Node, elementType: UInt64
    ) throws(TreeEnsembleFault) -> ONNXTreeLists {
        do throws(TreeEnsembleFault) {
            return try ONNXTreeTables(node, elementType: elementType).walked()
        } catch {
            var fault = error
            fault.byteOffset = fault.byteOffset ?? node.position
            throw fault
        }
    }

    private init(_ node: ONNXGraph.Node, elementType: UInt64) throws(TreeEnsembleFault) {
        func integers(_ name: String) -> [Int64] { node.attributes[name]?.integers ?? [] }
        func numbers(_ name: String, isNeeded: Bool = true) throws(TreeEnsembleFault) -> [Double] {
            guard let attribute = node.attributes[name] else {
                if isNeeded { throw TreeEnsembleFault(.missing, field: name) }
                return []
            }
            guard attribute.tensorType == elementType, let tensor = attribute.tensor else {
                throw TreeEnsembleFault(
                    .unsupported("element type \(attribute.tensorType ?? 0) beside an input of \(elementType)"),
                    field: name)
            }
            return tensor.elements
        }
        position = node.position
        roots = integers("tree_roots")
        features = integers("nodes_featureids")
        trueChildren = integers("nodes_truenodeids")
        falseChildren = integers("nodes_falsenodeids")
        trueIsLeaf = integers("nodes_trueleafs")
        falseIsLeaf = integers("nodes_falseleafs")
        missingTracksTrue = integers("nodes_missing_value_tracks_true")
        leafTargets = integers("leaf_targetids")
        splits = try numbers("nodes_splits")
        leafWeights = try numbers("leaf_weights")
        let modes = try Self.modes(of: node)
        self.modes = modes
        let lengths = [
            ("nodes_splits", splits.count), ("nodes_featureids", features.count),
            ("nodes_truenodeids", trueChildren.count), ("nodes_falsenodeids", falseChildren.count),
            ("nodes_trueleafs", trueIsLeaf.count), ("nodes_falseleafs", falseIsLeaf.count),
            ("nodes_missing_value_tracks_true", missingTracksTrue.isEmpty ? modes.count : missingTracksTrue.count),
        ]
        for (name, count) in lengths where count != modes.count {
            throw TreeEnsembleFault(
                .inconsistent("\(count) elements for the \(modes.count) of nodes_modes"), field: name)
        }
        guard leafTargets.count == leafWeights.count else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafTargets.count) elements for the \(leafWeights.count) of leaf_weights"),
                field: "leaf_targetids")
        }
        memberships = try Self.memberships(modes, try numbers("membership_values", isNeeded: false))
    }

    private static func modes(of node: ONNXGraph.Node) throws(TreeEnsembleFault) -> [ONNXTreeLists.Mode] {
        let field = "nodes_modes"
        guard let attribute = node.attributes[field] else { throw TreeEnsembleFault(.missing, field: field) }
        guard attribute.tensorType == ONNXGraph.ElementType.uint8.rawValue, let tensor = attribute.tensor else {
            throw TreeEnsembleFault(.unsupported("element type \(attribute.tensorType ?? 0)"), field: field)
        }
        return try tensor.elements.map { (number) throws(TreeEnsembleFault) in
            guard let index = Int(exactly: number), modes.indices.contains(index) else {
                throw TreeEnsembleFault(.unsupported("mode \(number)"), field: field)
            }
            return modes[index]
        }
    }

    /// The sets by the places of their nodes.
    private static func memberships(
        _ modes: [ONNXTreeLists.Mode], _ values: [Double]
    ) throws(TreeEnsembleFault) -> [Int: CategorySet] {
        var sets: [Int: CategorySet] = [:]
        var next = 0
        for (node, mode) in modes.enumerated() where mode == .member {
            let end = values[next...].firstIndex(where: \.isNaN) ?? values.count
            guard next < end else {
                throw TreeEnsembleFault(.inconsistent("node \(node) has no members"), field: "membership_values")
            }
            sets[node] = set(Array(values[next..<end]))
            next = min(end + 1, values.count)
        }
        guard next == values.count else {
            throw TreeEnsembleFault(.inconsistent("more sets than nodes of mode 6"), field: "membership_values")
        }
        return sets
    }

    private static func set(_ members: [Double]) -> CategorySet {
        let isSmall = members.count < 31 && members.allSatisfy { $0 >= 0 && $0 <= 30 }
        let truncates = !isSmall && members.allSatisfy { Int32(exactly: $0) != nil }
        return CategorySet(numbers: members, truncatesValues: truncates, membersGoLeft: true)
    }
}

// MARK: From tables to lists

extension ONNXTreeTables {
    /// A node that waits to be visited, and whose link it is.
    private struct Link {
        /// Place among nodes or leaves.
        var place: Int64
        var isLeaf: Bool
        /// Place of the parent in the lists, −1 for a root.
        var parent: Int
        var isTrue: Bool
    }

    private func walked() throws(TreeEnsembleFault) -> ONNXTreeLists {
        var lists = ONNXTreeLists(at: position)
        var isVisited = Array(repeating: false, count: modes.count)
        for (tree, root) in roots.enumerated() {
            try within("tree_roots[\(tree)]") { () throws(TreeEnsembleFault) in
                try walk(from: root, &isVisited, into: &lists)
            }
        }
        return lists
    }

    private func walk(
        from root: Int64, _ isVisited: inout [Bool], into lists: inout ONNXTreeLists
    ) throws(TreeEnsembleFault) {
        let first = lists.modes.count
        var waiting = [Link(place: root, isLeaf: false, parent: -1, isTrue: false)]
        while let link = waiting.popLast() {
            let number = Int64(lists.modes.count - first)
            if link.parent >= 0 {
                if link.isTrue { lists.trueChildren[link.parent] = number }
                if !link.isTrue { lists.falseChildren[link.parent] = number }
            }
            if link.isLeaf {
                try appendLeaf(link.place, number, to: &lists)
                continue
            }
            guard let node = Int(exactly: link.place), modes.indices.contains(node) else {
                throw TreeEnsembleFault(.inconsistent("node \(link.place) of \(modes.count)"))
            }
            // Memory stays in proportion to the file, because no node is walked twice.
            guard !isVisited[node] else {
                throw TreeEnsembleFault(.inconsistent("node \(node) belongs to several nodes or trees"))
            }
            isVisited[node] = true
            if link.parent < 0 && isSingleLeaf(node) {
                let leaf = trueChildren[node]
                guard leaf == link.place else {
                    throw TreeEnsembleFault(
                        .unsupported("a tree of one leaf, \(leaf), that is not at its root's place, \(node),"))
                }
                try appendLeaf(link.place, number, to: &lists)
                continue
            }
            let place = lists.modes.count
            append(node, number, to: &lists)
            waiting.append(
                Link(place: falseChildren[node], isLeaf: falseIsLeaf[node] != 0, parent: place, isTrue: false))
            waiting.append(Link(place: trueChildren[node], isLeaf: trueIsLeaf[node] != 0, parent: place, isTrue: true))
        }
        lists.treeRanges.append(first..<lists.modes.count)
    }

    private func isSingleLeaf(_ node: Int) -> Bool {
        trueIsLeaf[node] != 0 && falseIsLeaf[node] != 0 && trueChildren[node] == falseChildren[node]
    }

    private func append(_ node: Int, _ number: Int64, to lists: inout ONNXTreeLists) {
        if let set = memberships[node] { lists.sets[lists.modes.count] = set }
        lists.modes.append(modes[node])
        lists.nodeIDs.append(number)
        lists.features.append(features[node])
        lists.thresholds.append(splits[node])
        lists.trueChildren.append(0)
        lists.falseChildren.append(0)
        if !missingTracksTrue.isEmpty { lists.missingTracksTrue.append(missingTracksTrue[node]) }
    }

    private func appendLeaf(_ place: Int64, _ number: Int64, to lists: inout ONNXTreeLists) throws(TreeEnsembleFault) {
        guard let leaf = Int(exactly: place), leafWeights.indices.contains(leaf) else {
            throw TreeEnsembleFault(.inconsistent("leaf \(place) of \(leafWeights.count)"))
        }
        let target = leafTargets[leaf]
        guard target >= 0 && target < TreeEnsembleLimits.marginCount else {
            throw TreeEnsembleFault(
                .limit(what: "targets", value: Int(clamping: target), limit: TreeEnsembleLimits.marginCount),
                field: "leaf_targetids")
        }
        guard leafWeights[leaf].isFinite else {
            throw TreeEnsembleFault(.inconsistent("the value of leaf \(leaf) is not finite"), field: "leaf_weights")
        }
        lists.weights.append(
            ONNXTreeLists.Weight(node: lists.modes.count, target: Int(target), value: leafWeights[leaf]))
        lists.modes.append(.leaf)
        lists.nodeIDs.append(number)
        lists.features.append(0)
        lists.thresholds.append(0)
        lists.trueChildren.append(0)
        lists.falseChildren.append(0)
        if !missingTracksTrue.isEmpty { lists.missingTracksTrue.append(0) }
    }
}
