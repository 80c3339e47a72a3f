/// Forests exported to ONNX: scikit-learn's isolation forest as skl2onnx writes it.
///
/// An ONNX file is a protobuf message `ModelProto` without a magic number. The nodes of its graph are read by
/// `ONNXIsolationForest`, trees by `ONNXTree`; every other graph is refused by the operator that does not fit. Scores
/// equal ONNX Runtime's, which itself differs from scikit-learn's because the export rounds to float32.
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
        try ONNXIsolationForest.build(try ONNXGraph(bytes), bytes)
    }
}
