import LinuxSystem

import func Glibc.logf

/// Reads the operator graph that skl2onnx writes for scikit-learn's isolation forest, by computing it for every leaf.
///
/// The exporter lets a one-tree operator report a leaf's number, looks up that leaf's path length and sample count,
/// and computes depth + c(samples) − 1 with a dozen float32 operators per tree. All of that depends on the leaf alone,
/// so it is evaluated here once per leaf, in float32 and in the graph's own order; the results are the leaf values of
/// the forest. What follows, the sum over trees and the powers of two, is matched step by step and becomes the link.
///
/// Index glossary: a *leaf column* has one element per leaf of one tree, in the order of leaves among its nodes.
///
/// - Source: skl2onnx 1.20 `operator_converters/isolation_forest.py` as its output shows; operators as ONNX Runtime
///   1.31 computes them on CPU.
struct ONNXIsolationForest {
    private enum ElementType {
        case float
        case integer
        case truth
    }

    /// What a named value of the graph is known to be.
    private enum Value {
        case input
        case columns([Int])
        case constant(ONNXGraph.Constant)
        case leaves(tree: Int, ElementType, [Double])
        /// Σ over trees, in order; the leaf columns stand beside.
        case pathSum
        case scaledSum
        case negatedScaledSum
        case score
        case negatedScore
        case decision
        /// `decision < 0`, and the three steps that make it −1 or 1.
        case isAnomaly(step: Int)
    }

    private var values: [String: Value] = [:]
    private var trees: [ONNXTreeLists] = []
    private var summedLeaves: [(tree: Int, values: [Double])] = []
    private var normalizer: Double?
    private var offset: Double?
    private var leafValueCount = 0
    private let leafValueLimit: Int

    /// Computes a graph and builds its forest.
    static func build(_ graph: ONNXGraph, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var forest = ONNXIsolationForest(byteCount: bytes.count)
        guard let input = graph.inputs.first(where: { graph.constants[$0.name] == nil }) else {
            throw TreeEnsembleFault(.missing, field: "graph.input")
        }
        forest.values[input.name] = .input
        for (name, constant) in graph.constants { forest.values[name] = .constant(constant) }
        for (index, node) in graph.nodes.enumerated() {
            try within("graph.node[\(index)]") { () throws(TreeEnsembleFault) in try forest.compute(node, bytes) }
        }
        return try forest.finish(graph, inputColumnCount: input.columnCount)
    }

    private init(byteCount: Int) {
        leafValueLimit = TreeEnsembleLimits.onnxLeafValuesPerByte * byteCount
    }

    private mutating func compute(_ node: ONNXGraph.Node, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let unsupported = TreeEnsembleFault(
            .unsupported("operator \(node.operation) outside an exported isolation forest"), at: node.position)
        guard let output = node.outputs.first, node.outputs.count == 1 else { throw unsupported }
        guard values[output] == nil else {
            throw TreeEnsembleFault(.inconsistent("value \"\(output)\" is computed twice"), at: node.position)
        }
        var inputs: [Value] = []
        for name in node.inputs {
            guard let value = values[name] else {
                throw TreeEnsembleFault(.inconsistent("input \"\(name)\" is not computed before"), at: node.position)
            }
            inputs.append(value)
        }
        guard let value = try result(of: node, inputs, bytes) else { throw unsupported }
        if case .leaves(_, _, let elements) = value {
            leafValueCount += elements.count
            guard leafValueCount <= leafValueLimit else {
                throw TreeEnsembleFault(
                    .limit(what: "values of leaves", value: leafValueCount, limit: leafValueLimit), at: node.position)
            }
        }
        values[output] = value
    }

