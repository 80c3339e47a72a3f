import CVectorPrimitives

/// A forest laid out for the ranked row kernel: columns of thresholds, and questions as numbers into them, 64 to a
/// word.
///
/// Features have one column each, wherever their missing values go: a row without missing values is evaluated by ranks
/// alone, and to the words of others the answers of their missing values are added.
struct RankedRowLayout {
    private(set) var features: [UInt32] = []
    private(set) var tableStarts: [UInt32] = []
    private(set) var tables: [Float] = []
    private(set) var questions: [UInt8] = []
    private(set) var groupWordCounts: [UInt32] = []
    private(set) var leafMasks: [UInt64] = []
    private(set) var leaves: [Double] = []
    /// Column by column, for every word the questions that a missing value answers with yes.
    private(set) var missingAnswers: [UInt64] = []
    let treeCount: Int
    let shape: rowan_ranked_shape
    /// Of every tree, after padding; 0 of free trees.
    let depth: Int

    /// Words of 64 questions.
    var wordCount: Int { questions.count / 128 }

    /// A question as the trees ask it; without a threshold only missing values answer with yes.
    struct Question: Hashable {
        var feature: UInt32
        var thresholdBits: UInt32?
        var missingGoesRight: Bool
    }

    private struct Condition: Hashable {
        var feature: UInt32
        var thresholdBits: UInt32
    }

    /// A column and the number of a threshold in it.
    private struct Place {
        var column: UInt8 = 0
        var threshold: UInt8 = .max
    }

    private var places: [Condition: Place] = [:]
    private var columnOfFeature: [UInt32: Int] = [:]
    private var words: [[Question?]] = []

    /// Lays out a forest.
    ///
    /// - Throws: what exceeds `EngineLimits`; then nothing is lost but speed.
    init(of ensemble: TreeEnsemble, columns: EngineColumns) throws(EngineRefusal) {
        try Self.check("margins", ensemble.marginCount, 1)
        treeCount = ensemble.treeCount
        let deepest = (0..<treeCount).map { DraftTree.depth(ofTree: $0, of: ensemble) }.max() ?? 0
        shape = try Self.shape(of: ensemble, deepest: deepest)
        switch shape {
        case rowan_ranked_oblivious:
            depth = deepest
            addLevels(of: Self.drafts(of: ensemble, columns, depth: depth), columns)
        case rowan_ranked_perfect:
            depth = EngineLimits.rankedTreeDepth
            addPerfectTrees(Self.drafts(of: ensemble, columns, depth: depth), columns)
        default:
            depth = 0
            addFreeTrees(of: ensemble, columns, leafLimit: shape == rowan_ranked_free_32 ? 32 : 64)
        }
        try addColumns()
        try addMissingAnswers()
        for word in words {
            let found = word.map { $0.flatMap(place) ?? Place() }
            questions += found.map(\.column)
            questions += found.map(\.threshold)
        }
        words = []
    }

    private static func shape(
        of ensemble: TreeEnsemble, deepest: Int
    ) throws(EngineRefusal) -> rowan_ranked_shape {
        if ensemble.form == .oblivious && deepest > 0 {
            try check("levels in a tree", deepest, EngineLimits.planeTreeDepth)
            return rowan_ranked_oblivious
        }
        guard ensemble.form == .nodes else { return rowan_ranked_perfect }
        let leafCounts = (0..<ensemble.treeCount).map { tree in
            Int(ensemble.treeStarts[tree + 1] - ensemble.treeStarts[tree] + 1) / 2
        }
        let mostLeaves = leafCounts.max() ?? 0
        // Sixteen small trees share a vector; of larger ones a walk is cheaper than taking leaves away one by one.
        if mostLeaves <= 32 { return rowan_ranked_free_32 }
        if deepest <= EngineLimits.rankedTreeDepth { return rowan_ranked_perfect }
        try check("leaves in a tree", mostLeaves, EngineLimits.rankedLeafCount)
        return rowan_ranked_free_64
    }

