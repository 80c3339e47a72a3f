/// Forests exported to ONNX: a `TreeEnsembleClassifier`, `TreeEnsembleRegressor` or `TreeEnsemble`, and scikit-learn's
/// isolation forest as skl2onnx writes it.
///
/// An ONNX file is a protobuf message `ModelProto` without a magic number. Its graph is read by `ONNXEnsemble` or by
/// `ONNXIsolationForest`, trees by `ONNXTreeLists`; every other graph is refused by the operator that does not fit.
/// Answers equal ONNX Runtime's, which itself differs from the trainers' because exports round to float32.
enum ONNXFormat: TreeEnsembleFormat {
    static var platform: String { "onnx" }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        // The first field is `ir_version`, a small number; of the fields that may follow all but one are messages
        // or texts with numbers below 16, and the one is `model_version`.
        guard bytes.count >= 4 && bytes[0] == 0x08 && bytes[1] >= 1 && bytes[1] < 0x40 else { return false }
        return switch bytes[2] {
        case 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72: true
        default: false
        }
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        let graph = try ONNXGraph(bytes)
        return ONNXEnsembleGraph.canBe(graph)
            ? try ONNXEnsemble.build(graph, bytes) : try ONNXIsolationForest.build(graph, bytes)
    }
}
