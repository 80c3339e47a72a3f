import LinuxSystem

/// What a Treelite checkpoint says in front of its trees.
struct TreeliteHeader {
    /// Treelite's `TaskType`, by its numbers.
    private enum Task: UInt8 {
        case binaryClassification = 0
        case regression = 1
        case multiclass = 2
        case ranking = 3
        case isolation = 4
    }

    /// scikit-learn's offset of an isolation forest without contamination; checkpoints have none.
    private static let isolationOffset = -0.5

    /// 3 or 4.
    let majorVersion: Int32
    /// Precision of inputs, thresholds, leaves and sums.
    let precision: TreeEnsemble.Precision
    let treeCount: Int
    private var featureCount: Int32 = 0
    private var task = Task.regression
    private var isAverage = false
    private var targetCount: Int32 = 1
    private var classCounts: [Int32] = []
    private var leafShape: [Int32] = []
    private var targetIDs: [Int32] = []
    private var classIDs: [Int32] = []
    private var postprocessor = ""
    private var sigmoidAlpha: Float = 1
    private var ratio: Float = 1
    private var baseScores: [Double] = []

    /// Reads a header.
    init(_ cursor: inout TreeliteCursor, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        majorVersion = try cursor.integer(Int32.self, in: bytes)
        let minorVersion = try cursor.integer(Int32.self, in: bytes)
        let patchVersion = try cursor.integer(Int32.self, in: bytes)
        guard majorVersion == 4 || majorVersion == 3 && minorVersion == 9 else {
            throw TreeEnsembleFault(
                .unsupported("a checkpoint of version \(majorVersion).\(minorVersion).\(patchVersion)"), at: 0)
        }
        let thresholdType = try cursor.integer(UInt8.self, in: bytes)
        let leafType = try cursor.integer(UInt8.self, in: bytes)
        guard thresholdType == leafType && (2...3).contains(leafType) else {
            throw TreeEnsembleFault(
                .unsupported("thresholds and leaves of types \(thresholdType) and \(leafType)"), at: 12)
        }
        precision = leafType == 2 ? .float32 : .float64
        let treeCount = try cursor.integer(UInt64.self, in: bytes)
        // A tree takes more than ten bytes in either version.
        guard treeCount <= UInt64(bytes.count / 10) else { throw TreeEnsembleFault(.truncated, at: cursor.offset) }
        self.treeCount = Int(treeCount)
        featureCount = try cursor.integer(Int32.self, in: bytes)
        if majorVersion == 3 {
            try readVersion3(&cursor, bytes)
        } else {
            try readVersion4(&cursor, bytes)
        }
        guard leafShape.count == 2, leafShape.allSatisfy({ $0 >= 1 && $0 <= TreeEnsembleLimits.marginCount }) else {
            throw TreeEnsembleFault(.inconsistent("leaves of shape \(leafShape)"), field: "leaf_vector_shape")
        }
        try cursor.checkNoOptionalFields(in: bytes)
    }

    private mutating func readVersion4(
        _ cursor: inout TreeliteCursor, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        let number = try cursor.integer(UInt8.self, in: bytes)
        guard let task = Task(rawValue: number) else {
            throw TreeEnsembleFault(.unsupported("task \(number)"), field: "task_type", at: cursor.offset - 1)
        }
        self.task = task
        isAverage = try cursor.truth(in: bytes)
        targetCount = try cursor.integer(Int32.self, in: bytes)
        classCounts = try cursor.integers(in: bytes)
        leafShape = try cursor.integers(in: bytes)
        targetIDs = try cursor.integers(in: bytes)
        classIDs = try cursor.integers(in: bytes)
        postprocessor = try cursor.string(in: bytes)
        sigmoidAlpha = try cursor.float(in: bytes)
        ratio = try cursor.float(in: bytes)
        let scores = try cursor.array(ofWidth: 8, in: bytes)
        baseScores = (0..<scores.count).map {
            Double(bitPattern: bytes.littleEndian(UInt64.self, at: scores.offset(of: $0)))
        }
        _ = try cursor.array(ofWidth: 1, in: bytes)
    }

    /// Version 3, understood as version 4 understands it.
    private mutating func readVersion3(
        _ cursor: inout TreeliteCursor, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        let kind = try cursor.integer(UInt8.self, in: bytes)
        isAverage = try cursor.truth(in: bytes)
        let outputType = try cursor.integer(UInt8.self, in: bytes)
        // Whether trees take turns, which the kind tells too, and padding.
        try cursor.skip(3, in: bytes)
        let classCount = try cursor.integer(Int32.self, in: bytes)
        let leafSize = try cursor.integer(Int32.self, in: bytes)
        guard kind <= 2 && outputType == 0 else {
            throw TreeEnsembleFault(.unsupported("leaves that are class numbers"), field: "task_type")
        }
        let name = cursor.offset
        try cursor.skip(256, in: bytes)
        var length = 0
        while length < 256 && bytes[name + length] != 0 { length += 1 }
        postprocessor = bytes.text(name..<name + length)
        sigmoidAlpha = try cursor.float(in: bytes)
        ratio = try cursor.float(in: bytes)
        let bias = Double(try cursor.float(in: bytes))
        guard classCount >= 1 && classCount <= TreeEnsembleLimits.marginCount else {
            throw TreeEnsembleFault(
                .limit(what: "classes", value: Int(classCount), limit: TreeEnsembleLimits.marginCount))
        }
        guard leafSize == (kind == 2 ? classCount : 1) else {
            throw TreeEnsembleFault(.inconsistent("leaves of \(leafSize) values for \(classCount) classes"))
        }
        classCounts = [classCount]
        leafShape = [1, leafSize]
        targetIDs = Array(repeating: 0, count: treeCount)
        classIDs = (0..<treeCount).map { kind == 0 ? 0 : kind == 1 ? Int32($0 % Int(classCount)) : -1 }
        baseScores = Array(repeating: bias, count: Int(classCount))
        task = kind > 0 ? .multiclass : postprocessor == "sigmoid" ? .binaryClassification : .regression
        if postprocessor == "max_index" { postprocessor = "softmax" }
    }
}

