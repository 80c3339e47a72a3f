import Testing

@testable import TreeEnsembles

/// `TreeEnsemble` of ai.onnx.ml 5: what its tables mean where no fixture says it, and what is refused.
@Suite struct ONNXTreeTablesTests {
    private typealias Attributes = [(String, ONNXModelBytes.Attribute)]

    private static func model(
        _ attributes: Attributes, behind: [ONNXModelBytes.Operator] = [], outputs: [String] = ["Y"]
    ) -> ONNXModelBytes {
        let trees = ONNXModelBytes.Operator(
            name: "TreeEnsemble", inputs: ["X"], outputs: ["Y"], attributes: attributes)
        return ONNXModelBytes(outputs: outputs, operators: [trees] + behind)
    }

    private static func load(_ model: ONNXModelBytes) throws(TreeEnsembleFault) -> TreeEnsemble {
        let bytes = model.bytes
        return try TreeEnsembleFormats.load(fileName: "m.onnx", bytes: bytes.span)
    }

    private static func refusal(_ model: ONNXModelBytes) -> String? {
        do {
            _ = try load(model)
            return nil
        } catch {
            return (error.field.isEmpty ? "" : error.field + ": ") + error.reason.text
        }
    }

    /// The stump of a table with some of its attributes replaced.
    private static func stump(_ changes: Attributes) -> Attributes {
        ONNXModelBytes.table().map { one in changes.first { $0.0 == one.0 } ?? one }
            + changes.filter { change in !ONNXModelBytes.table().contains { $0.0 == change.0 } }
    }

    private static func margins(_ attributes: Attributes, _ rows: [Double]) throws -> [Double] {
        let evaluator = ReferenceEvaluator(try load(model(attributes)))
        return rows.flatMap { evaluator.margins(of: [$0]) }
    }

