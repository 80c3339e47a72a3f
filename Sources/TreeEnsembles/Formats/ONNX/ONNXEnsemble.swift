import LinuxSystem

/// A forest that stands in an ONNX graph as one `TreeEnsemble`, `TreeEnsembleClassifier` or `TreeEnsembleRegressor`.
///
/// - Source: ONNX Runtime 1.31, `tree_ensemble_common.h` and `tree_ensemble_aggregator.h`. Semantic choices: sums are
///   made in tree order in the precision of the input, from zero, base values last; a classifier of two labels whose
///   weights all belong to one class has one margin, which is the probability of the second label where no weight is
///   negative and no transform is asked for; with CatBoost's pairs of opposite weights it is the second of them; one
///   target is transformed by PROBIT only, several by each; `post_transform` 1 of a `TreeEnsemble` is LOGISTIC and 2
///   is SOFTMAX, which the standard has the other way round.
struct ONNXEnsemble {
    private let graph: ONNXEnsembleGraph
    private let lists: ONNXTreeLists
    private let isDouble: Bool
    private var header: TreeEnsembleBuilder.Header
    /// Targets whose weights stand in the file; the margins unless `keptTarget` picks one.
    private var targetCount: Int
    /// The only target whose weights count, of pairs of opposite ones.
    private var keptTarget: Int?
    private let leafValueLimit: Int

    /// Reads a graph and builds its forest.
    static func build(_ graph: ONNXGraph, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var ensemble = try ONNXEnsemble(try ONNXEnsembleGraph(graph, bytes), bytes)
        do throws(TreeEnsembleFault) {
            return try ensemble.built(bytes)
        } catch {
            var fault = error
            fault.byteOffset = fault.byteOffset ?? ensemble.graph.trees.position
            throw fault
        }
    }

    private init(_ graph: ONNXEnsembleGraph, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        self.graph = graph
        let node = graph.trees
        isDouble = graph.input.elementType == ONNXGraph.ElementType.float64.rawValue
        guard isDouble || graph.input.elementType == ONNXGraph.ElementType.float32.rawValue else {
            throw TreeEnsembleFault(
                .unsupported("an input of element type \(graph.input.elementType)"), field: "graph.input")
        }
        lists =
            switch node.operation {
            case "TreeEnsemble": try ONNXTreeTables.lists(of: node, elementType: graph.input.elementType)
            case "TreeEnsembleClassifier":
                try ONNXTreeLists(node, .classes, columns: nil, takesDoubles: isDouble, bytes)
            default: try ONNXTreeLists(node, .target, columns: nil, takesDoubles: isDouble, bytes)
            }
        leafValueLimit = TreeEnsembleLimits.onnxLeafValuesPerByte * bytes.count
        targetCount = 1
        header = TreeEnsembleBuilder.Header(
            trainer: "ONNX", task: .regression, featureCount: graph.input.columnCount ?? lists.columnCount,
            comparison: TreeEnsembleBuilder.comparison(of: lists.modes.lazy.compactMap(\.comparison)),
            categoryRule: .whole,
            inputPrecision: isDouble ? .float64 : .float32, sumPrecision: isDouble ? .float64 : .float32,
            summation: .baseLast(scale: 1), link: .identity, decision: .margin, baseMargins: [])
    }

    private mutating func built(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        if graph.trees.operation == "TreeEnsembleClassifier" {
            try describeClassifier(bytes)
        } else {
            try describeRegressor(bytes)
        }
        if case .normalization(let normalization) = graph.treatment { header.normalization = normalization }
        let trees = try values()
        header.leafWidth = trees.leafWidth
        var builder = try TreeEnsembleBuilder(header)
        for tree in lists.treeRanges.indices {
            let (margin, leafValues) = trees.ofTree[tree]
            try within("tree \(tree)") { () throws(TreeEnsembleFault) in
                try lists.build(
                    tree: tree, margin: margin, leafWidth: trees.leafWidth, into: &builder,
                    leafValues: leafValues)
            }
        }
        return try builder.finish()
    }
}

// MARK: What the attributes mean

extension ONNXEnsemble {
    /// Names of `aggregate_function` and `post_transform` by the numbers of `TreeEnsemble`.
    private static let aggregates = ["AVERAGE", "SUM", "MIN", "MAX"]
    private static let transforms = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"]