    private mutating func result(
        of node: ONNXGraph.Node, _ inputs: [Value], _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Value? {
        switch (node.operation, inputs.first) {
        case ("Gather", .input): return gathered(node, inputs)
        case ("TreeEnsembleRegressor", .input): return try addTree(node, columns: nil, bytes)
        case ("TreeEnsembleRegressor", .columns(let columns)): return try addTree(node, columns: columns, bytes)
        case ("LabelEncoder", .leaves(let tree, .integer, let keys)):
            return lookedUp(node, keys).map { .leaves(tree: tree, .float, $0) }
        case ("Cast", .leaves(let tree, _, let elements)): return cast(node, tree: tree, elements)
        case ("Cast", .isAnomaly(let step)):
            return step == 0 && node.attributes["to"]?.integer == 7 ? .isAnomaly(step: 1) : nil
        case ("Reshape", .leaves):
            guard inputs.count == 2, case .constant(let shape) = inputs[1], shape.elements == [-1, 1] else {
                return nil
            }
            return inputs[0]
        case ("Identity", _): return inputs.first
        case ("Sum", _): return summed(inputs)
        case ("Neg", _) where inputs.count == 1: return negated(inputs[0])
        case ("Log", .leaves(let tree, .float, let elements)):
            return .leaves(tree: tree, .float, elements.map { Double(logf(Float($0))) })
        default: return inputs.count == 2 ? binary(node.operation, inputs[0], inputs[1]) : nil
        }
    }

    private mutating func finish(
        _ graph: ONNXGraph, inputColumnCount: Int?
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        let hasDecision = graph.outputs.contains { name in
            if case .decision = values[name] { true } else { false }
        }
        guard hasDecision, let normalizer, let offset else {
            throw TreeEnsembleFault(.unsupported("a graph that is no exported isolation forest"), field: "graph")
        }
        guard summedLeaves.count == trees.count else {
            throw TreeEnsembleFault(.inconsistent("a tree that does not count"), field: "graph")
        }
        let columnCount = inputColumnCount ?? trees.map(\.columnCount).max() ?? 0
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "scikit-learn (ONNX)", task: .isolation, featureCount: columnCount,
                comparison: .lessOrEqualGoesLeft, sumPrecision: .float32, summation: .baseLast(scale: 1),
                link: .isolation(IsolationScale(normalizer: normalizer, offset: offset)), baseMargins: [0]))
        for (index, summand) in summedLeaves.enumerated() {
            try within("tree \(index)") { () throws(TreeEnsembleFault) in
                try trees[summand.tree].build(tree: 0, into: &builder, leafValues: summand.values)
            }
        }
        return try builder.finish()
    }
}

// MARK: Operators

extension ONNXIsolationForest {
    private func gathered(_ node: ONNXGraph.Node, _ inputs: [Value]) -> Value? {
        guard inputs.count == 2, node.attributes["axis"]?.integer == 1, case .constant(let indices) = inputs[1],
            !indices.isFloat
        else { return nil }
        let range = 0.0..<Double(TreeEnsembleLimits.featureCount)
        guard indices.elements.allSatisfy({ range.contains($0) }) else { return nil }
        return .columns(indices.elements.map { Int($0) })
    }

