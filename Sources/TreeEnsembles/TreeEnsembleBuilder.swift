/// The only door to a `TreeEnsemble`: a checking state machine that format readers drive.
///
/// A reader starts a tree, declares its nodes in any order by the file's own numbers, ends the tree, and finally
/// finishes the forest. Whatever comes out is a forest of trees: every node has one parent, every index is in range,
/// no threshold is NaN, nothing exceeds `TreeEnsembleLimits`. Oblivious trees are given whole. Readers therefore check
/// only their syntax, and engines need no checks at all.
///
/// Method calls in an order that no file could cause (a node outside a tree) are bugs of the reader and trap; what a
/// file can cause is a fault.
struct TreeEnsembleBuilder {
    /// Everything about a forest that is not its trees.
    struct Header {
        var trainer: String
        var task: TreeEnsemble.Task
        var classLabels: [String] = []
        var featureCount: Int
        var featureNames: [String] = []
        var marginCount = 1
        var comparison: TreeEnsemble.Comparison
        var inputPrecision = TreeEnsemble.Precision.float32
        var sumPrecision: TreeEnsemble.Precision
        var summation: TreeEnsemble.Summation
        var link: TreeEnsemble.Link
        var decision = TreeEnsemble.Decision.value
        var baseMargins: [Double]
    }

    /// One question of an oblivious tree: whether the value exceeds the threshold.
    struct ObliviousSplit {
        var feature: Int
        var threshold: Double
        var missingGoesLeft: Bool
    }

    private enum State {
        case betweenTrees
        case inTree
    }

    private enum Slot {
        case undeclared
        case split(feature: Int32, threshold: Double, left: Int32, right: Int32, missingGoesLeft: Bool)
        case leaf(value: Double)
    }

    private var ensemble: TreeEnsemble
    private var state = State.betweenTrees
    /// The nodes of the tree being built, by the file's number.
    private var slots: [Slot] = []
    private var slotCovers: [Double] = []
    private var declaredCount = 0
    private var root = 0

    /// Starts a forest.
    ///
    /// - Throws: `limit` and `inconsistent` for numbers in the header that contradict each other.
    init(_ header: Header, form: TreeEnsemble.Form = .nodes) throws(TreeEnsembleFault) {
        try Self.check(header)
        ensemble = TreeEnsemble(
            trainer: header.trainer, task: header.task, classLabels: header.classLabels,
            featureCount: header.featureCount, featureNames: header.featureNames, marginCount: header.marginCount,
            comparison: header.comparison, inputPrecision: header.inputPrecision, sumPrecision: header.sumPrecision,
            summation: header.summation, link: header.link, decision: header.decision, baseMargins: header.baseMargins,
            form: form)
    }

    /// Trees ended so far.
    var treeCount: Int { ensemble.treeCount }

