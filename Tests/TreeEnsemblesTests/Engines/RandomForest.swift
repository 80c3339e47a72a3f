import TestSupport

@testable import TreeEnsembles

/// Forests and rows that a generator makes, with what trainers rarely produce but files may hold: thresholds that are
/// infinite, zero of either sign or subnormal, parents and children that ask the same, single leaves, no trees.
struct RandomForest {
    var featureCount = 7
    var treeCount = 20
    /// Largest depth of a tree in edges.
    var depth = 6
    /// One in this many nodes above the largest depth is a leaf; 0: trees are perfect.
    var leafChance = 5
    /// Trees grown leaf by leaf, as LightGBM does, to so many leaves whatever the depth, tree by tree and from the
    /// first again; empty: level by level.
    var leafCounts: [Int] = []
    /// Different thresholds per feature; nil: as many as there are nodes.
    var thresholdCount: Int?
    var marginCount = 1
    /// Whether every leaf has a value for each margin.
    var leavesAreVectors = false
    /// One in this many splits asks for categories; 0: none.
    var categoricalChance = 0
    /// One in this many numerical splits takes zero for missing; 0: none.
    var zeroChance = 0
    /// One in this many leaves is a linear function; 0: none.
    var linearChance = 0
    var categoryRule = TreeEnsemble.CategoryRule.nonNegative
    var form = TreeEnsemble.Form.nodes
    var comparison = TreeEnsemble.Comparison.lessGoesLeft
    var inputPrecision = TreeEnsemble.Precision.float32
    var sumPrecision = TreeEnsemble.Precision.float32
    var summation = TreeEnsemble.Summation.baseFirst
    /// Whether covers are known; one leaf in ten then has none.
    var hasCovers = false

    private static let awkward: [Float] = [
        .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
        .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ]

    /// A forest that also asks for categories, takes zero for missing, or has leaves of several values.
    static func anyRare(using generator: inout SeededGenerator) -> RandomForest {
        var forest = any(using: &generator)
        forest.categoricalChance = generator.element(of: [0, 1, 3])
        forest.zeroChance = generator.element(of: [0, 1, 3])
        forest.categoryRule = generator.element(of: [.nonNegative, .truncated, .whole])
        forest.leavesAreVectors = generator.chance(oneIn: 3)
        return forest
    }

    /// A forest of random shape and contents.
    static func any(using generator: inout SeededGenerator) -> RandomForest {
        var forest = RandomForest()
        forest.featureCount = generator.element(of: [1, 3, 7, 37, 63, 64, 65, 130])
        forest.treeCount = generator.element(of: [0, 1, 2, 7, 8, 9, 20, 41])
        forest.depth = generator.int(in: 0...9)
        forest.leafChance = generator.element(of: [0, 2, 5, 20])
        forest.thresholdCount = generator.element(of: [nil, 1, 2, 17])
        forest.marginCount = generator.element(of: [1, 1, 1, 3])
        forest.comparison = generator.element(of: [.lessGoesLeft, .lessOrEqualGoesLeft])
        forest.inputPrecision = generator.element(of: [.float32, .float64])
        forest.sumPrecision = generator.element(of: [.float32, .float64])
        forest.summation = generator.element(of: [
            .baseFirst, .baseLast(scale: 1), .baseLast(scale: 0.1), .average(divisor: 7),
        ])
        if generator.chance(oneIn: 3) {
            forest.form = .oblivious
            forest.depth = generator.int(in: 0...9)
        }
        return forest
    }

