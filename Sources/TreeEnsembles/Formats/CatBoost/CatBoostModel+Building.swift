// From the content of a model to a forest.

extension CatBoostModel {
    consuming func build() throws(TreeEnsembleFault) -> TreeEnsemble {
        guard scale.isFinite else { throw TreeEnsembleFault(.inconsistent("the scale is not finite"), field: "scale") }
        guard leafValues.count % leafWidth == 0 else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafValues.count) values for leaves of \(leafWidth)"), field: "leaf_values")
        }
        // A model of many dimensions may come without biases.
        if biases.count <= 1 && (biases.first ?? 0) == 0 { biases = Array(repeating: 0, count: leafWidth) }
        guard biases.count == leafWidth else {
            throw TreeEnsembleFault(
                .inconsistent("\(biases.count) biases for leaves of \(leafWidth) values"), field: "bias")
        }
        let isOblivious = treeStarts.isEmpty
        guard isOblivious || questionCounts.isEmpty else {
            throw TreeEnsembleFault(.inconsistent("both oblivious and other trees"))
        }
        var builder = try TreeEnsembleBuilder(try header(), form: isOblivious ? .oblivious : .nodes)
        if isOblivious {
            try buildObliviousTrees(&builder)
        } else {
            for tree in treeStarts.indices {
                try within("trees[\(tree)]") { () throws(TreeEnsembleFault) in try buildTree(tree, &builder) }
            }
        }
        return try builder.finish()
    }

    private func header() throws(TreeEnsembleFault) -> TreeEnsembleBuilder.Header {
        let featureCount = (columnNames.keys.max() ?? -1) + 1
        // Every column has a name, or none has.
        var names: [String] = []
        if columnNames.count == featureCount { names = (0..<featureCount).map { columnNames[$0] ?? "" } }
        let loss = try CatBoostLoss(name: lossFunction, dimensionCount: leafWidth, labelCount: classLabels.count)
        var hasLabels = false
        if case .classification = loss.task { hasLabels = true }
        return TreeEnsembleBuilder.Header(
            trainer: "catboost", task: loss.task, classLabels: hasLabels ? classLabels : [],
            featureCount: featureCount, featureNames: names.contains("") ? [] : names, marginCount: leafWidth,
            leafWidth: leafWidth, comparison: .lessOrEqualGoesLeft, sumPrecision: .float64,
            summation: .baseLast(scale: scale), link: loss.link, decision: .margin, baseMargins: biases)
    }

    private func buildObliviousTrees(_ builder: inout TreeEnsembleBuilder) throws(TreeEnsembleFault) {
        let hasWeights = leafWeights.count * leafWidth == leafValues.count
        var firstQuestion = 0
        var firstLeaf = 0
        for (tree, questionCount) in questionCounts.enumerated() {
            try within("oblivious_trees[\(tree)]") { () throws(TreeEnsembleFault) in
                try TreeEnsembleBuilder.checkLimit(
                    "splits of an oblivious tree", questionCount, TreeEnsembleLimits.obliviousDepth)
                let leaves = firstLeaf..<firstLeaf + 1 << questionCount
                guard leaves.upperBound <= leafValues.count / leafWidth else {
                    throw TreeEnsembleFault(.inconsistent("too few leaf values for \(questionCount) splits"))
                }
                var splits: [TreeEnsembleBuilder.ObliviousSplit] = []
                for question in questions[firstQuestion..<firstQuestion + questionCount] {
                    splits.append(try split(question))
                }
                try builder.obliviousTree(
                    splits: splits,
                    leafValues: Array(leafValues[leaves.lowerBound * leafWidth..<leaves.upperBound * leafWidth]),
                    leafWeights: hasWeights ? Array(leafWeights[leaves]) : [])
                firstQuestion += questionCount
                firstLeaf = leaves.upperBound
            }
        }
        guard firstQuestion == questions.count && firstLeaf * leafWidth == leafValues.count else {
            throw TreeEnsembleFault(.inconsistent("more splits or leaves than the trees have"))
        }
    }

    /// Declares the nodes of a tree that is not oblivious; leaves get the numbers 0, 1, … that CatBoost gives them.
    private func buildTree(_ tree: Int, _ builder: inout TreeEnsembleBuilder) throws(TreeEnsembleFault) {
        let end = tree + 1 < treeStarts.count ? treeStarts[tree + 1] : nodes.count
        let ownNodes = treeStarts[tree]..<end
        var leafCount = 0
        var firstLeaf = Int.max
        for case .leaf(let leaf) in nodes[ownNodes] {
            leafCount += 1
            firstLeaf = min(firstLeaf, leaf)
        }
        var slots: [Int] = []
        var innerCount = 0
        for node in nodes[ownNodes] {
            if case .leaf(let leaf) = node {
                guard leaf - firstLeaf < leafCount && leaf < leafValues.count / leafWidth else {
                    throw TreeEnsembleFault(.inconsistent("leaf \(leaf) is none of the tree's"))
                }
                slots.append(leaf - firstLeaf)
            } else {
                slots.append(leafCount + innerCount)
                innerCount += 1
            }
        }
        let covers = covers(of: ownNodes)
        try builder.startTree(slotCount: slots.count, root: slots.first ?? 0)
        for (index, node) in nodes[ownNodes].enumerated() {
            switch node {
            case .leaf(let leaf):
                try builder.leaf(
                    node: slots[index], values: leafValues[leaf * leafWidth..<(leaf + 1) * leafWidth],
                    cover: covers[index])
            case .split(let question, let left, let right):
                let split = try split(question)
                let left = slots[left - ownNodes.lowerBound]
                let right = slots[right - ownNodes.lowerBound]
                if let set = split.set {
                    try builder.categoricalSplit(
                        node: slots[index], feature: split.feature, set: set, left: left, right: right,
                        missingGoesLeft: split.missingGoesLeft, cover: covers[index])
                } else {
                    try builder.numericalSplit(
                        node: slots[index], feature: split.feature, threshold: split.threshold, left: left,
                        right: right, missingGoesLeft: split.missingGoesLeft, cover: covers[index])
                }
            }
        }
        try builder.endTree()
    }

    /// Sums of weights of a tree's nodes, nil where they are not known; children stand behind their parents.
    private func covers(of ownNodes: Range<Int>) -> [Double?] {
        var covers = [Double?](repeating: nil, count: ownNodes.count)
        guard leafWeights.count * leafWidth == leafValues.count else { return covers }
        for index in covers.indices.reversed() {
            switch nodes[ownNodes.lowerBound + index] {
            case .leaf(let leaf): covers[index] = leafWeights[leaf]
            case .split(_, let left, let right):
                guard let left = covers[left - ownNodes.lowerBound], let right = covers[right - ownNodes.lowerBound]
                else { continue }
                covers[index] = left + right
            }
        }
        return covers
    }

    private func split(_ question: Question) throws(TreeEnsembleFault) -> TreeEnsembleBuilder.ObliviousSplit {
        switch question {
        case .isAbove(let feature, let border):
            guard let known = floatFeatures[feature] else {
                throw TreeEnsembleFault(.inconsistent("a split tests float feature \(feature), which is not listed"))
            }
            return TreeEnsembleBuilder.ObliviousSplit(
                feature: known.column, threshold: Double(border), missingGoesLeft: known.missingGoesLeft)
        case .isCategory(let feature, let hash):
            guard let column = categoricalColumns[feature] else {
                throw TreeEnsembleFault(
                    .inconsistent("a split tests categorical feature \(feature), which is not listed"))
            }
            return TreeEnsembleBuilder.ObliviousSplit(
                feature: column, threshold: 0, missingGoesLeft: true,
                set: CategorySet(textHash: hash, membersGoLeft: false))
        }
    }
}
