import LinuxSystem

/// One tree of a LightGBM model: parallel arrays, of which those of inner nodes have one element less than those of
/// leaves; a child is the number of an inner node or, if negative, the complement of a leaf's.
///
/// One value serves for all trees of a file, so that its arrays are allocated once.
///
/// - Source: LightGBM 4.7.0, `Tree::Tree(const char*, size_t*)`, `Tree::Decision` and `Tree::Predict`.
struct LightGBMTree {
    /// Bits of `decision_type`.
    private enum Decision {
        static let isCategorical = 1
        static let defaultIsLeft = 2
        static let missingTypeShift = 2
    }

    /// What counts as missing to a node: nothing, so that NaN is zero; zero and NaN; NaN.
    private enum MissingType: Int {
        case none
        case zero
        case nan
    }

    /// Keys that do not count: statistics of training, and `shrinkage`, which has been applied.
    private static let withoutMeaning: Set<String> = [
        "split_gain", "internal_value", "internal_weight", "leaf_weight", "shrinkage",
    ]

    private var seen: Set<String> = []
    private var declaredLeafCount = 0
    private var setCount = 0
    private var features: [Int32] = []
    private var thresholds: [Double] = []
    private var decisionTypes: [Int32] = []
    private var leftChildren: [Int32] = []
    private var rightChildren: [Int32] = []
    private var leafValues: [Double] = []
    private var leafRowCounts: [Int32] = []
    private var innerRowCounts: [Int32] = []
    /// Whether leaves have linear functions (`linear_tree`): a constant and as many features and coefficients as it
    /// says.
    private var isLinear = false
    private var leafConstants: [Double] = []
    private var termCounts: [Int32] = []
    private var termFeatures: [Int32] = []
    private var termCoefficients: [Double] = []
    private var setStarts: [Int32] = []
    private var setWords: [UInt32] = []
    /// Words that the nodes built so far ask for.
    private var usedWordCount = 0

    /// Reads the lines behind `Tree=`, up to an empty one.
    mutating func read(_ lines: inout LightGBMLines, in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        clear()
        var isClosed = false
        while !isClosed, let line = lines.next(in: bytes) {
            if line.range.isEmpty {
                isClosed = true
                continue
            }
            let key = bytes.text(line.key.prefix(LightGBMLines.keyByteCount))
            do throws(TreeEnsembleFault) {
                guard seen.insert(key).inserted else { throw TreeEnsembleFault(.inconsistent("the key appears twice")) }
                try read(line, key: key, in: bytes)
            } catch {
                var fault = error
                fault.field = key
                fault.byteOffset = fault.byteOffset ?? line.range.lowerBound
                throw fault
            }
        }
        // A file may end behind its last tree, whose last key is this one.
        guard isClosed || seen.contains("shrinkage") else { throw TreeEnsembleFault(.truncated, at: bytes.count) }
        try checkKeys()
    }

    private mutating func clear() {
        seen.removeAll(keepingCapacity: true)
        declaredLeafCount = 0
        setCount = 0
        features.removeAll(keepingCapacity: true)
        thresholds.removeAll(keepingCapacity: true)
        decisionTypes.removeAll(keepingCapacity: true)
        leftChildren.removeAll(keepingCapacity: true)
        rightChildren.removeAll(keepingCapacity: true)
        leafValues.removeAll(keepingCapacity: true)
        leafRowCounts.removeAll(keepingCapacity: true)
        innerRowCounts.removeAll(keepingCapacity: true)
        isLinear = false
        leafConstants.removeAll(keepingCapacity: true)
        termCounts.removeAll(keepingCapacity: true)
        termFeatures.removeAll(keepingCapacity: true)
        termCoefficients.removeAll(keepingCapacity: true)
        setStarts.removeAll(keepingCapacity: true)
        setWords.removeAll(keepingCapacity: true)
        usedWordCount = 0
    }