    private static func check(_ what: String, _ value: Int, _ limit: Int) throws(EngineRefusal) {
        guard value <= limit else {
            throw EngineRefusal(engine: RankedRowEngine.name, reason: .limit(what: what, value: value, limit: limit))
        }
    }

    private static func drafts(of ensemble: TreeEnsemble, _ columns: EngineColumns, depth: Int) -> [DraftTree] {
        (0..<ensemble.treeCount).map { DraftTree(tree: $0, of: ensemble, columns: columns).padded(toDepth: depth) }
    }
}

// MARK: Trees

extension RankedRowLayout {
    private static func question(_ condition: EngineColumns.Condition?, _ columns: EngineColumns) -> Question? {
        guard let condition else { return nil }
        let column = Int(condition.column)
        return Question(
            feature: columns.features[column],
            thresholdBits: column < columns.missingHighEnd ? condition.thresholdBits : nil,
            missingGoesRight: column >= columns.keptEnd)
    }

    private mutating func append(_ questions: [Question?]) {
        words.append(questions + Array(repeating: nil, count: 64 - questions.count))
    }

    /// Writes perfect trees, up to whole rounds of eight.
    private mutating func addPerfectTrees(_ drafts: [DraftTree], _ columns: EngineColumns) {
        for draft in drafts {
            append(draft.conditions.map { Self.question($0, columns) })
            leaves += draft.leaves.prefix(1 << depth)
        }
        for _ in drafts.count..<(drafts.count + 7) / 8 * 8 { append([]) }
    }

    /// Writes oblivious trees level by level, 64 side by side, the highest bit of their leaf numbers first.
    private mutating func addLevels(of drafts: [DraftTree], _ columns: EngineColumns) {
        for first in stride(from: 0, to: drafts.count, by: 64) {
            let end = min(first + 64, drafts.count)
            for level in (0..<depth).reversed() {
                append(drafts[first..<end].map { Self.question($0.conditions[level], columns) })
            }
        }
        for draft in drafts { leaves += draft.leaves.prefix(1 << depth) }
    }

    /// Writes trees of any shape, a group of them side by side, node by node.
    private mutating func addFreeTrees(of ensemble: TreeEnsemble, _ columns: EngineColumns, leafLimit: Int) {
        let groupTreeCount = 512 / leafLimit
        for first in stride(from: 0, to: treeCount, by: groupTreeCount) {
            let trees = (first..<min(first + groupTreeCount, treeCount)).map {
                FreeTree(tree: $0, of: ensemble, leafLimit: leafLimit)
            }
            let nodesPerWord = 64 / groupTreeCount
            let nodeCount = trees.map(\.splits.count).max() ?? 0
            // A group asks at least one word, so that its leaf masks stand where the kernel looks.
            let wordCount = max((nodeCount + nodesPerWord - 1) / nodesPerWord, 1)
            groupWordCounts.append(UInt32(wordCount))
            for word in 0..<wordCount {
                var asked: [Question?] = []
                for node in word * nodesPerWord..<(word + 1) * nodesPerWord {
                    for lane in 0..<groupTreeCount {
                        let split =
                            lane < trees.count && node < trees[lane].splits.count ? trees[lane].splits[node] : nil
                        asked.append(
                            split.flatMap { Self.question(condition(of: $0.node, ensemble, columns), columns) })
                        addLeafMask(split?.remaining ?? .max, lane: lane, leafLimit: leafLimit)
                    }
                }
                append(asked)
            }
            for tree in trees { leaves += tree.leaves }
        }
    }

    private func condition(of node: Int, _ ensemble: TreeEnsemble, _ columns: EngineColumns) -> EngineColumns.Condition?
    {
        let condition = columns.condition(
            feature: ensemble.features[node], threshold: ensemble.values[node],
            missingGoesLeft: ensemble.missingGoesLeft[node])
        return condition.threshold.isNaN ? nil : condition
    }

    private mutating func addLeafMask(_ mask: UInt64, lane: Int, leafLimit: Int) {
        if leafLimit == 64 {
            leafMasks.append(mask)
        } else if lane % 2 == 0 {
            leafMasks.append(mask & 0xFFFF_FFFF)
        } else {
            leafMasks[leafMasks.count - 1] |= mask << 32
        }
    }
}

