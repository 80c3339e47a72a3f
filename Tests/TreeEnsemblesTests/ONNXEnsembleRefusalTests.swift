import Testing

@testable import TreeEnsembles

/// Tree operators and graphs that are not served, each refused by what it asks for.
@Suite struct ONNXEnsembleRefusalTests {
    private typealias Attributes = [(String, ONNXModelBytes.Attribute)]

    private static func load(_ model: ONNXModelBytes) throws(TreeEnsembleFault) -> TreeEnsemble {
        let bytes = model.bytes
        return try TreeEnsembleFormats.load(fileName: "m.onnx", bytes: bytes.span)
    }

    private static func refusal(_ model: ONNXModelBytes) -> String? {
        do {
            _ = try load(model)
            return nil
        } catch {
            return error.reason.text
        }
    }

    private static func regressor(
        _ attributes: Attributes, behind: [ONNXModelBytes.Operator] = [], outputs: [String] = ["Y"]
    ) -> ONNXModelBytes {
        let trees = ONNXModelBytes.Operator(
            name: "TreeEnsembleRegressor", inputs: ["X"], outputs: ["Y"], attributes: attributes)
        return ONNXModelBytes(outputs: outputs, operators: [trees] + behind)
    }

    private static func classifier(_ attributes: Attributes) -> ONNXModelBytes {
        let trees = ONNXModelBytes.Operator(
            name: "TreeEnsembleClassifier", inputs: ["X"], outputs: ["L", "Y"], attributes: attributes)
        return ONNXModelBytes(outputs: ["L", "Y"], operators: [trees])
    }

    private static let binary: Attributes = [("classlabels_int64s", .integers([0, 1]))]

    @Test func `the stump is read and NaN takes the false child`() throws {
        let evaluator = ReferenceEvaluator(try Self.load(Self.regressor(ONNXModelBytes.stump())))
        #expect([0.5, 0.6, .nan].map { evaluator.margins(of: [Double($0)]) } == [[1], [2], [2]])
        let unequal = ONNXModelBytes.stump(mode: "BRANCH_NEQ", value: 3)
        let other = ReferenceEvaluator(try Self.load(Self.regressor(unequal)))
        #expect([3, 3.5, .nan, -3].map { other.margins(of: [Double($0)]) } == [[2], [1], [1], [1]])
    }

    @Test(arguments: [
        ("post_transform", "CAUCHIT", "post_transform CAUCHIT is not supported"),
        ("aggregate_function", "MEDIAN", "aggregate_function MEDIAN is not supported"),
    ])
    func `unknown transforms and aggregates are refused`(name: String, text: String, refusal: String) {
        #expect(Self.refusal(Self.regressor(ONNXModelBytes.stump() + [(name, .text(text))])) == refusal)
    }

    @Test func `base values of a target that a row may have no leaf for are refused`() throws {
        func model(_ targets: [Int], _ leaves: [Int], _ weights: [Float], base: Float) -> ONNXModelBytes {
            Self.regressor(
                ONNXModelBytes.stump(targets: targets, leaves: leaves, weights: weights)
                    + [("n_targets", .integer(2)), ("base_values", .floats([0, base]))])
        }
        let refusal = "base_values of a target, 1, of which a row may get no weight, is not supported"
        #expect(Self.refusal(model([0, 0, 1], [1, 2, 2], [1, 2, 3], base: 1)) == refusal)
        #expect(Self.refusal(model([0, 0, 1], [1, 2, 2], [1, 2, 3], base: 0)) == nil)
        #expect(Self.refusal(model([0, 1, 0, 1], [1, 1, 2, 2], [1, 2, 3, 4], base: 1)) == nil)
    }

    @Test func `a class that a row may have no leaf for is refused where weights are negative`() throws {
        func model(_ weights: [Float]) -> ONNXModelBytes {
            Self.classifier(
                ONNXModelBytes.stump(prefix: "class", targets: [0, 1, 2], leaves: [1, 2, 2], weights: weights)
                    + [("classlabels_int64s", .integers([0, 1, 2]))])
        }
        let refusal = "a class, 0, of which a row may get no weight, is not supported"
        #expect(Self.refusal(model([1, -2, 3])) == refusal)
        #expect(Self.refusal(model([1, 2, 3])) == nil)
    }

