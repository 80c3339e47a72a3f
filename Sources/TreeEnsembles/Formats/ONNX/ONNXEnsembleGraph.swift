/// Finds the one tree operator of a graph and checks that the operators around it change no number.
///
/// Exporters put operators around the trees that rename, convert types or rearrange: they are followed here. `Exp`
/// behind a regressor is the exporters' form of an exponential link. Every other operator is refused by name.
///
/// - Source: skl2onnx 1.20, onnxmltools 1.16 and CatBoost 1.2.10 as their output shows.
struct ONNXEnsembleGraph {
    /// What a named value of the graph is known to be.
    private enum Value {
        case input
        case constant(ONNXGraph.Constant)
        /// The scores of the operator; the second where `Exp` was applied.
        case scores
        case exponentials
        case label
        /// Some columns of the scores, or the scores with their labels, or a label in another form.
        case rearranged
    }

    /// The operator.
    private(set) var trees: ONNXGraph.Node
    /// The input that the operator sees.
    let input: ONNXGraph.Input
    /// Whether the outputs are the exponentials of the scores.
    private(set) var hasExponential = false
    private var values: [String: Value] = [:]

    private static let treeOperations = ["TreeEnsembleClassifier", "TreeEnsembleRegressor"]
    /// Operators that give some of their input's numbers in another order or form.
    private static let rearrangements = ["ZipMap", "Slice", "Reshape", "Gather", "ArrayFeatureExtractor"]
    private static let int64: Int64 = 7

    /// Whether a graph is anything but skl2onnx's isolation forest, which looks path lengths up.
    static func canBe(_ graph: ONNXGraph) -> Bool {
        !graph.nodes.contains { $0.operation == "LabelEncoder" || $0.operation == "Log" }
    }

    /// Follows a graph.
    init(_ graph: ONNXGraph) throws(TreeEnsembleFault) {
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
            try within("graph.node[\(index)]") { () throws(TreeEnsembleFault) in try follow(node) }
        }
        try checkOutputs(graph)
    }

    private mutating func follow(_ node: ONNXGraph.Node) throws(TreeEnsembleFault) {
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
            if node.operation == "TreeEnsembleClassifier" {
                values[output] = .label
                if node.outputs.count > 1 { values[node.outputs[1]] = .scores }
            } else {
                values[output] = .scores
            }
            return
        }
        guard node.outputs.count == 1, let result = result(of: node, value) else {
            throw TreeEnsembleFault(.unsupported("operator \(node.operation) beside trees"), at: node.position)
        }
        values[output] = result
    }

    private func result(of node: ONNXGraph.Node, _ value: Value) -> Value? {
        switch (node.operation, value) {
        case ("Identity", _): return value
        case ("Cast", .label) where node.attributes["to"]?.integer == Self.int64: return .label
        case ("Cast", .input) where node.attributes["to"]?.integer == Int64(input.elementType): return .input
        case ("Exp", .scores) where trees.operation == "TreeEnsembleRegressor": return .exponentials
        case ("Mul", .scores), ("Mul", .exponentials):
            guard node.inputs.count == 2, case .constant(let factor)? = values[node.inputs[1]] else { return nil }
            return factor.elements == [1] ? value : nil
        case ("Reshape", .label), ("Reshape", .rearranged): return .rearranged
        case (let operation, .scores) where Self.rearrangements.contains(operation): return .rearranged
        default: return nil
        }
    }

    private mutating func checkOutputs(_ graph: ONNXGraph) throws(TreeEnsembleFault) {
        var showsScores = false
        for name in graph.outputs {
            switch values[name] {
            case .exponentials: hasExponential = true
            case .scores: showsScores = true
            case .label, .rearranged: break
            case .input, .constant, nil:
                throw TreeEnsembleFault(
                    .inconsistent("output \"\(name)\" does not come from the trees"), field: "graph.output")
            }
        }
        guard !graph.outputs.isEmpty && !(showsScores && hasExponential) else {
            throw TreeEnsembleFault(.unsupported("a choice of outputs"), field: "graph.output")
        }
    }
}
