import LinuxSystem

/// Finds the one tree operator of a graph and follows the operators around it.
///
/// Exporters put operators around the trees that rename, convert types or rearrange. `Exp` behind a regressor is their
/// form of an exponential link, `Normalizer` divides the scores of a row, and `ArgMax`, perhaps with a `LabelEncoder`
/// behind it, makes a classifier of a `TreeEnsemble`. Every other operator is refused by name.
///
/// - Source: skl2onnx 1.20, onnxmltools 1.16 and CatBoost 1.2.10 as their output shows; the standard's words on
///   `TreeEnsemble`.
struct ONNXEnsembleGraph {
    /// What was done to the scores of the operator.
    enum Treatment: Equatable {
        case plain
        case exponential
        case normalization(TreeEnsemble.Normalization)
    }

    /// What a named value of the graph is known to be.
    private enum Value {
        case input
        case constant(ONNXGraph.Constant)
        case scores(Treatment)
        case label
        /// Some columns of the scores, or the scores with their labels, or without treatment a label in another form.
        case rearranged(Treatment?)
    }

    /// The operator.
    private(set) var trees: ONNXGraph.Node
    /// The input that the operator sees.
    let input: ONNXGraph.Input
    /// What the outputs show of the scores.
    private(set) var treatment = Treatment.plain
    /// Whether the largest score of a `TreeEnsemble` is the label of a class.
    private(set) var hasArgMax = false
    /// What encodes that label.
    private(set) var labelEncoder: ONNXGraph.Node?
    private var values: [String: Value] = [:]

    private static let treeOperations = ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"]
    /// Operators that give some of their input's numbers in another order or form.
    private static let rearrangements = ["ZipMap", "Slice", "Reshape", "Gather", "ArrayFeatureExtractor"]

    /// Whether a graph is anything but skl2onnx's isolation forest, which looks path lengths up.
    static func canBe(_ graph: ONNXGraph) -> Bool {
        graph.nodes.contains { $0.operation == "TreeEnsemble" }
            || !graph.nodes.contains { $0.operation == "LabelEncoder" || $0.operation == "Log" }
    }

    /// Follows a graph.
    init(_ graph: ONNXGraph, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let inputs = graph.inputs.filter { graph.constants[$0.name] == nil }
        guard let input = inputs.first else { throw TreeEnsembleFault(.missing, field: "graph.input") }
        guard inputs.count == 1 else {
            throw TreeEnsembleFault(.unsupported("a graph of \(inputs.count) inputs"), field: "graph.input")
        }
        self.input = input
        let operators = graph.nodes.filter { Self.treeOperations.contains($0.operation) }
        guard let trees = operators.first else {
            throw TreeEnsembleFault(
                .unsupported(
                    graph.nodes.first.map { "a graph of operator \($0.operation) without a tree operator" }
                        ?? "a graph without operators"), field: "graph")
        }
        guard operators.count == 1 else {
            throw TreeEnsembleFault(.unsupported("a graph of \(operators.count) tree operators"), field: "graph")
        }
        self.trees = trees
        values[input.name] = .input
        for (name, constant) in graph.constants { values[name] = .constant(constant) }
        for (index, node) in graph.nodes.enumerated() {
            try within("graph.node[\(index)]") { () throws(TreeEnsembleFault) in try follow(node, bytes) }
        }
        try checkOutputs(graph)
    }

    private var isClassifier: Bool { trees.operation == "TreeEnsembleClassifier" }

    private mutating func follow(_ node: ONNXGraph.Node, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        guard let name = node.inputs.first, let value = values[name] else {
            throw TreeEnsembleFault(.inconsistent("an input is not computed before"), at: node.position)
        }
        guard let output = node.outputs.first, values[output] == nil else {
            throw TreeEnsembleFault(.inconsistent("an output is computed twice"), at: node.position)
        }
        if Self.treeOperations.contains(node.operation) {
            guard case .input = value else {
                throw TreeEnsembleFault(
                    .unsupported("operator \(node.operation) behind other operators"), at: node.position)
            }
            values[output] = isClassifier ? .label : .scores(.plain)
            if isClassifier && node.outputs.count > 1 { values[node.outputs[1]] = .scores(.plain) }
            return
        }
        guard node.outputs.count == 1, let result = try result(of: node, value, bytes) else {
            throw TreeEnsembleFault(.unsupported("operator \(node.operation) beside trees"), at: node.position)
        }
        values[output] = result
    }

    private mutating func result(
        of node: ONNXGraph.Node, _ value: Value, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Value? {
        switch (node.operation, value) {
        case ("Identity", _): return value
        case ("Cast", .label) where node.attributes["to"]?.integer == Int64(ONNXGraph.ElementType.int64.rawValue):
            return .label
        case ("Cast", .input) where node.attributes["to"]?.integer == Int64(input.elementType): return .input
        case ("Exp", .scores(.plain)) where !isClassifier: return .scores(.exponential)
        case ("Normalizer", .scores(.plain)): return .scores(.normalization(try normalization(node, bytes)))
        case ("ArgMax", .scores(.plain)) where trees.operation == "TreeEnsemble":
            let axis = node.attributes["axis"]?.integer
            guard axis == 1 || axis == -1, (node.attributes["select_last_index"]?.integer ?? 0) == 0 else { return nil }
            hasArgMax = true
            return .label
        case ("LabelEncoder", .label) where hasArgMax && labelEncoder == nil:
            labelEncoder = node
            return .label
        case ("Mul", .scores(.plain)), ("Mul", .scores(.exponential)):
            guard node.inputs.count == 2, case .constant(let factor)? = values[node.inputs[1]] else { return nil }
            return factor.elements == [1] ? value : nil
        case ("Reshape", .label): return .rearranged(nil)
        case ("Reshape", .rearranged(let treatment)): return .rearranged(treatment)
        case (let operation, .scores(let treatment)) where Self.rearrangements.contains(operation):
            return .rearranged(treatment)
        default: return nil
        }
    }

    private func normalization(
        _ node: ONNXGraph.Node, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> TreeEnsemble.Normalization {
        let norm = node.attributes["norm"]?.string.map { bytes.text($0.prefix(64)) } ?? "MAX"
        // The older operators round scores to float32, of which squares are float32 too.
        let scoresAreDoubles =
            trees.operation == "TreeEnsemble" && input.elementType == ONNXGraph.ElementType.float64.rawValue
        switch norm {
        case "MAX": return .largest
        case "L1": return .sumOfMagnitudes
        case "L2" where !scoresAreDoubles: return .rootOfSquares
        default:
            throw TreeEnsembleFault(
                .unsupported("norm \(norm) of scores that are \(scoresAreDoubles ? "float64" : "float32")"),
                at: node.position)
        }
    }

    private mutating func checkOutputs(_ graph: ONNXGraph) throws(TreeEnsembleFault) {
        var shown: [Treatment] = []
        for name in graph.outputs {
            switch values[name] {
            case .scores(let treatment), .rearranged(let treatment?):
                if !shown.contains(treatment) { shown.append(treatment) }
            case .label, .rearranged(nil): break
            case .input, .constant, nil:
                throw TreeEnsembleFault(
                    .inconsistent("output \"\(name)\" does not come from the trees"), field: "graph.output")
            }
        }
        guard !graph.outputs.isEmpty && shown.count <= 1 else {
            throw TreeEnsembleFault(.unsupported("a choice of outputs"), field: "graph.output")
        }
        treatment = shown.first ?? .plain
    }
}
