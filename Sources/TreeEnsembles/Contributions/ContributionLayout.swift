import CVectorPrimitives

/// A forest laid out for the kernel of Shapley values: its inner nodes, the steps of a walk through each tree, and the
/// mean of each margin.
struct ContributionLayout {
    /// What one sum of the kernel is: the contribution of a feature to a margin.
    struct Target: Hashable {
        var margin: Int
        /// The feature as clients know it, which may be compared in several columns.
        var feature: Int
    }

    private(set) var nodes: [rowan_shapley_node] = []
    private(set) var steps: [UInt32] = []
    private(set) var trees: [rowan_shapley_tree] = []
    /// The points of all rules, walk by walk, as the kernel reads them.
    private(set) var pointNumbers: [Double] = []
    var floatPointNumbers: [Float] { pointNumbers.map { Float($0) } }
    /// What the sums are, by their index.
    private(set) var targets: [Target] = []
    /// Mean of each margin over the training rows, before base and scale.
    private(set) var means: [Double]
    /// Inner nodes on the longest path.
    private(set) var levelCount = 0
    /// Mean of the tree in work: leaves are taken relative to it, which changes no contribution and keeps numbers
    /// small.
    private var center = 0.0
    private var targetIndices: [Target: Int] = [:]
    private var ruleStarts: [Int: Int] = [:]
    private let forest: TreeEnsemble
    private let columns: EngineColumns
    private let originalFeatures: [Int]

    /// Lays a forest out.
    ///
    /// - Parameter forest: nodes with leaves of one value, numerical questions, and covers.
    /// - Parameter originalFeatures: of each feature of the forest, the feature as clients know it.
    init(_ forest: TreeEnsemble, columns: EngineColumns, originalFeatures: [Int]) {
        precondition(
            forest.form == .nodes && forest.leafWidth == 1 && forest.covers.count == forest.nodeCount,
            "a forest of nodes with covers")
        self.forest = forest
        self.columns = columns
        self.originalFeatures = originalFeatures
        means = Array(repeating: 0, count: forest.marginCount)
        for tree in 0..<forest.treeCount {
            center = mean(ofTree: tree)
            means[Int(forest.treeMargins[tree])] += center
            addTree(tree)
        }
    }

    /// A node to which the walk has still to come or, `isBack`, to come back.
    private struct Visit {
        var node: Int
        var isRight = false
        var isBack = false
    }

    private mutating func addTree(_ tree: Int) {
        let root = Int(forest.treeStarts[tree])
        guard !isLeaf(root) else { return }
        let firstStep = steps.count
        var path = ContributionPath()
        var waiting = [Visit(node: root)]
        while let visit = waiting.popLast() {
            if visit.isBack {
                addStep(Int(rowan_step_leave), node: path.leave(), visit, root: root)
                continue
            }
            path.take(right: visit.isRight)
            addNode(visit.node, ofTree: tree, at: &path)
            let (left, right) = children(of: visit.node)
            if visit.node != root, isLeaf(left) || isFork(left), isLeaf(right) || isFork(right) {
                addTwig(visit, ofTree: tree, at: &path)
                continue
            }
            addStep(Int(rowan_step_enter), node: nodes.count - 1, visit, root: root)
            waiting.append(Visit(node: visit.node, isRight: visit.isRight, isBack: true))
            if !isLeaf(right) { waiting.append(Visit(node: right, isRight: true)) }
            if !isLeaf(left) { waiting.append(Visit(node: left)) }
        }
        levelCount = max(levelCount, path.greatestCount)
        // The integrand's degree is below the number of different features.
        let pointCount = (path.greatestFeatureCount + 1) / 2
        trees.append(
            rowan_shapley_tree(
                first_step: UInt64(firstStep), step_count: UInt64(steps.count - firstStep),
                first_walk: UInt32(firstWalk(ofRuleWith: pointCount)), point_count: UInt32(pointCount)))
    }

    /// Adds the forks of a node that has been added, and the step that visits all of them.
    private mutating func addTwig(_ visit: Visit, ofTree tree: Int, at path: inout ContributionPath) {
        let (left, right) = children(of: visit.node)
        var action = Int(rowan_step_visit)
        for (child, isRight) in [(left, false), (right, true)] where isFork(child) {
            path.take(right: isRight)
            addNode(child, ofTree: tree, at: &path)
            _ = path.leave()
            action |= Int(isRight ? rowan_step_right_fork : rowan_step_left_fork)
        }
        addStep(action, node: path.leave(), visit, root: Int(forest.treeStarts[tree]))
    }