    /// Expected: the reference evaluator of onnx 1.23.2, where ONNX Runtime refuses such sets.
    @Test func `a set with large numbers that are no integers is of exact numbers`() throws {
        let members = ONNXModelBytes.table(mode: 6, members: [2.5, 40, .nan])
        #expect(
            try Self.margins(members, [2, 2.5, 2.75, 40, 40.5, .nan, .infinity]) == [2, 1, 2, 1, 2, 2, 2])
        let huge = ONNXModelBytes.table(mode: 6, members: [1e10, 3, .nan])
        #expect(try Self.margins(huge, [1e10, 3, 3.5, -1e10]) == [1, 1, 2, 2])
        // The last set needs no end.
        #expect(try Self.margins(ONNXModelBytes.table(mode: 6, members: [4.5]), [4.5, 4]) == [1, 2])
    }

    @Test(arguments: 0...3)
    func `a target for which no tree has a leaf is zero`(aggregate: Int) throws {
        let attributes = Self.stump([
            ("leaf_weights", .floatTensor([-1, -2])), ("n_targets", .integer(2)),
            ("aggregate_function", .integer(aggregate)),
        ])
        #expect(try Self.margins(attributes, [0, 1]) == [-1, 0, -2, 0])
    }

    @Test func `tables that do not fit are refused with their field`() {
        func refusal(_ changes: Attributes) -> String? { Self.refusal(Self.model(Self.stump(changes))) }
        #expect(refusal([]) == nil)
        #expect(refusal([("nodes_modes", .bytes([7]))]) == "nodes_modes: mode 7.0 is not supported")
        #expect(refusal([("nodes_modes", .floatTensor([0]))]) == "nodes_modes: element type 1 is not supported")
        #expect(
            refusal([("nodes_splits", .halves)])
                == "nodes_splits: element type 10 beside an input of 1 is not supported")
        #expect(
            refusal([("leaf_weights", .doubles([1, 2]))])
                == "leaf_weights: element type 11 beside an input of 1 is not supported")
        #expect(
            refusal([("nodes_featureids", .integers([0, 0]))])
                == "nodes_featureids: 2 elements for the 1 of nodes_modes")
        #expect(
            refusal([("leaf_targetids", .integers([0]))]) == "leaf_targetids: 1 elements for the 2 of leaf_weights")
        #expect(
            refusal([("leaf_targetids", .integers([0, 5000]))])
                == "tree_roots[0].leaf_targetids: 5000 targets exceed the limit of 4096")
        #expect(refusal([("leaf_targetids", .integers([0, 1]))]) == "a weight for target 1 of 1")
        #expect(
            refusal([("leaf_weights", .floatTensor([1, .infinity]))])
                == "tree_roots[0].leaf_weights: the value of leaf 1 is not finite")
        #expect(refusal([("tree_roots", .integers([1]))]) == "tree_roots[0]: node 1 of 1")
        #expect(refusal([("nodes_falsenodeids", .integers([2]))]) == "tree_roots[0]: leaf 2 of 2")
        #expect(
            refusal([("tree_roots", .integers([0, 0]))])
                == "tree_roots[1]: node 0 belongs to several nodes or trees")
        #expect(
            refusal([("nodes_falseleafs", .integers([0])), ("nodes_falsenodeids", .integers([0]))])
                == "tree_roots[0]: node 0 belongs to several nodes or trees")
        #expect(
            refusal([("nodes_truenodeids", .integers([1]))])
                == "tree_roots[0]: a tree of one leaf, 1, that is not at its root's place, 0, is not supported")
        #expect(
            refusal([("nodes_modes", .bytes([6]))]) == "membership_values: node 0 has no members")
        #expect(
            refusal([("membership_values", .floatTensor([1]))])
                == "membership_values: more sets than nodes of mode 6")
        #expect(refusal([("aggregate_function", .integer(4))]) == "aggregate_function 4 is not supported")
        #expect(refusal([("post_transform", .integer(-1))]) == "post_transform -1 is not supported")
        #expect(
            refusal([("n_targets", .integer(5000))]) == "n_targets: 5000 targets exceed the limit of 4096")
        let bare = ONNXModelBytes.table().filter { $0.0 != "leaf_weights" }
        #expect(Self.refusal(Self.model(bare)) == "leaf_weights: the field is missing")
    }

    @Test func `labels behind the largest score are read or refused`() throws {
        func model(_ argMax: Attributes, _ encoder: Attributes?, targets: Int = 2) -> ONNXModelBytes {
            var operators = [
                ONNXModelBytes.Operator(name: "ArgMax", inputs: ["Y"], outputs: ["I"], attributes: argMax)
            ]
            if let encoder {
                operators.append(
                    ONNXModelBytes.Operator(name: "LabelEncoder", inputs: ["I"], outputs: ["L"], attributes: encoder))
            }
            return Self.model(
                Self.stump([("leaf_targetids", .integers([0, targets - 1])), ("n_targets", .integer(targets))]),
                behind: operators, outputs: ["Y", encoder == nil ? "I" : "L"])
        }
        let axis: Attributes = [("axis", .integer(1))]
        #expect(try Self.load(model(axis, nil)).task == .classification(classCount: 2))
        let integers: Attributes = [("keys_int64s", .integers([1, 0])), ("values_int64s", .integers([7, -3]))]
        #expect(try Self.load(model(axis, integers)).classLabels == ["-3", "7"])
        #expect(Self.refusal(model([], nil)) == "graph.node[1]: operator ArgMax beside trees is not supported")
        #expect(
            Self.refusal(model(axis + [("select_last_index", .integer(1))], nil))
                == "graph.node[1]: operator ArgMax beside trees is not supported")
        #expect(Self.refusal(model(axis, nil, targets: 1)) == "ArgMax of one target is not supported")
        #expect(
            Self.refusal(model(axis, [("keys_strings", .texts(["a"]))]))
                == "LabelEncoder without class 0 is not supported")
        #expect(
            Self.refusal(model(axis, [("keys_int64s", .integers([0, 1]))]))
                == "LabelEncoder of other than integers to integers or strings is not supported")
    }

    @Test func `squares of doubles are refused behind the operator`() {
        var attributes = Self.stump([("nodes_splits", .doubles([0.5])), ("leaf_weights", .doubles([1, 2]))])
        attributes.removeAll { $0.0 == "membership_values" }
        func model(_ norm: String) -> ONNXModelBytes {
            let normalizer = ONNXModelBytes.Operator(
                name: "Normalizer", inputs: ["Y"], outputs: ["Z"], attributes: [("norm", .text(norm))])
            var model = Self.model(attributes, behind: [normalizer], outputs: ["Z"])
            model.inputs = [("X", 11)]
            return model
        }
        #expect(
            Self.refusal(model("L2")) == "graph.node[1]: norm L2 of scores that are float64 is not supported")
        #expect(Self.refusal(model("L1")) == nil)
    }
}