// MARK: What it means

extension TreeliteHeader {
    /// Values of a leaf.
    var leafWidth: Int { leafShape.reduce(1) { $0 * Int($1) } }

    /// The margin that a tree adds to, 0 where it adds to all.
    func margin(ofTree tree: Int) throws(TreeEnsembleFault) -> Int {
        // Of several targets each has one class, so one of the two numbers tells the margin.
        let margin = Int(targetCount == 1 ? classIDs[tree] : targetIDs[tree])
        guard leafWidth > 1 else { return margin }
        guard margin == -1 else { throw TreeEnsembleFault(.unsupported("a leaf vector for some of the margins")) }
        return 0
    }

    /// The builder's header, checked for what it takes for granted.
    func builderHeader(comparison: TreeEnsemble.Comparison) throws(TreeEnsembleFault) -> TreeEnsembleBuilder.Header {
        guard targetCount >= 1, classCounts.count == Int(targetCount), classCounts.allSatisfy({ $0 >= 1 }) else {
            throw TreeEnsembleFault(.inconsistent("\(classCounts.count) class counts for \(targetCount) targets"))
        }
        guard targetCount == 1 || classCounts.allSatisfy({ $0 == 1 }) && task != .multiclass else {
            throw TreeEnsembleFault(.unsupported("classification with \(targetCount) targets"))
        }
        let marginCount = targetCount == 1 ? Int(classCounts[0]) : Int(targetCount)
        guard targetIDs.count == treeCount && classIDs.count == treeCount else {
            throw TreeEnsembleFault(.inconsistent("\(targetIDs.count) targets of \(treeCount) trees"))
        }
        guard leafWidth == 1 || leafWidth == marginCount else {
            throw TreeEnsembleFault(.inconsistent("leaves of shape \(leafShape) for \(marginCount) margins"))
        }
        guard baseScores.count == marginCount else {
            throw TreeEnsembleFault(.inconsistent("\(baseScores.count) base scores for \(marginCount) margins"))
        }
        let link = try link()
        return TreeEnsembleBuilder.Header(
            trainer: "treelite", task: try task(link, marginCount: marginCount), featureCount: Int(featureCount),
            marginCount: marginCount, leafWidth: leafWidth, comparison: comparison, categoryRule: .nonNegative,
            inputPrecision: precision, sumPrecision: precision, summation: try summation(marginCount: marginCount),
            link: link, decision: .value, baseMargins: baseScores)
    }

    private func task(
        _ link: TreeEnsemble.Link, marginCount: Int
    ) throws(TreeEnsembleFault) -> TreeEnsemble.Task {
        if case .isolation = link {
            guard marginCount == 1 else {
                throw TreeEnsembleFault(.inconsistent("\(marginCount) margins of an isolation forest"))
            }
            return .isolation
        }
        switch task {
        case .regression, .ranking: return .regression
        case .binaryClassification where marginCount == 1: return .classification(classCount: 2)
        case .multiclass where marginCount > 1: return .classification(classCount: marginCount)
        case .binaryClassification, .multiclass, .isolation:
            throw TreeEnsembleFault(
                .unsupported("postprocessor \"\(postprocessor)\" of \(marginCount) margins for the task \(task)"))
        }
    }

    private func link() throws(TreeEnsembleFault) -> TreeEnsemble.Link {
        switch postprocessor {
        case "identity", "identity_multiclass": return .identity
        case "sigmoid", "multiclass_ova":
            guard sigmoidAlpha.isFinite && sigmoidAlpha > 0 else {
                throw TreeEnsembleFault(.expected("a number above 0"), field: "sigmoid_alpha")
            }
            return .scaledLogistic(scale: Double(sigmoidAlpha))
        case "softmax":
            return precision == .float32 ? .softmax : .roundedSoftmax
        case "exponential": return .exponential
        case "hinge": return .hinge
        case "signed_square": return .signedSquare
        case "logarithm_one_plus_exp": return .softplus
        case "exponential_standard_ratio":
            guard ratio.isFinite && ratio > 0 else {
                throw TreeEnsembleFault(.expected("a number above 0"), field: "ratio_c")
            }
            return .isolation(IsolationScale(normalizer: Double(ratio), offset: Self.isolationOffset))
        default:
            throw TreeEnsembleFault(
                .unsupported("postprocessor \"\(postprocessor.prefix(64))\""), field: "postprocessor")
        }
    }

    private func summation(marginCount: Int) throws(TreeEnsembleFault) -> TreeEnsemble.Summation {
        guard isAverage else { return .baseLast(scale: 1) }
        guard baseScores.allSatisfy({ $0 == 0 }) else {
            throw TreeEnsembleFault(.unsupported("base scores added to an average"), field: "base_scores")
        }
        guard leafWidth == 1 && marginCount > 1 else { return .average(divisor: Double(max(treeCount, 1))) }
        var counts = Array(repeating: 0, count: marginCount)
        for tree in 0..<treeCount {
            let margin = try margin(ofTree: tree)
            if counts.indices.contains(margin) { counts[margin] += 1 }
        }
        guard counts.allSatisfy({ $0 == counts[0] }) else {
            throw TreeEnsembleFault(.unsupported("averages over different numbers of trees"))
        }
        return .average(divisor: Double(max(counts[0], 1)))
    }
}