    /// A tree begins.
    ///
    /// - Parameter margin: the margin that its leaves add to.
    /// - Parameter slotCount: one more than the largest number of a node. Memory is taken for this many nodes, so the
    ///   reader must have seen as many in the file.
    /// - Parameter root: number of the root.
    mutating func startTree(margin: Int = 0, slotCount: Int, root: Int = 0) throws(TreeEnsembleFault) {
        precondition(state == .betweenTrees && ensemble.form == .nodes, "a tree starts behind the end of another")
        try checkNewTree(margin: margin)
        guard slotCount > 0 else { throw TreeEnsembleFault(.inconsistent("a tree has no node")) }
        try Self.checkLimit("nodes", ensemble.nodeCount + slotCount, TreeEnsembleLimits.nodeCount)
        guard root >= 0 && root < slotCount else {
            throw TreeEnsembleFault(.inconsistent("root \(root) is not a node"))
        }
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(.undeclared, count: slotCount))
        slotCovers.removeAll(keepingCapacity: true)
        declaredCount = 0
        self.root = root
        ensemble.treeMargins.append(Int32(margin))
        state = .inTree
    }

    /// An inner node that compares one feature with a threshold.
    mutating func numericalSplit(
        node: Int, feature: Int, threshold: Double, left: Int, right: Int, missingGoesLeft: Bool, cover: Double? = nil
    ) throws(TreeEnsembleFault) {
        try checkUndeclared(node)
        try checkFeature(feature, of: "node \(node)")
        guard !threshold.isNaN else {
            throw TreeEnsembleFault(.inconsistent("the threshold of node \(node) is NaN"))
        }
        precondition(
            ensemble.inputPrecision == .float64 || Double(Float(threshold)) == threshold,
            "a threshold is representable in the precision of inputs")
        for child in [left, right] where !slots.indices.contains(child) || child == root {
            throw TreeEnsembleFault(.inconsistent("child \(child) of node \(node) is not a node below it"))
        }
        slots[node] = .split(
            feature: Int32(feature), threshold: threshold, left: Int32(left), right: Int32(right),
            missingGoesLeft: missingGoesLeft)
        try declared(node, cover: cover)
    }

    /// A leaf.
    mutating func leaf(node: Int, value: Double, cover: Double? = nil) throws(TreeEnsembleFault) {
        try checkUndeclared(node)
        guard value.isFinite else {
            throw TreeEnsembleFault(.inconsistent("the value of leaf \(node) is not finite"))
        }
        precondition(
            ensemble.sumPrecision == .float64 || Double(Float(value)) == value,
            "a leaf is representable in the precision of sums")
        slots[node] = .leaf(value: value)
        try declared(node, cover: cover)
    }

    /// The tree is complete: its nodes are checked to form one tree and are stored in depth-first order.
    mutating func endTree() throws(TreeEnsembleFault) {
        precondition(state == .inTree, "a tree ends after it started")
        let firstNode = ensemble.nodeCount
        try appendDepthFirst()
        let reached = ensemble.nodeCount - firstNode
        guard reached == declaredCount else {
            throw TreeEnsembleFault(.inconsistent("\(declaredCount - reached) nodes have no parent"))
        }
        ensemble.treeStarts.append(Int32(ensemble.nodeCount))
        state = .betweenTrees
    }

    /// A whole oblivious tree.
    ///
    /// - Shape: `leafValues` has 2^(number of splits) elements; bit `i` of an element's index answers split `i`.
    mutating func obliviousTree(
        margin: Int = 0, splits: [ObliviousSplit], leafValues: [Double], leafWeights: [Double] = []
    ) throws(TreeEnsembleFault) {
        precondition(state == .betweenTrees && ensemble.form == .oblivious, "oblivious trees stand among their like")
        try checkNewTree(margin: margin)
        try Self.checkLimit("splits of an oblivious tree", splits.count, TreeEnsembleLimits.obliviousDepth)
        guard leafValues.count == 1 << splits.count else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafValues.count) leaves where \(splits.count) splits need \(1 << splits.count)"))
        }
        try Self.checkLimit("leaves", ensemble.leafValues.count + leafValues.count, TreeEnsembleLimits.nodeCount)
        for (index, split) in splits.enumerated() {
            try checkFeature(split.feature, of: "split \(index)")
            guard !split.threshold.isNaN else {
                throw TreeEnsembleFault(.inconsistent("the threshold of split \(index) is NaN"))
            }
            ensemble.splitFeatures.append(Int32(split.feature))
            ensemble.splitThresholds.append(split.threshold)
            ensemble.splitMissingGoesLeft.append(split.missingGoesLeft)
        }
        guard leafValues.allSatisfy(\.isFinite) else {
            throw TreeEnsembleFault(.inconsistent("the value of a leaf is not finite"))
        }
        // Weights serve explanations only; they count when every tree has them.
        guard leafWeights.isEmpty || leafWeights.count == leafValues.count else {
            throw TreeEnsembleFault(.inconsistent("\(leafWeights.count) weights for \(leafValues.count) leaves"))
        }
        ensemble.leafValues.append(contentsOf: leafValues)
        ensemble.leafWeights.append(contentsOf: leafWeights)
        ensemble.treeMargins.append(Int32(margin))
        ensemble.splitStarts.append(Int32(ensemble.splitFeatures.count))
        ensemble.leafStarts.append(Int32(ensemble.leafValues.count))
    }

    /// The trees since the last call are one boosting round.
    mutating func endIteration() {
        precondition(state == .betweenTrees, "a round ends behind the end of a tree")
        ensemble.iterationStarts.append(Int32(ensemble.treeCount))
    }

    /// The forest is complete.
    ///
    /// - Parameter defaultIterationCount: rounds that the trainer's scikit-learn wrapper uses; nil for all.
    consuming func finish(defaultIterationCount: Int? = nil) throws(TreeEnsembleFault) -> TreeEnsemble {
        precondition(state == .betweenTrees, "a forest ends behind the end of a tree")
        var finished = ensemble
        if Int(finished.iterationStarts[finished.iterationCount]) != finished.treeCount {
            precondition(finished.iterationCount == 0, "rounds are ended for all trees or for none")
            finished.iterationStarts = (0...finished.treeCount).map { Int32($0) }
        }
        if finished.covers.count != finished.nodeCount || finished.covers.contains(where: \.isNaN) {
            finished.covers = []
        }
        if finished.leafWeights.count != finished.leafValues.count { finished.leafWeights = [] }
        let iterations = defaultIterationCount ?? finished.iterationCount
        guard iterations >= 0 && iterations <= finished.iterationCount else {
            throw TreeEnsembleFault(
                .inconsistent("the best round is \(iterations - 1) of \(finished.iterationCount) rounds"))
        }
        finished.defaultTreeCount = Int(finished.iterationStarts[iterations])
        return finished
    }
}

// MARK: Checks