    @Test func `what trees must not hold is refused`() {
        func refusal(_ attributes: Attributes) -> String? { Self.refusal(Self.regressor(attributes)) }
        #expect(refusal(ONNXModelBytes.stump(mode: "BRANCH_IN")) == "mode BRANCH_IN is not supported")
        #expect(refusal(ONNXModelBytes.stump(mode: "BRANCH_MEMBER")) == "mode BRANCH_MEMBER is not supported")
        #expect(
            refusal(ONNXModelBytes.stump(mode: "BRANCH_EQ", value: .nan)) == "node 0 asks for equality with NaN")
        #expect(
            refusal(ONNXModelBytes.stump(targets: [0, 0, 0], leaves: [1, 2, 2], weights: [1, 2, 3]))
                == "a leaf of several weights for a target is not supported")
        #expect(refusal(ONNXModelBytes.stump(targets: [0], leaves: [1], weights: [1])) == "a leaf has no weight")
        #expect(
            refusal(ONNXModelBytes.stump(leaves: [1, 0])) == "a weight of node 0, which is no leaf")
        #expect(refusal(ONNXModelBytes.stump(leaves: [1, 3])) == "a weight of no node")
        #expect(refusal(ONNXModelBytes.stump(targets: [0, 1])) == "a weight for target 1 of 1")
        #expect(refusal(ONNXModelBytes.stump(targets: [0, 5000])) == "5000 targets exceed the limit of 4096")
        #expect(refusal(ONNXModelBytes.stump(weights: [1, .nan])) == "the value of leaf 2 is not finite")
        #expect(
            refusal(ONNXModelBytes.stump() + [("base_values", .floats([1, 2]))])
                == "2 base values where 1 are used is not supported")
        #expect(
            refusal(ONNXModelBytes.stump() + [("n_targets", .integer(5000))])
                == "5000 targets exceed the limit of 4096")
        #expect(refusal(ONNXModelBytes.stump() + [("nodes_hitrates", .floats([1]))]) == nil)
    }

    @Test func `numbers of the operator are of the inputs' type`() throws {
        let attributes = ONNXModelBytes.stump().filter { $0.0 != "nodes_values" }
        var model = Self.regressor(attributes + [("nodes_values_as_tensor", .doubles([0.1, 0, 0]))])
        #expect(Self.refusal(model) == "nodes_values_as_tensor of another type than the inputs is not supported")
        model.inputs = [("X", 11)]
        let evaluator = ReferenceEvaluator(try Self.load(model))
        #expect([0.1, 0.1.nextUp].map { evaluator.margins(of: [$0]) } == [[1], [2]])
    }

    @Test func `weights that take far more memory than the file are refused`() {
        let wide = ONNXModelBytes.stump(targets: [0, 1]) + [("n_targets", .integer(4000))]
        let model = Self.regressor(wide)
        let limit = TreeEnsembleLimits.onnxLeafValuesPerByte * model.bytes.count
        #expect(Self.refusal(model) == "8000 values of leaves exceed the limit of \(limit)")
    }

    @Test func `a classifier of two classes is read as ONNX Runtime reads it, or refused`() throws {
        func model(_ transform: String, targets: [Int], leaves: [Int] = [1, 2], weights: [Float]) -> ONNXModelBytes {
            Self.classifier(
                ONNXModelBytes.stump(prefix: "class", targets: targets, leaves: leaves, weights: weights)
                    + Self.binary + [("post_transform", .text(transform))])
        }
        #expect(try Self.load(model("NONE", targets: [0, 0], weights: [0.25, 1])).marginCount == 1)
        #expect(
            Self.refusal(model("NONE", targets: [0, 0], weights: [-1, 1]))
                == "post_transform NONE of one sum of raw scores is not supported")
        #expect(
            Self.refusal(model("LOGISTIC", targets: [0, 0], weights: [0.5, 1]))
                == "post_transform LOGISTIC of one sum of probabilities is not supported")
        // ONNX Runtime leaves the second column of its answer as it was.
        #expect(
            Self.refusal(model("PROBIT", targets: [0, 0], weights: [0.5, 1]))
                == "post_transform PROBIT of one sum of probabilities is not supported")
        #expect(
            Self.refusal(model("LOGISTIC", targets: [1, 1], weights: [0.5, -1]))
                == "a classifier of two classes with weights for both is not supported")
        let opposite = model("SOFTMAX", targets: [0, 1, 1, 0], leaves: [1, 1, 2, 2], weights: [1, -1, 3, -3])
        #expect(try Self.load(opposite).leafVectors == [1, -1, -3, 3])
        let labels: Attributes = [("classlabels_int64s", .integers([4]))]
        #expect(
            Self.refusal(Self.classifier(ONNXModelBytes.stump(prefix: "class") + labels))
                == "a classifier of 1 classes is not supported")
    }

    @Test func `operators around the trees that compute are refused by name`() {
        func behind(_ name: String, inputs: [String] = ["Y"]) -> String? {
            let one = ONNXModelBytes.Operator(name: name, inputs: inputs, outputs: ["Z"])
            return Self.refusal(Self.regressor(ONNXModelBytes.stump(), behind: [one], outputs: ["Z"]))
        }
        #expect(behind("Sigmoid") == "operator Sigmoid beside trees is not supported")
        #expect(behind("ArgMax") == "operator ArgMax beside trees is not supported")
        #expect(behind("Identity", inputs: ["W"]) == "an input is not computed before")
        #expect(behind("Identity") == nil && behind("Exp") == nil && behind("Normalizer") == nil)
        #expect(behind("TreeEnsembleRegressor") == "a graph of 2 tree operators is not supported")
        var model = Self.regressor(ONNXModelBytes.stump())
        model.inputs.append(("W", 1))
        #expect(Self.refusal(model) == "a graph of 2 inputs is not supported")
        model.inputs = [("X", 7)]
        #expect(Self.refusal(model) == "an input of element type 7 is not supported")
        model.inputs = [("X", 11)]
        #expect(Self.refusal(model) == nil)
        model.outputs = ["X"]
        #expect(Self.refusal(model) == "output \"X\" does not come from the trees")
        model.outputs = ["Y", "Z"]
        model.operators.append(ONNXModelBytes.Operator(name: "Exp", inputs: ["Y"], outputs: ["Z"]))
        #expect(Self.refusal(model) == "a choice of outputs is not supported")
        model.operators[1] = ONNXModelBytes.Operator(
            name: "Normalizer", inputs: ["Y"], outputs: ["Z"], attributes: [("norm", .text("L3"))])
        #expect(Self.refusal(model) == "norm L3 of scores that are float32 is not supported")
        model.outputs = ["Y"]
        model.operators = [ONNXModelBytes.Operator(name: "Scaler", inputs: ["X"], outputs: ["Y"])]
        #expect(Self.refusal(model) == "a graph of operator Scaler without a tree operator is not supported")
        model.operators = []
        #expect(Self.refusal(model) == "a graph without operators is not supported")
    }
}