    private mutating func read(
        _ line: LightGBMLines.Line, key: String, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        switch key {
        case "num_leaves": declaredLeafCount = try line.readInteger(in: bytes, 1...TreeEnsembleLimits.nodeCount)
        case "num_cat": setCount = try line.readInteger(in: bytes, 0...TreeEnsembleLimits.nodeCount)
        case "split_feature": try line.readIntegers(in: bytes, into: &features)
        case "threshold": try line.readDoubles(in: bytes, into: &thresholds)
        case "decision_type": try line.readIntegers(in: bytes, into: &decisionTypes)
        case "left_child": try line.readIntegers(in: bytes, into: &leftChildren)
        case "right_child": try line.readIntegers(in: bytes, into: &rightChildren)
        case "leaf_value": try line.readDoubles(in: bytes, into: &leafValues)
        case "leaf_count": try line.readIntegers(in: bytes, into: &leafRowCounts)
        case "internal_count": try line.readIntegers(in: bytes, into: &innerRowCounts)
        case "cat_boundaries": try line.readIntegers(in: bytes, into: &setStarts)
        case "cat_threshold": try line.readIntegers(in: bytes, into: &setWords)
        case "is_linear": isLinear = try line.readInteger(in: bytes, 0...1) == 1
        case "leaf_const": try line.readDoubles(in: bytes, into: &leafConstants)
        case "num_features": try line.readIntegers(in: bytes, into: &termCounts)
        case "leaf_features": try line.readIntegers(in: bytes, into: &termFeatures)
        case "leaf_coeff": try line.readDoubles(in: bytes, into: &termCoefficients)
        case let key where Self.withoutMeaning.contains(key): break
        default: throw TreeEnsembleFault(.unsupported("the key"))
        }
    }

    /// Compares the lengths of arrays with what the tree says of itself.
    private mutating func checkKeys() throws(TreeEnsembleFault) {
        let leafCount = declaredLeafCount
        var required = ["num_leaves", "num_cat", "leaf_value"]
        if leafCount > 1 { required += ["split_feature", "threshold", "left_child", "right_child"] }
        if setCount > 0 { required += ["cat_boundaries", "cat_threshold"] }
        if isLinear { required += ["leaf_const", "num_features", "leaf_features", "leaf_coeff"] }
        for key in required where !seen.contains(key) { throw TreeEnsembleFault(.missing, field: key) }
        // Without its key, every decision is the plainest one.
        if !seen.contains("decision_type") {
            decisionTypes.append(contentsOf: repeatElement(0, count: thresholds.count))
        }
        let lengths = [
            ("leaf_value", leafValues.count, leafCount), ("split_feature", features.count, leafCount - 1),
            ("threshold", thresholds.count, leafCount - 1), ("decision_type", decisionTypes.count, leafCount - 1),
            ("left_child", leftChildren.count, leafCount - 1), ("right_child", rightChildren.count, leafCount - 1),
            ("cat_boundaries", setStarts.count, setCount > 0 ? setCount + 1 : 0),
            ("leaf_const", leafConstants.count, isLinear ? leafCount : 0),
            ("num_features", termCounts.count, isLinear ? leafCount : 0),
        ]
        for (key, count, needed) in lengths where count != needed {
            throw TreeEnsembleFault(
                .inconsistent("\(count) elements where \(leafCount) leaves and \(setCount) sets need \(needed)"),
                field: key)
        }
        if let negative = termCounts.first(where: { $0 < 0 }) {
            throw TreeEnsembleFault(.inconsistent("a leaf of \(negative) features"), field: "num_features")
        }
        let termCount = termCounts.reduce(0) { $0 + Int($1) }
        for (key, count) in [("leaf_features", termFeatures.count), ("leaf_coeff", termCoefficients.count)] {
            guard count == termCount else {
                throw TreeEnsembleFault(
                    .inconsistent("\(count) elements where num_features asks for \(termCount)"), field: key)
            }
        }
        guard setCount == 0 || setStarts[0] == 0 && Int(setStarts[setCount]) == setWords.count else {
            throw TreeEnsembleFault(
                .inconsistent("the boundaries are not those of \(setWords.count) words"), field: "cat_boundaries")
        }
    }

