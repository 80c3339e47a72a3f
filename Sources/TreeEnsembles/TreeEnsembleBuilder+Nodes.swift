// Trees of nodes: declared in any order, checked and put into depth-first order when they end.

extension TreeEnsembleBuilder {
    /// Takes memory for the nodes of trees to come, so that arrays need not grow: they would hold twice the forest.
    ///
    /// - Parameter nodeCount: nodes that the reader has seen in the file.
    /// - Parameter hasCovers: whether they have covers.
    mutating func reserve(nodeCount: Int, hasCovers: Bool) {
        let count = min(nodeCount, TreeEnsembleLimits.nodeCount)
        ensemble.features.reserveCapacity(count)
        ensemble.values.reserveCapacity(count)
        ensemble.leftChildren.reserveCapacity(count)
        ensemble.rightChildren.reserveCapacity(count)
        ensemble.missingGoesLeft.reserveCapacity(count)
        ensemble.leafNumbers.reserveCapacity(count)
        if hasCovers { ensemble.covers.reserveCapacity(count) }
    }

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
        slotVectors.removeAll(keepingCapacity: true)
        slotFunctions.removeAll()
        declaredCount = 0
        self.root = root
        ensemble.treeMargins.append(Int32(margin))
        state = .inTree
    }

    /// An inner node that compares one feature with a threshold.
    ///
    /// - Parameter zeroIsMissing: whether |x| ≤ 1e−35 goes where a missing value goes.
    mutating func numericalSplit(
        node: Int, feature: Int, threshold: Double, left: Int, right: Int, missingGoesLeft: Bool,
        zeroIsMissing: Bool = false, cover: Double? = nil
    ) throws(TreeEnsembleFault) {
        try checkSplit(node: node, feature: feature, left: left, right: right)
        guard !threshold.isNaN else {
            throw TreeEnsembleFault(.inconsistent("the threshold of node \(node) is NaN"))
        }
        guard !zeroIsMissing || threshold.isFinite else {
            throw TreeEnsembleFault(
                .inconsistent("the threshold of node \(node), which takes zero for missing, is infinite"))
        }
        precondition(
            ensemble.inputPrecision == .float64 || Double(Float(threshold)) == threshold,
            "a threshold is representable in the precision of inputs")
        slots[node] = .split(
            Split(
                feature: Int32(feature), threshold: threshold, left: Int32(left), right: Int32(right),
                missingGoesLeft: missingGoesLeft, zeroIsMissing: zeroIsMissing))
        try declared(node, cover: cover)
    }

    /// An inner node that asks whether a value's category belongs to a set.
    mutating func categoricalSplit(
        node: Int, feature: Int, set: CategorySet, left: Int, right: Int, missingGoesLeft: Bool, cover: Double? = nil
    ) throws(TreeEnsembleFault) {
        try checkSplit(node: node, feature: feature, left: left, right: right)
        slots[node] = .split(
            Split(
                feature: Int32(feature), left: Int32(left), right: Int32(right), missingGoesLeft: missingGoesLeft,
                set: try index(of: set)))
        try declared(node, cover: cover)
    }

    /// A leaf of one value.
    mutating func leaf(node: Int, value: Double, cover: Double? = nil) throws(TreeEnsembleFault) {
        precondition(ensemble.leafWidth == 1, "leaves of several values are given whole")
        try checkUndeclared(node)
        try checkLeafValue(value, of: node)
        slots[node] = .leaf(value: value)
        try declared(node, cover: cover)
    }

    /// A leaf whose value is a linear function of the row, unless a feature of it is missing.
    ///
    /// - Shape: as many features as coefficients.
    mutating func linearLeaf(
        node: Int, value: Double, constant: Double, features: ArraySlice<Int32>, coefficients: ArraySlice<Double>,
        cover: Double? = nil
    ) throws(TreeEnsembleFault) {
        precondition(
            ensemble.leafWidth == 1 && ensemble.sumPrecision == .float64 && ensemble.inputPrecision == .float64,
            "linear functions are of doubles")
        precondition(features.count == coefficients.count, "a coefficient for each feature")
        try checkUndeclared(node)
        for number in [value, constant] { try checkLeafValue(number, of: node) }
        for (feature, coefficient) in zip(features, coefficients) {
            try checkFeature(Int(feature), of: "the function of leaf \(node)")
            guard coefficient.isFinite else {
                throw TreeEnsembleFault(.inconsistent("a coefficient of leaf \(node) is not finite"))
            }
        }
        slots[node] = .linearLeaf(value: value, index: slotFunctions.constants.count)
        slotFunctions.features += features
        slotFunctions.coefficients += coefficients
        slotFunctions.append(constant: constant)
        try declared(node, cover: cover)
    }

    /// A leaf with a value for every margin.
    mutating func leaf(node: Int, values: some Collection<Double>, cover: Double? = nil) throws(TreeEnsembleFault) {
        precondition(values.count == ensemble.leafWidth, "a leaf has as many values as the header says")
        if ensemble.leafWidth == 1 {
            for value in values { try leaf(node: node, value: value, cover: cover) }
            return
        }
        try checkUndeclared(node)
        for value in values { try checkLeafValue(value, of: node) }
        slots[node] = .vectorLeaf(first: slotVectors.count)
        slotVectors.append(contentsOf: values)
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

    private func checkUndeclared(_ node: Int) throws(TreeEnsembleFault) {
        precondition(state == .inTree, "nodes stand inside a tree")
        guard slots.indices.contains(node) else {
            throw TreeEnsembleFault(.inconsistent("node \(node) of \(slots.count)"))
        }
        guard case .undeclared = slots[node] else {
            throw TreeEnsembleFault(.inconsistent("node \(node) appears twice"))
        }
    }

    private func checkSplit(node: Int, feature: Int, left: Int, right: Int) throws(TreeEnsembleFault) {
        try checkUndeclared(node)
        try checkFeature(feature, of: "node \(node)")
        for child in [left, right] where !slots.indices.contains(child) || child == root {
            throw TreeEnsembleFault(.inconsistent("child \(child) of node \(node) is not a node below it"))
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
            case .split(let split):
                append(split, left: node + 1)
                waiting.append((Int(split.right), depth + 1, Int(node)))
                waiting.append((Int(split.left), depth + 1, Int(node)))
            case .leaf(let value):
                appendLeaf(value: value, number: slot)
                ensemble.linearLeaves?.append(constant: value)
            case .linearLeaf(let value, let index):
                beginLinearLeaves()
                appendLeaf(value: value, number: slot)
                ensemble.linearLeaves?.append(leaf: index, of: slotFunctions)
            case .vectorLeaf(let first):
                appendLeaf(value: 0, number: slot)
                ensemble.leafVectors.append(contentsOf: slotVectors[first..<first + ensemble.leafWidth])
            }
            slots[slot] = .undeclared
        }
    }

    /// Gives the leaves before the first linear one their functions.
    private mutating func beginLinearLeaves() {
        guard ensemble.linearLeaves == nil else { return }
        var functions = LinearLeaves()
        for (feature, value) in zip(ensemble.features, ensemble.values) where feature < 0 {
            functions.append(constant: value)
        }
        ensemble.linearLeaves = functions
    }

    private mutating func append(_ split: Split, left: Int32) {
        ensemble.features.append(split.feature)
        ensemble.values.append(split.threshold)
        ensemble.leftChildren.append(left)
        ensemble.rightChildren.append(-1)
        ensemble.missingGoesLeft.append(split.missingGoesLeft)
        ensemble.leafNumbers.append(-1)
        appendRarities(zeroIsMissing: split.zeroIsMissing, set: split.set)
    }

    private mutating func appendLeaf(value: Double, number: Int) {
        ensemble.features.append(-1)
        ensemble.values.append(value)
        ensemble.leftChildren.append(-1)
        ensemble.rightChildren.append(-1)
        ensemble.missingGoesLeft.append(false)
        ensemble.leafNumbers.append(Int32(number))
        appendRarities(zeroIsMissing: false, set: -1)
    }

    /// Appends what few forests have; its arrays begin with the first node that has it.
    private mutating func appendRarities(zeroIsMissing: Bool, set: Int32) {
        if zeroIsMissing && ensemble.zeroIsMissing.isEmpty {
            ensemble.zeroIsMissing = Array(repeating: false, count: ensemble.nodeCount - 1)
        }
        if zeroIsMissing || !ensemble.zeroIsMissing.isEmpty { ensemble.zeroIsMissing.append(zeroIsMissing) }
        if set >= 0 && ensemble.nodeSets.isEmpty {
            ensemble.nodeSets = Array(repeating: -1, count: ensemble.nodeCount - 1)
        }
        if set >= 0 || !ensemble.nodeSets.isEmpty { ensemble.nodeSets.append(set) }
    }
}
