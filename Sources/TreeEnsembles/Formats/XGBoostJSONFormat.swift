/// XGBoost models saved as JSON (`save_model("model.json")`), versions 1.0 to 3.2.
///
/// The meaning of the document is `XGBoostModel`'s. Numbers are shortest decimal texts of float32 values and are read
/// straight to float32; NaN and infinities are written as words.
enum XGBoostJSONFormat: TreeEnsembleFormat {
    static var platform: String { "xgboost_json" }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        switch JSONDocument.firstKey(of: bytes) {
        case "learner", "version": true
        default: false
        }
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        try XGBoostModel.parse(bytes, as: JSONDocument.self)
    }
}
