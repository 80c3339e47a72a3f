import LinuxSystem

/// XGBoost models saved in its old binary format (`save_model("xgboost.model")`), as 0.80 to 3.0 wrote it.
///
/// The meaning of the content is `XGBoostModel`'s. There is no magic number; what `save_raw` gives begins with `binf`.
/// Then follow, little-endian and without padding: the learner's parameters (136 bytes), the names of objective and
/// booster behind their 64-bit lengths, the booster's parameters (160 bytes), the trees, each of parameters
/// (148 bytes), nodes (20 bytes each) and statistics (16 bytes each), the margin of each tree, for `dart` the trees'
/// weights, attributes, and names of metrics. What stands behind is passed over, as XGBoost does.
///
/// Versions before 1.0 keep the base score as a margin; it is brought back through the objective's link and its inverse
/// as later versions do when they load such a file. The format knows no categorical splits, leaves of several values or
/// names of features.
///
/// - Source: `LearnerModelParamLegacy`, `GBTreeModelParam`, `TreeParam`, `RegTree::Node` and `RTreeNodeStat` of
///   XGBoost 1.7 and 3.0.
enum XGBoostBinaryFormat: TreeEnsembleFormat {
    /// Triton's FIL backend calls the format so.
    static var platform: String { "xgboost" }