    private mutating func addNode(_ node: Int, ofTree tree: Int, at path: inout ContributionPath) {
        let margin = Int(forest.treeMargins[tree])
        let feature = forest.features[node]
        let original = originalFeatures[Int(feature)]
        let (left, right) = children(of: node)
        let shares = shares(of: node)
        let condition = columns.condition(
            feature: feature, threshold: forest.values[node], missingGoesLeft: forest.missingGoesLeft[node])
        let earlier = path.earlier(of: Int32(original))
        let (leftIsLeaf, rightIsLeaf) = (isLeaf(left), isLeaf(right))
        nodes.append(
            rowan_shapley_node(
                threshold: Double(condition.threshold), left_share: shares.left, right_share: shares.right,
                earlier_share: earlier?.share ?? 1, left_value: leftIsLeaf ? forest.values[left] - center : 0,
                right_value: rightIsLeaf ? forest.values[right] - center : 0, column: UInt32(condition.column),
                sum: UInt32(sumIndex(of: Target(margin: margin, feature: original))),
                earlier_level: Int32(earlier?.level ?? -1),
                leaf_children: (leftIsLeaf ? 1 : 0) | (rightIsLeaf ? 2 : 0)))
        path.enter(nodes.count - 1, feature: Int32(original), shares: shares)
    }

    private mutating func addStep(_ action: Int, node: Int, _ visit: Visit, root: Int) {
        var step = action | node << Int(rowan_step_node_shift)
        if visit.isRight { step |= Int(rowan_step_right) }
        if visit.node == root { step |= Int(rowan_step_root) }
        steps.append(UInt32(step))
    }

    private mutating func sumIndex(of target: Target) -> Int {
        if let known = targetIndices[target] { return known }
        targetIndices[target] = targets.count
        targets.append(target)
        return targets.count - 1
    }

    private mutating func firstWalk(ofRuleWith count: Int) -> Int {
        if let known = ruleStarts[count] { return known }
        let first = pointNumbers.count / Int(rowan_walk_number_count)
        ruleStarts[count] = first
        let (rule, width) = (GaussLegendre.rule(pointCount: count), Int(rowan_walk_point_count))
        for start in stride(from: 0, to: count, by: width) {
            let points = rule[start..<min(start + width, count)]
            let filling = width - points.count
            pointNumbers += points.map(\.position) + Array(repeating: 1, count: filling)
            pointNumbers += points.map(\.complement) + Array(repeating: 0, count: filling)
            pointNumbers += points.map(\.weight) + Array(repeating: 0, count: filling)
        }
        return first
    }

    private func isLeaf(_ node: Int) -> Bool { forest.features[node] < 0 }

    /// Whether a node has two leaves.
    private func isFork(_ node: Int) -> Bool {
        guard !isLeaf(node) else { return false }
        let (left, right) = children(of: node)
        return isLeaf(left) && isLeaf(right)
    }

    private func children(of node: Int) -> (left: Int, right: Int) {
        (Int(forest.leftChildren[node]), Int(forest.rightChildren[node]))
    }

    /// The parts of a node's cover that go left and right; halves where nothing covers either.
    private func shares(of node: Int) -> (left: Double, right: Double) {
        let (left, right) = children(of: node)
        let sum = forest.covers[left] + forest.covers[right]
        return sum > 0 ? (forest.covers[left] / sum, forest.covers[right] / sum) : (0.5, 0.5)
    }

    /// The mean of a tree's leaves over the training rows.
    private func mean(ofTree tree: Int) -> Double {
        let first = Int(forest.treeStarts[tree])
        var means = Array(forest.values[first..<Int(forest.treeStarts[tree + 1])])
        // Children stand behind their parents.
        for index in means.indices.reversed() where forest.features[first + index] >= 0 {
            let (left, right) = children(of: first + index)
            let shares = shares(of: first + index)
            means[index] = shares.left * means[left - first] + shares.right * means[right - first]
        }
        return means[0]
    }
}