    private mutating func addTree(
        _ node: ONNXGraph.Node, columns: [Int]?, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Value {
        let tree = try ONNXTreeLists(node, .target, columns: columns, takesDoubles: false, bytes)
        func unsupported(_ what: String) -> TreeEnsembleFault {
            TreeEnsembleFault(.unsupported(what), at: node.position)
        }
        guard tree.treeRanges.count == 1 else { throw unsupported("an operator of more than one tree") }
        guard node.attributes["n_targets"]?.integer == 1 else { throw unsupported("an operator of several targets") }
        guard node.attributes["base_values"] == nil else { throw unsupported("base_values") }
        for (name, only) in [("post_transform", "NONE"), ("aggregate_function", "SUM")] {
            guard let text = node.attributes[name]?.string else { continue }
            if bytes.text(text) != only { throw unsupported("\(name) \(bytes.text(text.prefix(64)))") }
        }
        for mode in tree.modes where mode != .leaf && mode != .lessOrEqual {
            throw unsupported("mode \(mode.rawValue)")
        }
        trees.append(tree)
        let values = try tree.leafValues(ofTree: 0, targetCount: 1)
        return .leaves(tree: trees.count - 1, .float, values)
    }

    private func lookedUp(_ node: ONNXGraph.Node, _ keys: [Double]) -> [Double]? {
        let known = node.attributes["keys_int64s"]?.integers ?? []
        let values = node.attributes["values_floats"]?.floats ?? []
        guard !known.isEmpty && known.count == values.count else { return nil }
        // Of a key that stands twice ONNX Runtime keeps the first.
        let table = Dictionary(zip(known.map { Double($0) }, values)) { first, _ in first }
        return keys.map { Double(table[$0] ?? node.attributes["default_float"]?.float ?? 0) }
    }

    private func cast(_ node: ONNXGraph.Node, tree: Int, _ elements: [Double]) -> Value? {
        switch node.attributes["to"]?.integer {
        case 1: return .leaves(tree: tree, .float, elements)
        case 7:
            let limit = Double(1 << 53)
            guard elements.allSatisfy({ abs($0) < limit }) else { return nil }
            return .leaves(tree: tree, .integer, elements.map { $0.rounded(.towardZero) })
        default: return nil
        }
    }

    private mutating func summed(_ inputs: [Value]) -> Value? {
        guard summedLeaves.isEmpty && !inputs.isEmpty else { return nil }
        var isSummed = Array(repeating: false, count: trees.count)
        for input in inputs {
            guard case .leaves(let tree, .float, let elements) = input, !isSummed[tree] else { return nil }
            isSummed[tree] = true
            summedLeaves.append((tree, elements))
        }
        return .pathSum
    }

    private func negated(_ input: Value) -> Value? {
        switch input {
        case .leaves(let tree, .float, let elements): .leaves(tree: tree, .float, elements.map { -$0 })
        case .scaledSum: .negatedScaledSum
        case .score: .negatedScore
        default: nil
        }
    }

    private mutating func binary(_ operation: String, _ left: Value, _ right: Value) -> Value? {
        switch (left, right) {
        case (.leaves(let tree, let type, let elements), .constant(let constant)):
            guard let value = Self.scalar(constant), constant.isFloat == (type == .float) else { return nil }
            return elementwise(operation, tree: tree, type, elements) { _ in value }
        case (.leaves(let tree, let type, let elements), .leaves(let otherTree, let otherType, let others)):
            guard tree == otherTree && type == otherType else { return nil }
            return elementwise(operation, tree: tree, type, elements) { others[$0] }
        case (.constant(let constant), .leaves(let tree, let type, let others)):
            guard let value = Self.scalar(constant), constant.isFloat == (type == .float) else { return nil }
            return elementwise(operation, tree: tree, type, Array(repeating: value, count: others.count)) { others[$0] }
        case (_, .constant(let constant)):
            guard let value = Self.scalar(constant) else { return nil }
            return tailStep(operation, left, value, isFloat: constant.isFloat)
        case (.constant(let constant), .negatedScaledSum):
            return operation == "Pow" && constant.isFloat && Self.scalar(constant) == 2 ? .score : nil
        default: return nil
        }
    }

    /// The steps behind the sum over trees.
    private mutating func tailStep(_ operation: String, _ left: Value, _ constant: Double, isFloat: Bool) -> Value? {
        switch (operation, left) {
        case ("Div", .pathSum) where isFloat && constant > 0 && constant.isFinite && normalizer == nil:
            normalizer = constant
            return .scaledSum
        case ("Add", .negatedScore) where isFloat && constant.isFinite && offset == nil:
            offset = -constant
            return .decision
        case ("Less", .decision) where isFloat && constant == 0: return .isAnomaly(step: 0)
        case ("Mul", .isAnomaly(1)) where !isFloat && constant == -2: return .isAnomaly(step: 2)
        case ("Add", .isAnomaly(2)) where !isFloat && constant == 1: return .isAnomaly(step: 3)
        default: return nil
        }
    }

    private func elementwise(
        _ operation: String, tree: Int, _ type: ElementType, _ left: [Double], _ right: (Int) -> Double
    ) -> Value? {
        guard type == .float else { return nil }
        func arithmetic(_ result: (Float, Float) -> Float) -> Value {
            .leaves(tree: tree, .float, left.indices.map { Double(result(Float(left[$0]), Float(right($0)))) })
        }
        func comparison(_ result: (Float, Float) -> Bool) -> Value {
            .leaves(tree: tree, .truth, left.indices.map { result(Float(left[$0]), Float(right($0))) ? 1 : 0 })
        }
        return switch operation {
        case "Add": arithmetic { $0 + $1 }
        case "Sub": arithmetic { $0 - $1 }
        case "Mul": arithmetic { $0 * $1 }
        case "Div": arithmetic { $0 / $1 }
        case "Max": arithmetic { max($0, $1) }
        case "Equal": comparison { $0 == $1 }
        case "Greater": comparison { $0 > $1 }
        case "Less": comparison { $0 < $1 }
        default: nil
        }
    }

    private static func scalar(_ constant: ONNXGraph.Constant) -> Double? {
        constant.elements.count == 1 ? constant.elements[0] : nil
    }
}
