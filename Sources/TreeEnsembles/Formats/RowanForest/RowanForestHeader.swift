/// Everything that a `rowan_forest` file says in front of its trees.
struct RowanForestHeader {
    /// What one of several names stands for.
    private struct Choice<Value: Sendable>: Sendable {
        let what: String
        let values: [String: Value]

        func value(of name: String?) throws(TreeEnsembleFault) -> Value {
            guard let name else { throw TreeEnsembleFault(.missing, field: what) }
            guard let value = values[name] else {
                throw TreeEnsembleFault(.unsupported("\(what) \"\(name)\""), field: what)
            }
            return value
        }
    }

    private static let precisions = Choice<TreeEnsemble.Precision>(
        what: "input_precision", values: ["float32": .float32, "float64": .float64])
    private static let decisions = Choice<TreeEnsemble.Decision>(
        what: "decision", values: ["value": .value, "margin": .margin, "margin_or_zero": .marginOrZero])

    private var trainer = ""
    private var task: String?
    private var classLabels: [String] = []
    private var featureCount: Int?
    private var featureNames: [String] = []
    private var marginCount: Int?
    private(set) var leafWidth = 1
    private var inputPrecisionName: String?
    private var baseMargins: [Double]?
    private var divisor: Double?
    private var linkName: String?
    private var linkScale: Double?
    private var isolation: TreeEnsemble.Link?
    private var decisionName: String?
    private var hasMargin = true
    private(set) var treesPerIteration = 1
    private(set) var categorySets = RowanForestCategorySets()

    /// Reads the value of one member; unknown ones are passed over.
    mutating func readMember(
        _ name: String, _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        switch name {
        case "trainer": trainer = try document.readString(in: bytes)
        case "task": task = try document.readString(in: bytes)
        case "class_labels":
            classLabels = try document.readStrings(in: bytes, limit: TreeEnsembleLimits.marginCount)
        case "feature_count": featureCount = try document.readInteger(in: bytes)
        case "feature_names":
            featureNames = try document.readStrings(in: bytes, limit: TreeEnsembleLimits.featureCount)
        case "margin_count": marginCount = try document.readInteger(in: bytes)
        case "leaf_width": leafWidth = try document.readInteger(in: bytes)
        case "input_precision": inputPrecisionName = try document.readString(in: bytes)
        case "base_margins":
            var values: [Double] = []
            try document.readDoubles(in: bytes, into: &values)
            baseMargins = values
        case "divisor": divisor = try document.readDouble(in: bytes)
        case "link": linkName = try document.readString(in: bytes)
        case "link_scale": linkScale = try document.readDouble(in: bytes)
        case "isolation": isolation = try Self.readIsolation(&document, bytes)
        case "decision": decisionName = try document.readString(in: bytes)
        case "has_margin":
            guard case .bool(let truth) = try document.next(in: bytes) else {
                throw document.expected("true or false")
            }
            hasMargin = truth
        case "trees_per_iteration": treesPerIteration = try document.readInteger(in: bytes)
        case "category_sets": try categorySets.read(&document, bytes)
        default: try document.skipValue(in: bytes)
        }
    }

    /// The precision in which values meet thresholds.
    func inputPrecision() throws(TreeEnsembleFault) -> TreeEnsemble.Precision {
        try Self.precisions.value(of: inputPrecisionName)
    }

    /// The header as the builder takes it, checked for what the builder takes for granted.
    func builderHeader() throws(TreeEnsembleFault) -> TreeEnsembleBuilder.Header {
        guard let featureCount else { throw TreeEnsembleFault(.missing, field: "feature_count") }
        guard let marginCount else { throw TreeEnsembleFault(.missing, field: "margin_count") }
        guard let baseMargins else { throw TreeEnsembleFault(.missing, field: "base_margins") }
        guard leafWidth == 1 || leafWidth == marginCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafWidth) values for \(marginCount) margins"), field: "leaf_width")
        }
        guard treesPerIteration >= 1 && treesPerIteration <= TreeEnsembleLimits.treeCount else {
            throw TreeEnsembleFault(.expected("a number of trees"), field: "trees_per_iteration")
        }
        let link = try link()
        let task = try task(marginCount: marginCount)
        if case .isolation = link {
            guard task == .isolation && marginCount == 1 else {
                throw TreeEnsembleFault(.inconsistent("path lengths of another task than isolation"), field: "link")
            }
        } else if task == .isolation {
            throw TreeEnsembleFault(.inconsistent("isolation without path lengths"), field: "link")
        }
        if divisor != nil && !baseMargins.allSatisfy({ $0 == 0 }) {
            throw TreeEnsembleFault(.inconsistent("an average that does not start with 0"), field: "base_margins")
        }
        return TreeEnsembleBuilder.Header(
            trainer: trainer, task: task, classLabels: classLabels, featureCount: featureCount,
            featureNames: featureNames, marginCount: marginCount, leafWidth: leafWidth,
            comparison: .lessOrEqualGoesLeft, categoryRule: .whole, inputPrecision: try inputPrecision(),
            sumPrecision: .float64, summation: divisor.map { .average(divisor: $0) } ?? .baseFirst, link: link,
            decision: try Self.decisions.value(of: decisionName), hasMargin: hasMargin, baseMargins: baseMargins)
    }

    private func task(marginCount: Int) throws(TreeEnsembleFault) -> TreeEnsemble.Task {
        try Choice<TreeEnsemble.Task>(
            what: "task",
            values: [
                "regression": .regression, "isolation": .isolation,
                "classification": .classification(classCount: marginCount == 1 ? 2 : marginCount),
            ]
        ).value(of: task)
    }

    private func link() throws(TreeEnsembleFault) -> TreeEnsemble.Link {
        switch linkName {
        case "identity": return .identity
        case "logistic": return .logistic
        case "exponential": return .exponential
        case "softmax": return .softmax
        case "scaled_logistic":
            guard let linkScale, linkScale.isFinite && linkScale > 0 else {
                throw TreeEnsembleFault(.expected("a number above 0"), field: "link_scale")
            }
            return .scaledLogistic(scale: linkScale)
        case "isolation":
            guard let isolation else { throw TreeEnsembleFault(.missing, field: "isolation") }
            return isolation
        case nil: throw TreeEnsembleFault(.missing, field: "link")
        case let name?: throw TreeEnsembleFault(.unsupported("link \"\(name)\""), field: "link")
        }
    }

    private static func readIsolation(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> TreeEnsemble.Link {
        var normalizer = Double.nan
        var offset = Double.nan
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "normalizer": normalizer = try document.readDouble(in: bytes)
            case "offset": offset = try document.readDouble(in: bytes)
            default: try document.skipValue(in: bytes)
            }
        }
        guard normalizer.isFinite && normalizer > 0 && offset.isFinite else {
            throw document.expected("a normalizer above 0 and an offset")
        }
        return .isolation(IsolationScale(normalizer: normalizer, offset: offset))
    }
}