    /// Declares the tree's nodes: leaves by their numbers, inner nodes behind them.
    mutating func build(into builder: inout TreeEnsembleBuilder, margin: Int) throws(TreeEnsembleFault) {
        let leafCount = leafValues.count
        try builder.startTree(margin: margin, slotCount: 2 * leafCount - 1, root: leafCount > 1 ? leafCount : 0)
        let haveCounts = leafRowCounts.count == leafCount && innerRowCounts.count == leafCount - 1
        var firstTerm = 0
        for leaf in 0..<leafCount {
            let cover = haveCounts ? Double(leafRowCounts[leaf]) : nil
            guard isLinear else {
                try builder.leaf(node: leaf, value: leafValues[leaf], cover: cover)
                continue
            }
            let terms = firstTerm..<firstTerm + Int(termCounts[leaf])
            try builder.linearLeaf(
                node: leaf, value: leafValues[leaf], constant: leafConstants[leaf], features: termFeatures[terms],
                coefficients: termCoefficients[terms], cover: cover)
            firstTerm = terms.upperBound
        }
        for node in 0..<leafCount - 1 {
            try addSplit(
                node, to: &builder, left: slot(ofChild: leftChildren[node], of: node, "left_child"),
                right: slot(ofChild: rightChildren[node], of: node, "right_child"),
                cover: haveCounts ? Double(innerRowCounts[node]) : nil)
        }
        try builder.endTree()
    }

    private func slot(ofChild child: Int32, of node: Int, _ key: String) throws(TreeEnsembleFault) -> Int {
        let leafCount = leafValues.count
        let slot = child < 0 ? Int(~child) : leafCount + Int(child)
        guard child < 0 ? slot < leafCount : slot < 2 * leafCount - 1 else {
            throw TreeEnsembleFault(
                .inconsistent("child \(child) of node \(node) in a tree of \(leafCount) leaves"), field: key)
        }
        return slot
    }

    private mutating func addSplit(
        _ node: Int, to builder: inout TreeEnsembleBuilder, left: Int, right: Int, cover: Double?
    ) throws(TreeEnsembleFault) {
        let decision = Int(decisionTypes[node])
        guard decision >= 0, let missing = MissingType(rawValue: decision >> Decision.missingTypeShift) else {
            throw TreeEnsembleFault(.unsupported("decision type \(decision)"), field: "decision_type")
        }
        let slot = leafValues.count + node
        if decision & Decision.isCategorical != 0 {
            // NaN goes right, whatever counts as missing.
            return try builder.categoricalSplit(
                node: slot, feature: Int(features[node]), set: set(ofNode: node), left: left, right: right,
                missingGoesLeft: false, cover: cover)
        }
        let threshold = Self.threshold(thresholds[node])
        try builder.numericalSplit(
            node: slot, feature: Int(features[node]), threshold: threshold, left: left, right: right,
            missingGoesLeft: missing == .none ? threshold >= 0 : decision & Decision.defaultIsLeft != 0,
            zeroIsMissing: missing == .zero, cover: cover)
    }

    /// The threshold that does to a value what the file's does to the value after those near zero became zero.
    private static func threshold(_ threshold: Double) -> Double {
        let zeroDistance = Double(RowTranslation.zeroDistance)
        if threshold >= 0 && threshold < zeroDistance { return zeroDistance }
        return threshold < 0 && threshold >= -zeroDistance ? (-zeroDistance).nextDown : threshold
    }

    private mutating func set(ofNode node: Int) throws(TreeEnsembleFault) -> CategorySet {
        guard let index = Int(exactly: thresholds[node]), index >= 0 && index < setCount else {
            throw TreeEnsembleFault(
                .inconsistent("set \(thresholds[node]) of \(setCount) at node \(node)"), field: "threshold")
        }
        let start = Int(setStarts[index])
        let end = Int(setStarts[index + 1])
        guard start >= 0 && start <= end && end <= setWords.count else {
            throw TreeEnsembleFault(
                .inconsistent("set \(index) has the words \(start) to \(end) of \(setWords.count)"),
                field: "cat_boundaries")
        }
        // The trainer gives every node a set of its own; nodes that share large ones would be work without bound.
        usedWordCount += end - start
        guard usedWordCount <= setWords.count else {
            throw TreeEnsembleFault(.inconsistent("nodes share their sets"), field: "threshold")
        }
        let set = CategorySet(words: Array(setWords[start..<end]), membersGoLeft: true)
        let wordLimit = (TreeEnsembleLimits.category + 1) / 32
        guard set.words.count <= wordLimit else {
            throw TreeEnsembleFault(
                .limit(what: "words of a set of categories", value: set.words.count, limit: wordLimit),
                field: "cat_threshold")
        }
        return set
    }
}