    /// An attribute that names one of a list.
    private func choice(
        _ attribute: String, of names: [String], default standard: String, _ bytes: Span<UInt8>
    ) -> String {
        guard graph.trees.operation == "TreeEnsemble" else {
            return graph.trees.attributes[attribute]?.string.map { bytes.text($0.prefix(64)) } ?? standard
        }
        guard let number = graph.trees.attributes[attribute]?.integer else { return standard }
        return names.indices.contains(Int(clamping: number)) ? names[Int(number)] : "\(number)"
    }

    private func transform(_ bytes: Span<UInt8>) -> String {
        choice("post_transform", of: Self.transforms, default: "NONE", bytes)
    }

    private func link(ofTransform transform: String) throws(TreeEnsembleFault) -> TreeEnsemble.Link {
        switch transform {
        case "NONE": .identity
        case "LOGISTIC": .symmetricLogistic
        case "SOFTMAX": .narrowSoftmax(sparesZero: false)
        case "SOFTMAX_ZERO": .narrowSoftmax(sparesZero: true)
        case "PROBIT": .probit
        default: throw TreeEnsembleFault(.unsupported("post_transform \(transform)"))
        }
    }

    private mutating func describeRegressor(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let declared = graph.trees.attributes["n_targets"]?.integer ?? 1
        guard declared >= 1 && declared <= TreeEnsembleLimits.marginCount else {
            throw TreeEnsembleFault(
                .limit(what: "targets", value: Int(clamping: declared), limit: TreeEnsembleLimits.marginCount),
                field: "n_targets")
        }
        targetCount = Int(declared)
        header.marginCount = targetCount
        let transform = transform(bytes)
        let link = try link(ofTransform: transform)
        header.link = targetCount > 1 || link == .probit ? link : .identity
        if graph.treatment == .exponential {
            guard header.link == .identity else {
                throw TreeEnsembleFault(.unsupported("Exp behind post_transform \(transform)"))
            }
            header.link = .exponential
        }
        try readBases(count: targetCount)
        if targetCount > 1 && header.baseMargins.contains(where: { $0 != 0 }) {
            try checkWeights(of: "base_values of a target", lists.everyRowsTargets(targetCount: targetCount))
        }
        switch choice("aggregate_function", of: Self.aggregates, default: "SUM", bytes) {
        case "SUM": break
        case "AVERAGE": header.summation = .average(divisor: Double(lists.treeRanges.count))
        case "MIN": header.summation = .least
        case "MAX": header.summation = .greatest
        case let name: throw TreeEnsembleFault(.unsupported("aggregate_function \(name)"))
        }
        if graph.hasArgMax { try describeClasses(transform, bytes) }
    }

    /// Makes classes of the targets of a `TreeEnsemble` whose largest score is looked for.
    private mutating func describeClasses(_ transform: String, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        guard targetCount > 1 else { throw TreeEnsembleFault(.unsupported("ArgMax of one target")) }
        header.task = .classification(classCount: targetCount)
        // Exp stands beside the class, not in front of it: scores that differ may have one exponential.
        header.decision = graph.treatment == .exponential ? .margin : .value
        header.hasMargin = transform != "NONE"
        guard let encoder = graph.labelEncoder else { return }
        let keys = encoder.attributes["keys_int64s"]?.integers ?? []
        let texts = encoder.attributes["values_strings"]?.strings ?? []
        let integers = encoder.attributes["values_int64s"]?.integers ?? []
        let labels = texts.isEmpty ? integers.map { "\($0)" } : texts.map { bytes.text($0) }
        guard keys.count == labels.count else {
            throw TreeEnsembleFault(
                .unsupported("LabelEncoder of other than integers to integers or strings"), at: encoder.position)
        }
        header.classLabels = try (0..<targetCount).map { (target) throws(TreeEnsembleFault) in
            guard let place = keys.firstIndex(of: Int64(target)) else {
                throw TreeEnsembleFault(.unsupported("LabelEncoder without class \(target)"), at: encoder.position)
            }
            return labels[place]
        }
    }

    /// Refuses targets of which a row may get no weight: ONNX Runtime leaves them at 0 and chooses no such class.
    private func checkWeights(of what: String, _ isEveryRows: [Bool]) throws(TreeEnsembleFault) {
        guard let target = isEveryRows.firstIndex(of: false) else { return }
        throw TreeEnsembleFault(.unsupported("\(what), \(target), of which a row may get no weight,"))
    }

