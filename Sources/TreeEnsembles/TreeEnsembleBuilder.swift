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
        /// 1, or `marginCount` where every leaf has a value for each margin.
        var leafWidth = 1
        var comparison: TreeEnsemble.Comparison
        var categoryRule = TreeEnsemble.CategoryRule.nonNegative
        var inputPrecision = TreeEnsemble.Precision.float32
        var sumPrecision: TreeEnsemble.Precision
        var summation: TreeEnsemble.Summation
        var link: TreeEnsemble.Link
        var linkAveragesRounds = false
        var normalization: TreeEnsemble.Normalization?
        var decision = TreeEnsemble.Decision.value
        var hasMargin = true
        var baseMargins: [Double]
    }

    /// One question of an oblivious tree: whether the value exceeds the threshold or, where there is a set, goes to the
    /// right of it.
    struct ObliviousSplit {
        var feature: Int
        var threshold: Double
        var missingGoesLeft: Bool
        var set: CategorySet?
    }

    enum State {
        case betweenTrees
        case inTree
    }

    enum Slot {
        case undeclared
        case split(Split)
        case leaf(value: Double)
        /// Index into the values of the tree's leaves.
        case vectorLeaf(first: Int)
        /// Index into the functions of the tree's leaves.
        case linearLeaf(value: Double, index: Int)
    }

    struct Split {
        var feature: Int32
        var threshold = 0.0
        var left: Int32
        var right: Int32
        var missingGoesLeft: Bool
        var zeroIsMissing = false
        var set: Int32 = -1
    }

    var ensemble: TreeEnsemble
    var state = State.betweenTrees
    /// The nodes of the tree being built, by the file's number.
    var slots: [Slot] = []
    var slotCovers: [Double] = []
    var slotVectors: [Double] = []
    var slotFunctions = LinearLeaves()
    var declaredCount = 0
    var root = 0
    private var setIndices: [CategorySet: Int32] = [:]
    var categoryWordCount = 0

    /// Starts a forest.
    ///
    /// - Throws: `limit` and `inconsistent` for numbers in the header that contradict each other.
    init(_ header: Header, form: TreeEnsemble.Form = .nodes) throws(TreeEnsembleFault) {
        try Self.check(header)
        ensemble = TreeEnsemble(
            trainer: header.trainer, task: header.task, classLabels: header.classLabels,
            featureCount: header.featureCount, featureNames: header.featureNames, marginCount: header.marginCount,
            comparison: header.comparison, inputPrecision: header.inputPrecision, categoryRule: header.categoryRule,
            sumPrecision: header.sumPrecision, summation: header.summation, link: header.link,
            linkAveragesRounds: header.linkAveragesRounds, normalization: header.normalization,
            decision: header.decision, hasMargin: header.hasMargin, baseMargins: header.baseMargins, form: form,
            leafWidth: header.leafWidth)
    }

    /// Trees ended so far.
    var treeCount: Int { ensemble.treeCount }

    /// A whole oblivious tree.
    ///
    /// - Shape: `leafValues` has 2^(number of splits) × `leafWidth` elements; bit `i` of a leaf's index answers split
    ///   `i`.
    mutating func obliviousTree(
        margin: Int = 0, splits: [ObliviousSplit], leafValues: [Double], leafWeights: [Double] = []
    ) throws(TreeEnsembleFault) {
        precondition(state == .betweenTrees && ensemble.form == .oblivious, "oblivious trees stand among their like")
        try checkNewTree(margin: margin)
        try Self.checkLimit("splits of an oblivious tree", splits.count, TreeEnsembleLimits.obliviousDepth)
        let leafCount = 1 << splits.count
        let needed = leafCount * ensemble.leafWidth
        guard leafValues.count == needed else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafValues.count) leaf values where \(splits.count) splits need \(needed)"))
        }
        let valueCount = ensemble.leafValues.count + ensemble.leafVectors.count + leafValues.count
        try Self.checkLimit("leaves", valueCount, TreeEnsembleLimits.nodeCount)
        for (index, split) in splits.enumerated() {
            try checkFeature(split.feature, of: "split \(index)")
            guard !split.threshold.isNaN else {
                throw TreeEnsembleFault(.inconsistent("the threshold of split \(index) is NaN"))
            }
            ensemble.splitFeatures.append(Int32(split.feature))
            ensemble.splitThresholds.append(split.threshold)
            ensemble.splitMissingGoesLeft.append(split.missingGoesLeft)
            let set = try split.set.map { (set) throws(TreeEnsembleFault) in try self.index(of: set) } ?? -1
            if set >= 0 && ensemble.splitSets.isEmpty {
                ensemble.splitSets = Array(repeating: -1, count: ensemble.splitFeatures.count - 1)
            }
            if set >= 0 || !ensemble.splitSets.isEmpty { ensemble.splitSets.append(set) }
        }
        guard leafValues.allSatisfy(\.isFinite) else {
            throw TreeEnsembleFault(.inconsistent("the value of a leaf is not finite"))
        }
        // Weights serve explanations only; they count when every tree has them.
        guard leafWeights.isEmpty || leafWeights.count == leafCount else {
            throw TreeEnsembleFault(.inconsistent("\(leafWeights.count) weights for \(leafCount) leaves"))
        }
        if ensemble.leafWidth == 1 {
            ensemble.leafValues.append(contentsOf: leafValues)
        } else {
            ensemble.leafVectors.append(contentsOf: leafValues)
        }
        ensemble.leafWeights.append(contentsOf: leafWeights)
        ensemble.treeMargins.append(Int32(margin))
        ensemble.splitStarts.append(Int32(ensemble.splitFeatures.count))
        ensemble.leafStarts.append(ensemble.leafStarts[ensemble.treeCount - 1] + Int32(leafCount))
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
        if finished.leafWeights.count != finished.leafCount || finished.form == .nodes { finished.leafWeights = [] }
        let iterations = defaultIterationCount ?? finished.iterationCount
        guard iterations >= 0 && iterations <= finished.iterationCount else {
            throw TreeEnsembleFault(
                .inconsistent("the best round is \(iterations - 1) of \(finished.iterationCount) rounds"))
        }
        finished.defaultTreeCount = Int(finished.iterationStarts[iterations])
        return finished
    }

    /// The index of a set, which equal sets share.
    mutating func index(of set: CategorySet) throws(TreeEnsembleFault) -> Int32 {
        if let known = setIndices[set] { return known }
        // A number takes as much memory as two words.
        categoryWordCount += set.words.count + 2 * set.numbers.count
        try Self.checkLimit("words of categories", categoryWordCount, TreeEnsembleLimits.categoryWordCount)
        let index = Int32(ensemble.categorySets.count)
        ensemble.categorySets.append(set)
        setIndices[set] = index
        return index
    }
}
