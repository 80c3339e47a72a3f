/// Writes small ONNX models, field by field, so that tests can state what no exporter writes.
struct ONNXModelBytes {
    enum Attribute {
        case text(String)
        case integer(Int)
        case integers([Int])
        case floats([Float])
        case texts([String])
        /// A tensor of float64 elements.
        case doubles([Double])
        /// A tensor of float32 elements.
        case floatTensor([Float])
        /// A tensor of uint8 elements.
        case bytes([Int])
        /// A tensor of float16 elements, none of them.
        case halves
    }

    /// One operator; input and output names as they are.
    struct Operator {
        var name: String
        var inputs: [String]
        var outputs: [String]
        var attributes: [(String, Attribute)] = []
    }

    /// Names of inputs and their element types.
    var inputs: [(String, Int)] = [("X", 1)]
    var outputs = ["Y"]
    var operators: [Operator]

    /// One stump over feature 0 with the given weights of its two leaves, as attributes of a tree operator.
    static func stump(
        mode: String = "BRANCH_LEQ", value: Float = 0.5, prefix: String = "target", targets: [Int] = [0, 0],
        leaves: [Int] = [1, 2], weights: [Float] = [1, 2]
    ) -> [(String, Attribute)] {
        [
            ("nodes_treeids", .integers([0, 0, 0])), ("nodes_nodeids", .integers([0, 1, 2])),
            ("nodes_featureids", .integers([0, 0, 0])), ("nodes_values", .floats([value, 0, 0])),
            ("nodes_modes", .texts([mode, "LEAF", "LEAF"])), ("nodes_truenodeids", .integers([1, 0, 0])),
            ("nodes_falsenodeids", .integers([2, 0, 0])),
            ("\(prefix)_treeids", .integers(leaves.map { _ in 0 })), ("\(prefix)_nodeids", .integers(leaves)),
            ("\(prefix)_ids", .integers(targets)), ("\(prefix)_weights", .floats(weights)),
        ]
    }

    /// One stump over feature 0 as attributes of `TreeEnsemble`, its leaves for target 0.
    static func table(
        mode: Int = 0, split: Float = 0.5, members: [Float] = [], weights: [Float] = [1, 2]
    ) -> [(String, Attribute)] {
        [
            ("tree_roots", .integers([0])), ("nodes_modes", .bytes([mode])), ("nodes_splits", .floatTensor([split])),
            ("nodes_featureids", .integers([0])), ("nodes_truenodeids", .integers([0])),
            ("nodes_falsenodeids", .integers([1])), ("nodes_trueleafs", .integers([1])),
            ("nodes_falseleafs", .integers([1])), ("leaf_targetids", .integers([0, 0])),
            ("leaf_weights", .floatTensor(weights)), ("n_targets", .integer(1)),
            ("membership_values", .floatTensor(members)),
        ]
    }

    /// The model's bytes.
    var bytes: [UInt8] {
        var graph = Message()
        for one in operators { graph.message(1, Self.node(one)) }
        for (name, type) in inputs { graph.message(11, Self.value(name, type)) }
        for name in outputs { graph.message(12, Self.value(name, 1)) }
        var model = Message()
        model.integer(1, 8)
        model.message(7, graph)
        var operators = Message()
        operators.text(1, "ai.onnx.ml")
        model.message(8, operators)
        return model.bytes
    }

    private static func node(_ one: Operator) -> Message {
        var node = Message()
        for name in one.inputs { node.text(1, name) }
        for name in one.outputs { node.text(2, name) }
        node.text(4, one.name)
        for (name, value) in one.attributes {
            var attribute = Message()
            attribute.text(1, name)
            switch value {
            case .text(let text): attribute.text(4, text)
            case .integer(let integer): attribute.integer(3, integer)
            case .integers(let integers): for integer in integers { attribute.integer(8, integer) }
            case .floats(let floats): for float in floats { attribute.float(7, float) }
            case .doubles(let doubles):
                var tensor = Message()
                tensor.integer(2, 11)
                for double in doubles { tensor.double(10, double) }
                attribute.message(5, tensor)
            case .floatTensor(let floats):
                var tensor = Message()
                tensor.integer(2, 1)
                for float in floats { tensor.float(4, float) }
                attribute.message(5, tensor)
            case .bytes(let integers):
                var tensor = Message()
                tensor.integer(2, 2)
                for integer in integers { tensor.integer(5, integer) }
                attribute.message(5, tensor)
            case .halves:
                var tensor = Message()
                tensor.integer(2, 10)
                attribute.message(5, tensor)
            case .texts(let texts): for text in texts { attribute.text(9, text) }
            }
            node.message(5, attribute)
        }
        node.text(7, "ai.onnx.ml")
        return node
    }

    private static func value(_ name: String, _ type: Int) -> Message {
        var tensor = Message()
        tensor.integer(1, type)
        var kind = Message()
        kind.message(1, tensor)
        var value = Message()
        value.text(1, name)
        value.message(2, kind)
        return value
    }

    private struct Message {
        var bytes: [UInt8] = []

        private mutating func varint(_ value: Int) {
            var rest = UInt64(bitPattern: Int64(value))
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        mutating func integer(_ field: Int, _ value: Int) {
            varint(field << 3)
            varint(value)
        }

        mutating func float(_ field: Int, _ value: Float) {
            varint(field << 3 | 5)
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        }

        mutating func double(_ field: Int, _ value: Double) {
            varint(field << 3 | 1)
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        }

        mutating func text(_ field: Int, _ text: String) { data(field, Array(text.utf8)) }

        mutating func message(_ field: Int, _ message: Message) { data(field, message.bytes) }

        private mutating func data(_ field: Int, _ data: [UInt8]) {
            varint(field << 3 | 2)
            varint(data.count)
            bytes += data
        }
    }
}