extension TreeEnsembleBuilder {
    private static func check(_ header: Header) throws(TreeEnsembleFault) {
        try checkLimit("features", header.featureCount, TreeEnsembleLimits.featureCount)
        try checkLimit("margins per row", header.marginCount, TreeEnsembleLimits.marginCount)
        guard header.featureCount >= 0 && header.marginCount >= 1 else {
            throw TreeEnsembleFault(.inconsistent("a model has at least one margin and no negative count"))
        }
        guard header.baseMargins.count == header.marginCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(header.baseMargins.count) base values for \(header.marginCount) margins"))
        }
        guard header.baseMargins.allSatisfy(\.isFinite) else {
            throw TreeEnsembleFault(.inconsistent("a base value is not finite"))
        }
        guard header.featureNames.isEmpty || header.featureNames.count == header.featureCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(header.featureNames.count) names for \(header.featureCount) features"))
        }
        if case .classification(let classCount) = header.task {
            guard classCount == (header.marginCount == 1 ? 2 : header.marginCount) else {
                throw TreeEnsembleFault(.inconsistent("\(classCount) classes for \(header.marginCount) margins"))
            }
            guard header.classLabels.isEmpty || header.classLabels.count == classCount else {
                throw TreeEnsembleFault(.inconsistent("\(header.classLabels.count) labels for \(classCount) classes"))
            }
        }
    }

    private static func checkLimit(_ what: String, _ value: Int, _ limit: Int) throws(TreeEnsembleFault) {
        guard value <= limit else { throw TreeEnsembleFault(.limit(what: what, value: value, limit: limit)) }
    }

    private func checkNewTree(margin: Int) throws(TreeEnsembleFault) {
        try Self.checkLimit("trees", ensemble.treeCount + 1, TreeEnsembleLimits.treeCount)
        guard margin >= 0 && margin < ensemble.marginCount else {
            throw TreeEnsembleFault(.inconsistent("the tree adds to margin \(margin) of \(ensemble.marginCount)"))
        }
    }

    private func checkFeature(_ feature: Int, of place: String) throws(TreeEnsembleFault) {
        guard feature >= 0 && feature < ensemble.featureCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(place) tests feature \(feature) of \(ensemble.featureCount)"))
        }
    }

    private func checkUndeclared(_ node: Int) throws(TreeEnsembleFault) {
        precondition(state == .inTree, "nodes stand inside a tree")
        guard slots.indices.contains(node) else {
            throw TreeEnsembleFault(.inconsistent("node \(node) of \(slots.count)"))
        }
        guard case .undeclared = slots[node] else {
            throw TreeEnsembleFault(.inconsistent("node \(node) appears twice"))
        }
    }

    private mutating func declared(_ node: Int, cover: Double?) throws(TreeEnsembleFault) {
        declaredCount += 1
        guard let cover, cover.isFinite else { return }
        if slotCovers.isEmpty { slotCovers = Array(repeating: .nan, count: slots.count) }
        slotCovers[node] = cover
    }

    /// Copies the tree into the forest, parents first, left subtrees first.
    ///
    /// A slot is emptied when it is visited, so a node that is reached again, by a cycle or from two parents, is found
    /// undeclared.
    private mutating func appendDepthFirst() throws(TreeEnsembleFault) {
        var waiting = [(slot: root, depth: 0, parent: -1)]
        while let (slot, depth, parent) = waiting.popLast() {
            try Self.checkLimit("levels of a tree", depth, TreeEnsembleLimits.depth)
            let node = Int32(ensemble.nodeCount)
            // A right child is written when everything left of it stands; a left child directly follows its parent.
            if parent >= 0 && ensemble.leftChildren[parent] != node { ensemble.rightChildren[parent] = node }
            if !slotCovers.isEmpty { ensemble.covers.append(slotCovers[slot]) }
            switch slots[slot] {
            case .undeclared:
                throw TreeEnsembleFault(
                    .inconsistent("node \(slot) is missing, or is the child of several nodes, or its own ancestor"))
            case .split(let feature, let threshold, let left, let right, let missingGoesLeft):
                append(feature: feature, value: threshold, left: node + 1, missingGoesLeft: missingGoesLeft, number: -1)
                waiting.append((Int(right), depth + 1, Int(node)))
                waiting.append((Int(left), depth + 1, Int(node)))
            case .leaf(let value):
                append(feature: -1, value: value, left: -1, missingGoesLeft: false, number: Int32(slot))
            }
            slots[slot] = .undeclared
        }
    }

    private mutating func append(feature: Int32, value: Double, left: Int32, missingGoesLeft: Bool, number: Int32) {
        ensemble.features.append(feature)
        ensemble.values.append(value)
        ensemble.leftChildren.append(left)
        ensemble.rightChildren.append(-1)
        ensemble.missingGoesLeft.append(missingGoesLeft)
        ensemble.leafNumbers.append(number)
    }
}