    func ensemble(using generator: inout SeededGenerator) throws -> TreeEnsemble {
        let thresholds = makeThresholds(using: &generator)
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "random", task: .regression, featureCount: featureCount, marginCount: marginCount,
                leafWidth: leafWidth, comparison: comparison, categoryRule: categoryRule,
                inputPrecision: inputPrecision, sumPrecision: sumPrecision,
                summation: summation, link: .identity,
                baseMargins: (0..<marginCount).map { _ in value(using: &generator) }),
            form: form)
        for tree in 0..<treeCount {
            switch form {
            case .nodes:
                try addNodes(tree: tree, thresholds: thresholds, to: &builder, using: &generator)
            case .oblivious:
                let splits = (0..<generator.int(in: depth / 2...depth)).map { _ in
                    let feature = generator.int(in: 0...featureCount - 1)
                    return TreeEnsembleBuilder.ObliviousSplit(
                        feature: feature, threshold: threshold(of: feature, thresholds, using: &generator),
                        missingGoesLeft: generator.chance(oneIn: 2), set: set(using: &generator))
                }
                try builder.obliviousTree(
                    margin: margin(ofTree: tree), splits: splits,
                    leafValues: (0..<leafWidth << splits.count).map { _ in value(using: &generator) },
                    leafWeights: hasCovers ? (0..<1 << splits.count).map { _ in cover(using: &generator) } : [])
            }
        }
        return try builder.finish()
    }

    /// Rows that sit on thresholds and beside them, among ordinary and awkward values.
    ///
    /// - Parameter areComplete: whether no value is missing.
    func rows(
        _ count: Int, of ensemble: TreeEnsemble, areComplete: Bool = false, using generator: inout SeededGenerator
    ) -> [Float] {
        var onThresholds = [[Float]](repeating: [], count: featureCount)
        for (feature, threshold) in zip(ensemble.features, ensemble.values) where feature >= 0 {
            onThresholds[Int(feature)].append(Float(threshold))
        }
        for (feature, threshold) in zip(ensemble.splitFeatures, ensemble.splitThresholds) {
            onThresholds[Int(feature)].append(Float(threshold))
        }
        var rows: [Float] = []
        for _ in 0..<count {
            for feature in 0..<featureCount {
                switch generator.int(in: 0...9) {
                case 0: rows.append(areComplete ? 0 : .nan)
                case 1: rows.append(generator.element(of: Self.awkward))
                case 2 where categoricalChance > 0: rows.append(Float(generator.int(in: -2...210)))
                case 2:
                    let value = generator.anyFloat()
                    rows.append(areComplete && value.isNaN ? .infinity : value)
                case 3...7 where !onThresholds[feature].isEmpty:
                    let threshold = generator.element(of: onThresholds[feature])
                    rows.append(generator.element(of: [threshold, threshold.nextUp, threshold.nextDown, -threshold]))
                default: rows.append(Float.random(in: -1...1, using: &generator))
                }
            }
        }
        return rows
    }

    /// Rows of doubles: on thresholds, one ulp beside them, categories, tiny and awkward values.
    func doubleRows(_ count: Int, of ensemble: TreeEnsemble, using generator: inout SeededGenerator) -> [Double] {
        var onThresholds = [[Double]](repeating: [], count: featureCount)
        for (feature, threshold) in zip(ensemble.features, ensemble.values) where feature >= 0 {
            onThresholds[Int(feature)].append(threshold)
        }
        for (feature, threshold) in zip(ensemble.splitFeatures, ensemble.splitThresholds) {
            onThresholds[Int(feature)].append(threshold)
        }
        let tiny = Double(Float(1e-35))
        return (0..<count * featureCount).map { index in
            let feature = index % featureCount
            switch generator.int(in: 0...9) {
            case 0: return .nan
            case 1: return Double(generator.element(of: Self.awkward))
            case 2: return Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
            case 3: return generator.element(of: [tiny, tiny.nextUp, -tiny, -tiny.nextUp, tiny / 2])
            case 4: return Double(generator.int(in: -2...210)) + generator.element(of: [0, 0, 0.5, -0.5])
            case 5...8 where !onThresholds[feature].isEmpty:
                let threshold = generator.element(of: onThresholds[feature])
                return generator.element(of: [threshold, threshold.nextUp, threshold.nextDown, -threshold])
            default: return Double.random(in: -1...1, using: &generator)
            }
        }
    }

    private func addNodes(
        tree: Int, thresholds: [[Double]], to builder: inout TreeEnsembleBuilder,
        using generator: inout SeededGenerator
    ) throws {
        // Shape first, children behind parents; numbers as a file might give them.
        let children =
            leafCounts.isEmpty
            ? grownByLevel(using: &generator)
            : grownByLeaf(leafCounts[tree % leafCounts.count], using: &generator)
        let covers = covers(of: children, using: &generator)
        try builder.startTree(margin: margin(ofTree: tree), slotCount: children.count)
        for (node, pair) in children.enumerated() {
            guard let pair else {
                if linearChance > 0 && generator.chance(oneIn: linearChance) {
                    try addLinearLeaf(node, to: &builder, using: &generator)
                    continue
                }
                try builder.leaf(
                    node: node, values: (0..<leafWidth).map { _ in value(using: &generator) }, cover: covers?[node])
                continue
            }
            let feature = generator.int(in: 0...featureCount - 1)
            let missingGoesLeft = generator.chance(oneIn: 2)
            if let set = set(using: &generator) {
                try builder.categoricalSplit(
                    node: node, feature: feature, set: set, left: pair.left, right: pair.right,
                    missingGoesLeft: missingGoesLeft, cover: covers?[node])
                continue
            }
            let threshold = threshold(of: feature, thresholds, using: &generator)
            try builder.numericalSplit(
                node: node, feature: feature, threshold: threshold, left: pair.left, right: pair.right,
                missingGoesLeft: missingGoesLeft,
                zeroIsMissing: zeroChance > 0 && threshold.isFinite && generator.chance(oneIn: zeroChance),
                cover: covers?[node])
        }
        try builder.endTree()
    }

    /// Children of every node of a tree whose leaves are split until all are at the depth or meet the chance.
    private func grownByLevel(using generator: inout SeededGenerator) -> [(left: Int, right: Int)?] {
        var depths = [0]
        var children: [(left: Int, right: Int)?] = []
        while children.count < depths.count {
            let level = depths[children.count]
            if level >= depth || (leafChance > 0 && level > 0 && generator.chance(oneIn: leafChance)) {
                children.append(nil)
            } else {
                children.append((depths.count, depths.count + 1))
                depths += [level + 1, level + 1]
            }
        }
        return children
    }

    /// Children of every node of a tree of which one leaf after the other is split, a late one more likely.
    private func grownByLeaf(
        _ leafCount: Int, using generator: inout SeededGenerator
    ) -> [(left: Int, right: Int)?] {
        var children: [(left: Int, right: Int)?] = [nil]
        var leaves = [0]
        while leaves.count < leafCount {
            let last = leaves.count - 1
            let chosen = generator.chance(oneIn: 2) ? last : generator.int(in: 0...last)
            let node = leaves.remove(at: chosen)
            children[node] = (children.count, children.count + 1)
            leaves += [children.count, children.count + 1]
            children += [nil, nil]
        }
        return children
    }

    private func addLinearLeaf(
        _ node: Int, to builder: inout TreeEnsembleBuilder, using generator: inout SeededGenerator
    ) throws {
        let features = (0..<generator.int(in: 0...4)).map { _ in Int32(generator.int(in: 0...featureCount - 1)) }
        let coefficients = features.map { _ in value(using: &generator) }
        try builder.linearLeaf(
            node: node, value: value(using: &generator), constant: value(using: &generator), features: features[...],
            coefficients: coefficients[...])
    }

    /// Covers of nodes that are listed parents first: a parent has those of its children.
    private func covers(
        of children: [(left: Int, right: Int)?], using generator: inout SeededGenerator
    ) -> [Double]? {
        guard hasCovers else { return nil }
        var covers = [Double](repeating: 0, count: children.count)
        for (node, pair) in children.enumerated().reversed() {
            covers[node] = pair.map { covers[$0.left] + covers[$0.right] } ?? cover(using: &generator)
        }
        return covers
    }

    private func cover(using generator: inout SeededGenerator) -> Double {
        generator.chance(oneIn: 10) ? 0 : Double.random(in: 0.01...100, using: &generator)
    }

    private func makeThresholds(using generator: inout SeededGenerator) -> [[Double]] {
        (0..<featureCount).map { _ in
            (0..<(thresholdCount ?? 0)).map { _ in threshold(using: &generator) }
        }
    }

    private func threshold(
        of feature: Int, _ thresholds: [[Double]], using generator: inout SeededGenerator
    ) -> Double {
        thresholds[feature].isEmpty ? threshold(using: &generator) : generator.element(of: thresholds[feature])
    }

    private func threshold(using generator: inout SeededGenerator) -> Double {
        if generator.chance(oneIn: 12) { return Double(generator.element(of: Self.awkward)) }
        let threshold = Double.random(in: -1...1, using: &generator)
        return inputPrecision == .float32 ? Double(Float(threshold)) : threshold
    }

    private var leafWidth: Int { leavesAreVectors ? marginCount : 1 }

    private func margin(ofTree tree: Int) -> Int { leafWidth > 1 ? 0 : tree % marginCount }

    private func set(using generator: inout SeededGenerator) -> CategorySet? {
        guard categoricalChance > 0 && generator.chance(oneIn: categoricalChance) else { return nil }
        if generator.chance(oneIn: 4) {
            let numbers = [-2, -0.0, 0.5, 3, 12.5, 31, 200, .infinity].filter { _ in generator.chance(oneIn: 2) }
            return CategorySet(
                numbers: numbers, truncatesValues: generator.chance(oneIn: 2),
                membersGoLeft: generator.chance(oneIn: 2))
        }
        let largest = generator.element(of: [0, 3, 31, 32, 200])
        let categories = (0...largest).filter { _ in generator.chance(oneIn: 3) }
        return CategorySet(categories: categories, membersGoLeft: generator.chance(oneIn: 2))
    }

    private func value(using generator: inout SeededGenerator) -> Double {
        let value = Double.random(in: -1...1, using: &generator)
        return sumPrecision == .float32 ? Double(Float(value)) : value
    }
}
