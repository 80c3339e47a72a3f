extension TreeEnsemble {
    /// The trees of a range of boosting rounds.
    ///
    /// - Precondition: the range lies within the rounds of the forest.
    package func trees(ofIterations iterations: Range<Int>) -> Range<Int> {
        precondition(
            iterations.lowerBound >= 0 && iterations.upperBound <= iterationCount, "a range of the forest's own rounds")
        return Int(iterationStarts[iterations.lowerBound])..<Int(iterationStarts[iterations.upperBound])
    }

    /// The same forest with only some of its boosting rounds: what a trainer's `iteration_range` predicts with.
    ///
    /// - Precondition: the range lies within the rounds of the forest.
    package func keeping(iterations: Range<Int>) -> TreeEnsemble {
        let trees = trees(ofIterations: iterations)
        var kept = self
        kept.treeMargins = Array(treeMargins[trees])
        kept.iterationStarts = iterationStarts[iterations.lowerBound...iterations.upperBound].map {
            $0 - Int32(trees.lowerBound)
        }
        kept.defaultTreeCount = trees.count
        let leaves = firstLeaf(ofTree: trees.lowerBound)..<firstLeaf(ofTree: trees.upperBound)
        kept.linearLeaves = linearLeaves?.keeping(leaves)
        if leafWidth > 1 {
            kept.leafVectors = Array(leafVectors[leaves.lowerBound * leafWidth..<leaves.upperBound * leafWidth])
        }
        switch form {
        case .nodes: kept.keepNodes(ofTrees: trees)
        case .oblivious: kept.keepSplits(ofTrees: trees)
        }
        return kept
    }

    /// Leaves of the trees before one of them; also of the number of trees.
    func firstLeaf(ofTree tree: Int) -> Int {
        // A tree has one leaf more than inner nodes.
        form == .oblivious ? Int(leafStarts[tree]) : (Int(treeStarts[tree]) + tree) / 2
    }

    /// The same forest with only the trees that the trainer's scikit-learn wrapper uses.
    package func keepingDefaultTrees() -> TreeEnsemble {
        let iterations = iterationStarts.lastIndex { $0 <= defaultTreeCount } ?? 0
        return iterations == iterationCount ? self : keeping(iterations: 0..<iterations)
    }

    /// The same forest with leaves of one value: each tree once for every margin, all trees of a margin together.
    ///
    /// The margins are the same, bit for bit; leaf indices are not those of the forest.
    func separatedByMargin() -> TreeEnsemble {
        guard leafWidth > 1 else { return self }
        var separated = self
        separated.leafWidth = 1
        separated.leafVectors = []
        separated.treeMargins = (0..<Int32(leafWidth)).flatMap { Array(repeating: $0, count: treeCount) }
        let copies = treeMargins.count * leafWidth
        separated.iterationStarts = (0...copies).map { Int32($0) }
        separated.defaultTreeCount = copies
        let leafNodes = features.indices.filter { features[$0] < 0 }
        for margin in 0..<leafWidth {
            let ownValues = (0..<leafCount).map { leafVectors[$0 * leafWidth + margin] }
            if form == .oblivious {
                separated.leafValues += ownValues
            } else {
                let first = margin == 0 ? 0 : separated.nodeCount
                if margin > 0 { separated.repeatNodes(of: self) }
                for (leaf, node) in leafNodes.enumerated() { separated.values[first + node] = ownValues[leaf] }
            }
            if margin > 0 && form == .oblivious { separated.repeatSplits(of: self) }
        }
        return separated
    }

    private mutating func repeatNodes(of source: TreeEnsemble) {
        let offset = Int32(nodeCount)
        treeStarts += source.treeStarts.dropFirst().map { $0 + offset }
        features += source.features
        values += source.values
        leftChildren += source.leftChildren.map { $0 < 0 ? $0 : $0 + offset }
        rightChildren += source.rightChildren.map { $0 < 0 ? $0 : $0 + offset }
        missingGoesLeft += source.missingGoesLeft
        leafNumbers += source.leafNumbers
        covers += source.covers
        zeroIsMissing += source.zeroIsMissing
        nodeSets += source.nodeSets
    }

    private mutating func repeatSplits(of source: TreeEnsemble) {
        let splitOffset = splitStarts[splitStarts.count - 1]
        let leafOffset = leafStarts[leafStarts.count - 1]
        splitStarts += source.splitStarts.dropFirst().map { $0 + splitOffset }
        leafStarts += source.leafStarts.dropFirst().map { $0 + leafOffset }
        splitFeatures += source.splitFeatures
        splitThresholds += source.splitThresholds
        splitMissingGoesLeft += source.splitMissingGoesLeft
        splitSets += source.splitSets
        leafWeights += source.leafWeights
    }

    /// The same forest with oblivious trees written as nodes, leaf numbers kept, or nil if there would be more than
    /// `nodeLimit` nodes.
    ///
    /// A split's first question stands at the bottom of the tree and its last at the root, so that leaves from left
    /// to right have the numbers 0, 1, 2, ….
    package func expandedToNodes(nodeLimit: Int) -> TreeEnsemble? {
        guard form == .oblivious else { return nodeCount <= nodeLimit ? self : nil }
        guard leafCount * 2 - treeCount <= nodeLimit else { return nil }
        var expanded = self
        expanded.form = .nodes
        for tree in 0..<treeCount {
            expanded.appendNodes(ofObliviousTree: tree, from: self)
            expanded.treeStarts.append(Int32(expanded.nodeCount))
        }
        expanded.splitStarts = [0]
        expanded.splitFeatures = []
        expanded.splitThresholds = []
        expanded.splitMissingGoesLeft = []
        expanded.splitSets = []
        expanded.leafStarts = [0]
        expanded.leafValues = []
        expanded.leafWeights = []
        return expanded
    }

    private mutating func keepNodes(ofTrees trees: Range<Int>) {
        let first = treeStarts[trees.lowerBound]
        let nodes = Int(first)..<Int(treeStarts[trees.upperBound])
        treeStarts = treeStarts[trees.lowerBound...trees.upperBound].map { $0 - first }
        features = Array(features[nodes])
        values = Array(values[nodes])
        leftChildren = leftChildren[nodes].map { $0 < 0 ? $0 : $0 - first }
        rightChildren = rightChildren[nodes].map { $0 < 0 ? $0 : $0 - first }
        missingGoesLeft = Array(missingGoesLeft[nodes])
        leafNumbers = Array(leafNumbers[nodes])
        covers = covers.isEmpty ? [] : Array(covers[nodes])
        zeroIsMissing = zeroIsMissing.isEmpty ? [] : Array(zeroIsMissing[nodes])
        nodeSets = nodeSets.isEmpty ? [] : Array(nodeSets[nodes])
    }

    private mutating func keepSplits(ofTrees trees: Range<Int>) {
        let splits = Int(splitStarts[trees.lowerBound])..<Int(splitStarts[trees.upperBound])
        let leaves = Int(leafStarts[trees.lowerBound])..<Int(leafStarts[trees.upperBound])
        splitStarts = splitStarts[trees.lowerBound...trees.upperBound].map { $0 - Int32(splits.lowerBound) }
        leafStarts = leafStarts[trees.lowerBound...trees.upperBound].map { $0 - Int32(leaves.lowerBound) }
        splitFeatures = Array(splitFeatures[splits])
        splitThresholds = Array(splitThresholds[splits])
        splitMissingGoesLeft = Array(splitMissingGoesLeft[splits])
        splitSets = splitSets.isEmpty ? [] : Array(splitSets[splits])
        leafValues = leafValues.isEmpty ? [] : Array(leafValues[leaves])
        leafWeights = leafWeights.isEmpty ? [] : Array(leafWeights[leaves])
    }

    /// Appends a perfect tree: the node above the leaves `[n·2^k, (n+1)·2^k)` asks split k − 1.
    private mutating func appendNodes(ofObliviousTree tree: Int, from source: TreeEnsemble) {
        let firstSplit = Int(source.splitStarts[tree])
        let firstLeaf = Int(source.leafStarts[tree])
        let hasWeights = !source.leafWeights.isEmpty
        // Depth-first order: a leaf range waits on the stack while the ranges left of it are written.
        var waiting = [(firstLeaf: 0, height: source.obliviousDepth(ofTree: tree))]
        while let (leaf, height) = waiting.popLast() {
            let node = Int32(nodeCount)
            if hasWeights {
                let covered = firstLeaf + leaf..<firstLeaf + leaf + (1 << height)
                covers.append(source.leafWeights[covered].reduce(0, +))
            }
            guard height > 0 else {
                features.append(-1)
                values.append(source.leafWidth == 1 ? source.leafValues[firstLeaf + leaf] : 0)
                leftChildren.append(-1)
                rightChildren.append(-1)
                missingGoesLeft.append(false)
                leafNumbers.append(Int32(leaf))
                if !source.splitSets.isEmpty { nodeSets.append(-1) }
                continue
            }
            let split = firstSplit + height - 1
            features.append(source.splitFeatures[split])
            values.append(source.splitThresholds[split])
            leftChildren.append(node + 1)
            // The left subtree has 2^height − 1 nodes.
            rightChildren.append(node + Int32(1 << height))
            missingGoesLeft.append(source.splitMissingGoesLeft[split])
            leafNumbers.append(-1)
            if !source.splitSets.isEmpty { nodeSets.append(source.splitSets[split]) }
            waiting.append((leaf + (1 << (height - 1)), height - 1))
            waiting.append((leaf, height - 1))
        }
    }
}