    private mutating func describeClassifier(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let attributes = graph.trees.attributes
        let integers = attributes["classlabels_int64s"]?.integers ?? []
        let texts = attributes["classlabels_strings"]?.strings ?? []
        header.classLabels = integers.map { "\($0)" } + texts.map { bytes.text($0) }
        let classCount = header.classLabels.count
        guard classCount >= 2 && classCount <= TreeEnsembleLimits.marginCount else {
            throw TreeEnsembleFault(.unsupported("a classifier of \(classCount) classes"), field: "classlabels")
        }
        header.task = .classification(classCount: classCount)
        let transform = transform(bytes)
        header.link = try link(ofTransform: transform)
        header.hasMargin = transform != "NONE"
        if classCount > 2 {
            targetCount = classCount
            header.marginCount = classCount
            if lists.weights.contains(where: { $0.value < 0 }) {
                try checkWeights(of: "a class", lists.everyRowsTargets(targetCount: targetCount))
            }
            return try readBases(count: classCount)
        }
        try describeBinary(transform)
    }

    private mutating func describeBinary(_ transform: String) throws(TreeEnsembleFault) {
        if lists.weights.allSatisfy({ $0.target == 0 }) {
            try readBases(count: 1)
            // ONNX Runtime takes a sum of weights of which none is negative for a probability, whatever is asked for.
            let isProbability = lists.weights.allSatisfy { $0.value >= 0 }
            guard isProbability == (transform == "NONE") && (isProbability || transform == "LOGISTIC") else {
                throw TreeEnsembleFault(
                    .unsupported(
                        "post_transform \(transform) of one sum of \(isProbability ? "probabilities" : "raw scores")"))
            }
            header.decision = isProbability ? .value : .margin
            return
        }
        try readBases(count: 0)
        guard hasOppositeWeights else {
            throw TreeEnsembleFault(.unsupported("a classifier of two classes with weights for both"))
        }
        targetCount = 2
        if transform == "LOGISTIC" {
            keptTarget = 1
            header.baseMargins = [0]
        } else {
            header.marginCount = 2
            header.baseMargins = [0, 0]
        }
    }

    /// Whether every leaf has two weights, of class 0 and of class 1, that are each other's negative.
    private var hasOppositeWeights: Bool {
        let weights = lists.weights
        guard weights.count % 2 == 0 else { return false }
        return stride(from: 0, to: weights.count, by: 2).allSatisfy { index in
            let (first, second) = (weights[index], weights[index + 1])
            return first.node == second.node && first.target + second.target == 1 && first.value == -second.value
        }
    }

    private mutating func readBases(count: Int) throws(TreeEnsembleFault) {
        let bases = graph.trees.doubles("base_values")
        guard bases.isEmpty || bases.count == count else {
            throw TreeEnsembleFault(.unsupported("\(bases.count) base values where \(count) are used"))
        }
        header.baseMargins = bases.isEmpty ? Array(repeating: 0, count: count) : bases
    }

    /// The leaf values of all trees: one per leaf where every tree adds to one margin only.
    private func values() throws(TreeEnsembleFault) -> (leafWidth: Int, ofTree: [(margin: Int, values: [Double])]) {
        var ofTree: [(margin: Int, values: [Double])] = []
        if let keptTarget {
            for tree in lists.treeRanges.indices {
                let pairs = try lists.leafValues(ofTree: tree, targetCount: 2)
                ofTree.append((0, stride(from: keptTarget, to: pairs.count, by: 2).map { pairs[$0] }))
            }
            return (1, ofTree)
        }
        if targetCount == 1 {
            for tree in lists.treeRanges.indices {
                ofTree.append((0, try lists.leafValues(ofTree: tree, targetCount: 1)))
            }
            return (1, ofTree)
        }
        if let margins = lists.onlyTargets, margins.allSatisfy({ $0 < targetCount }) {
            for (tree, margin) in margins.enumerated() {
                ofTree.append((margin, try lists.leafValues(ofTree: tree, onlyTarget: margin)))
            }
            return (1, ofTree)
        }
        let leafCount = lists.modes.count { $0 == .leaf }
        guard leafCount * targetCount <= leafValueLimit else {
            throw TreeEnsembleFault(
                .limit(what: "values of leaves", value: leafCount * targetCount, limit: leafValueLimit))
        }
        for tree in lists.treeRanges.indices {
            ofTree.append(
                (
                    0,
                    try lists.leafValues(
                        ofTree: tree, targetCount: targetCount, absent: header.summation.absentLeaf ?? 0)
                ))
        }
        return (targetCount, ofTree)
    }
}