// MARK: Columns

extension RankedRowLayout {
    /// Fills the tables of thresholds.
    private mutating func addColumns() throws(EngineRefusal) {
        var thresholds: [UInt32: Set<UInt32>] = [:]
        for question in words.joined() {
            guard let question else { continue }
            thresholds[question.feature, default: []].formUnion(question.thresholdBits.map { [$0] } ?? [])
        }
        try Self.check("features", thresholds.count, EngineLimits.rankedFeatureCount)
        for (column, feature) in thresholds.keys.sorted().enumerated() {
            let sorted = (thresholds[feature] ?? []).map { Float(bitPattern: $0) }.sorted()
            try Self.check("thresholds of a feature", sorted.count, EngineLimits.rankedThresholdCount)
            for (number, threshold) in sorted.enumerated() {
                places[Condition(feature: feature, thresholdBits: threshold.bitPattern)] = Place(
                    column: UInt8(column), threshold: UInt8(number))
            }
            columnOfFeature[feature] = column
            features.append(feature)
            addTable(sorted)
        }
    }

    private func place(of question: Question) -> Place? {
        guard let bits = question.thresholdBits else { return nil }
        return places[Condition(feature: question.feature, thresholdBits: bits)]
    }

    private mutating func addTable(_ thresholds: [Float]) {
        tableStarts.append(UInt32(tables.count))
        // The last sixteen has a NaN at its end, so that a value above all thresholds finds it.
        let sixteens = thresholds.count / 16 + 1
        let filled = thresholds + Array(repeating: Float.nan, count: 16 * sixteens - thresholds.count)
        tables += (0..<16).map { $0 < sixteens ? filled[16 * $0 + 15] : .nan }
        tables += filled
    }

    /// Notes what missing values answer.
    private mutating func addMissingAnswers() throws(EngineRefusal) {
        try Self.check(
            "words of answers", features.count * words.count, EngineLimits.rankedMissingWordCount)
        missingAnswers = Array(repeating: 0, count: features.count * words.count)
        for (index, word) in words.enumerated() {
            for (bit, question) in word.enumerated() {
                guard let question, question.missingGoesRight, let column = columnOfFeature[question.feature] else {
                    continue
                }
                missingAnswers[column * words.count + index] |= 1 << UInt64(bit)
            }
        }
    }
}

/// A tree of any shape as the leaves that each of its nodes takes away.
private struct FreeTree {
    struct Split {
        var node: Int
        /// The leaves that remain if the question is answered with yes: all but those on the left.
        var remaining: UInt64
    }

    private(set) var splits: [Split] = []
    /// Values from left to right, filled up to the limit.
    private(set) var leaves: [Double] = []

    init(tree: Int, of ensemble: TreeEnsemble, leafLimit: Int) {
        let nodes = Int(ensemble.treeStarts[tree])..<Int(ensemble.treeStarts[tree + 1])
        // Nodes stand in depth-first order: the leaves left of a node are those that stand before it.
        var leavesBefore = [Int](repeating: 0, count: nodes.count + 1)
        for node in nodes {
            let isLeaf = ensemble.features[node] < 0
            leavesBefore[node - nodes.lowerBound + 1] = leavesBefore[node - nodes.lowerBound] + (isLeaf ? 1 : 0)
            if isLeaf { leaves.append(ensemble.values[node]) }
        }
        for node in nodes where ensemble.features[node] >= 0 {
            let first = leavesBefore[node - nodes.lowerBound]
            let end = leavesBefore[Int(ensemble.rightChildren[node]) - nodes.lowerBound]
            var mask = UInt64.max
            // The leftmost leaf is the highest bit of the limit's.
            for leaf in first..<end { mask &= ~(1 << UInt64(leafLimit - 1 - leaf)) }
            splits.append(Split(node: node, remaining: mask))
        }
        leaves += Array(repeating: 0, count: leafLimit - leaves.count)
    }
}