    private static let learnerByteCount = 136
    private static let boosterByteCount = 160
    private static let treeByteCount = 148
    private static let nodeByteCount = 36

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        var cursor = XGBoostBinaryCursor(offset: start(of: bytes))
        guard (try? cursor.skip(learnerByteCount, in: bytes)) != nil, let objective = try? cursor.text(in: bytes),
            objective.count <= 64, let booster = try? cursor.text(in: bytes)
        else { return false }
        return !objective.isEmpty && objective.allSatisfy { (0x21...0x7e).contains(bytes[$0]) }
            && (bytes.matches(booster, "gbtree") || bytes.matches(booster, "dart")
                || bytes.matches(booster, "gblinear"))
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var cursor = XGBoostBinaryCursor(offset: start(of: bytes))
        var model = XGBoostModel()
        let learner = try within("learner") { () throws(TreeEnsembleFault) in
            try readLearner(&cursor, bytes, into: &model)
        }
        // What follows the names depends on the booster.
        try model.checkBooster()
        try within("booster") { () throws(TreeEnsembleFault) in try readTrees(&cursor, bytes, into: &model) }
        if model.boosterName == "dart" && !model.trees.isEmpty {
            for _ in 0..<(try cursor.count(elementByteCount: 4, in: bytes)) {
                model.treeWeights.append(try cursor.float(in: bytes))
            }
        }
        if learner.hasAttributes {
            try within("attributes") { () throws(TreeEnsembleFault) in try readAttributes(&cursor, bytes, into: &model)
            }
        }
        if learner.hasMetrics {
            for _ in 0..<(try cursor.count(elementByteCount: 8, in: bytes)) { _ = try cursor.text(in: bytes) }
        }
        if learner.isBeforeVersion1 { model.takeBaseScoreForMargin() }
        return try model.build()
    }

    private static func start(of bytes: Span<UInt8>) -> Int {
        bytes.count >= 4 && bytes.matches(0..<4, "binf") ? 4 : 0
    }

    private static func readLearner(
        _ cursor: inout XGBoostBinaryCursor, _ bytes: Span<UInt8>, into model: inout XGBoostModel
    ) throws(TreeEnsembleFault) -> (hasAttributes: Bool, hasMetrics: Bool, isBeforeVersion1: Bool) {
        let start = cursor.offset
        model.baseScores = [try cursor.float(in: bytes)]
        model.featureCount = try readCount(&cursor, bytes, "num_feature", limit: TreeEnsembleLimits.featureCount)
        model.classCount = try readCount(&cursor, bytes, "num_class", limit: TreeEnsembleLimits.marginCount)
        let hasAttributes = try cursor.int32(in: bytes) != 0
        let hasMetrics = try cursor.int32(in: bytes) != 0
        let majorVersion = try cursor.uint32(in: bytes)
        _ = try cursor.uint32(in: bytes)
        // Before 1.6 the number of targets was a reserved zero.
        model.targetCount = max(
            1, try readCount(&cursor, bytes, "num_target", limit: TreeEnsembleLimits.marginCount))
        try cursor.skip(start + learnerByteCount - cursor.offset, in: bytes)
        model.objectiveName = try readName(&cursor, bytes, "objective")
        model.boosterName = try readName(&cursor, bytes, "booster")
        return (hasAttributes, hasMetrics, majorVersion < 1)
    }

    private static func readTrees(
        _ cursor: inout XGBoostBinaryCursor, _ bytes: Span<UInt8>, into model: inout XGBoostModel
    ) throws(TreeEnsembleFault) {
        let start = cursor.offset
        let treeCount = try readCount(&cursor, bytes, "num_trees", limit: TreeEnsembleLimits.treeCount)
        model.parallelTreeCount = max(
            1, try readCount(&cursor, bytes, "num_parallel_tree", limit: TreeEnsembleLimits.treeCount))
        try cursor.skip(start + boosterByteCount - cursor.offset, in: bytes)
        for tree in 0..<treeCount {
            try within("trees[\(tree)]") { () throws(TreeEnsembleFault) in
                model.trees.append(try readTree(&cursor, bytes))
            }
        }
        for _ in 0..<treeCount { model.treeMargins.append(Int32(try cursor.int32(in: bytes))) }
    }

    private static func readTree(
        _ cursor: inout XGBoostBinaryCursor, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> XGBoostTree {
        let start = cursor.offset
        let rootCount = try cursor.int32(in: bytes)
        let nodeCount = try readCount(&cursor, bytes, "num_nodes", limit: TreeEnsembleLimits.nodeCount)
        try cursor.skip(12, in: bytes)
        let leafWidth = try cursor.int32(in: bytes)
        try cursor.skip(start + treeByteCount - cursor.offset, in: bytes)
        guard rootCount <= 1 else {
            throw TreeEnsembleFault(.unsupported("a tree of \(rootCount) roots"), at: start)
        }
        guard leafWidth <= 1 else {
            throw TreeEnsembleFault(.unsupported("a leaf of \(leafWidth) values"), at: start)
        }
        guard nodeCount <= (bytes.count - cursor.offset) / nodeByteCount else {
            throw TreeEnsembleFault(.truncated, at: bytes.count)
        }
        var tree = XGBoostTree()
        tree.reserveNodes(nodeCount)
        for _ in 0..<nodeCount {
            _ = try cursor.int32(in: bytes)
            tree.leftChildren.append(Int32(try cursor.int32(in: bytes)))
            tree.rightChildren.append(Int32(try cursor.int32(in: bytes)))
            let split = try cursor.uint32(in: bytes)
            tree.splitFeatures.append(Int32(split & 0x7fff_ffff))
            tree.defaultIsLeft.append(split >> 31 != 0)
            tree.splitConditions.append(try cursor.float(in: bytes))
        }
        for _ in 0..<nodeCount {
            _ = try cursor.float(in: bytes)
            tree.hessianSums.append(try cursor.float(in: bytes))
            try cursor.skip(8, in: bytes)
        }
        return tree
    }

    private static func readAttributes(
        _ cursor: inout XGBoostBinaryCursor, _ bytes: Span<UInt8>, into model: inout XGBoostModel
    ) throws(TreeEnsembleFault) {
        for _ in 0..<(try cursor.count(elementByteCount: 16, in: bytes)) {
            let key = try cursor.text(in: bytes)
            let value = try cursor.text(in: bytes)
            guard bytes.matches(key, "best_iteration") else { continue }
            guard let iteration = Int(bytes.text(value.prefix(20))), model.setBestIteration(iteration) else {
                throw TreeEnsembleFault(
                    .expected("the number of a boosting round"), field: "best_iteration", at: value.lowerBound)
            }
        }
    }

    private static func readCount(
        _ cursor: inout XGBoostBinaryCursor, _ bytes: Span<UInt8>, _ field: String, limit: Int
    ) throws(TreeEnsembleFault) -> Int {
        let offset = cursor.offset
        let count = try cursor.int32(in: bytes)
        guard count >= 0 else { throw TreeEnsembleFault(.expected("a count"), field: field, at: offset) }
        guard count <= limit else {
            throw TreeEnsembleFault(.limit(what: "elements", value: count, limit: limit), field: field, at: offset)
        }
        return count
    }

    private static func readName(
        _ cursor: inout XGBoostBinaryCursor, _ bytes: Span<UInt8>, _ field: String
    ) throws(TreeEnsembleFault) -> String {
        let text = try cursor.text(in: bytes)
        guard text.count <= 64 else {
            throw TreeEnsembleFault(.expected("a name"), field: field, at: text.lowerBound)
        }
        return bytes.text(text)
    }
}
