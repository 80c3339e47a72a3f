/// CatBoost models saved as JSON (`save_model("model.json", format="json")`).
///
/// The meaning of the content is `CatBoostModel`'s. A split names its float feature by number and holds its border,
/// written as a float64 of a float32 value, so borders are read straight to float32.
///
/// - Source: CatBoost 1.2.10, `catboost/libs/model/model_export/json_model_helpers.cpp`. Refused by name: text and
///   embedding features, counters (CTR), splits of other types than `FloatFeature` and `OneHotFeature`.
enum CatBoostJSONFormat: TreeEnsembleFormat {
    static var platform: String { "catboost_json" }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        switch JSONDocument.firstKey(of: bytes) {
        case "features_info", "model_info", "oblivious_trees", "trees", "scale_and_bias", "ctr_data": true
        default: false
        }
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var document = JSONDocument()
        var model = CatBoostModel()
        var hasTrees = false
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "features_info": try readFeatures(&document, bytes, into: &model)
            case "model_info": try readInformation(&document, bytes, into: &model)
            case "oblivious_trees":
                hasTrees = true
                try document.readObjects(in: bytes) { (document, _) throws(TreeEnsembleFault) in
                    try model.readObliviousTree(&document, bytes)
                }
            case "trees":
                hasTrees = true
                try document.readObjects(in: bytes) { (document, _) throws(TreeEnsembleFault) in
                    model.treeStarts.append(model.nodes.count)
                    _ = try model.readNode(&document, bytes)
                }
            case "ctr_data": try refuse("ctr_data", &document, bytes)
            case "scale_and_bias": try readScaleAndBias(&document, bytes, into: &model)
            default: try document.skipValue(in: bytes)
            }
        }
        guard case .end = try document.next(in: bytes) else { throw document.expected("the end of the document") }
        guard hasTrees else { throw TreeEnsembleFault(.missing, field: "oblivious_trees") }
        // Without trees, the biases tell how many dimensions there are.
        if model.leafWidth == 0 { model.leafWidth = max(1, model.biases.count) }
        return try model.build()
    }

    private static func readFeatures(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "float_features":
                try document.readObjects(in: bytes) { (document, _) throws(TreeEnsembleFault) in
                    try readFeature(&document, bytes, into: &model)
                }
            case "categorical_features":
                try document.readObjects(in: bytes) { (document, _) throws(TreeEnsembleFault) in
                    try readCategoricalFeature(&document, bytes, into: &model)
                }
            case "text_features", "embedding_features", "ctrs": try refuse(name, &document, bytes)
            default: try document.skipValue(in: bytes)
            }
        }
    }

    /// Reads a member that must be empty.
    private static func refuse(
        _ name: String, _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        let token = try document.next(in: bytes)
        let offset = document.offset
        if try document.skipRest(of: token, in: bytes) {
            throw TreeEnsembleFault(.unsupported("a model with \(name)"), at: offset)
        }
    }

    private static func readCategoricalFeature(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var number = -1
        var column = -1
        var featureName = ""
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "feature_index": number = try readIndex(&document, bytes)
            case "flat_feature_index": column = try readIndex(&document, bytes)
            case "feature_id": featureName = try document.readString(in: bytes)
            default: try document.skipValue(in: bytes)
            }
        }
        guard number >= 0 && column >= 0 else {
            throw TreeEnsembleFault(.missing, field: number < 0 ? "feature_index" : "flat_feature_index")
        }
        guard model.categoricalColumns.updateValue(column, forKey: number) == nil else {
            throw TreeEnsembleFault(.inconsistent("categorical feature \(number) is listed twice"), at: document.offset)
        }
        try model.addColumn(column, name: featureName, at: document.offset)
    }

    private static func readFeature(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var feature = CatBoostModel.FloatFeature(column: -1, missingGoesLeft: true)
        var featureName = ""
        var number = -1
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "feature_index": number = try readIndex(&document, bytes)
            case "flat_feature_index": feature.column = try readIndex(&document, bytes)
            case "feature_id": featureName = try document.readString(in: bytes)
            case "nan_value_treatment":
                let treatment = try document.readString(in: bytes)
                guard let missingGoesLeft = CatBoostModel.missingGoesLeft(treatment: treatment) else {
                    throw TreeEnsembleFault(.unsupported("treatment \"\(treatment)\""), at: document.offset)
                }
                feature.missingGoesLeft = missingGoesLeft
            default: try document.skipValue(in: bytes)
            }
        }
        guard number >= 0 && feature.column >= 0 else {
            throw TreeEnsembleFault(.missing, field: number < 0 ? "feature_index" : "flat_feature_index")
        }
        guard model.floatFeatures.updateValue(feature, forKey: number) == nil else {
            throw TreeEnsembleFault(.inconsistent("float feature \(number) is listed twice"), at: document.offset)
        }
        try model.addColumn(feature.column, name: featureName, at: document.offset)
    }

    static func readIndex(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Int {
        let index = try document.readInteger(in: bytes)
        guard index >= 0 && index < TreeEnsembleLimits.featureCount else {
            throw document.expected("the number of a feature")
        }
        return index
    }

    private static func readInformation(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "class_params": try model.readClassParameters(&document, bytes)
            case "params": try model.readParameters(&document, bytes)
            default: try document.skipValue(in: bytes)
            }
        }
    }

    /// Reads `[scale, bias]` or `[scale, [bias, …]]`.
    private static func readScaleAndBias(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        try document.readArray(in: bytes) { (document, token, index) throws(TreeEnsembleFault) in
            switch (index, token) {
            case (0, .number(let number)): model.scale = number.double(in: bytes)
            case (1, .number(let number)): model.biases = [number.double(in: bytes)]
            case (1, .beginArray):
                try document.readElements(in: bytes) { (document, token, dimension) throws(TreeEnsembleFault) in
                    guard case .number(let number) = token else { throw document.expected("a number") }
                    try TreeEnsembleBuilder.checkLimit(
                        "dimensions", dimension + 1, TreeEnsembleLimits.marginCount)
                    model.biases.append(number.double(in: bytes))
                }
            default: throw document.expected("a scale and a bias")
            }
        }
    }
}
