/// XGBoost models saved as UBJSON (`save_model("model.ubj")`, the default since 2.1), versions 1.6 to 3.2.
///
/// The meaning of the document is `XGBoostModel`'s. Number arrays are typed and big-endian; versions differ in the
/// widths that they choose for the same field.
enum XGBoostUBJSONFormat: TreeEnsembleFormat {
    static var platform: String { "xgboost_ubj" }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        var document = UBJSONDocument()
        guard case .beginObject = try? document.next(in: bytes), case .key(let key) = try? document.next(in: bytes),
            let name = try? document.decode(key, in: bytes)
        else { return false }
        return name == "learner" || name == "version"
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        try XGBoostModel.parse(bytes, as: UBJSONDocument.self)
    }
}
