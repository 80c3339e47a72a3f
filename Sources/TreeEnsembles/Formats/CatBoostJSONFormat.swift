/// CatBoost models saved as JSON (`save_model("model.json", format="json")`).
///
/// The meaning of the content is `CatBoostModel`'s. A split names its float feature by number and holds its border,
/// written as a float64 of a float32 value, so borders are read straight to float32.
///
/// - Source: CatBoost 1.2.10, `catboost/libs/model/model_export/json_model_helpers.cpp`. Refused by name: trees that
///   are not oblivious, categorical, text and embedding features, splits of other types than `FloatFeature`.
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
                    try readTree(&document, bytes, into: &model)
                }
            case "trees": throw TreeEnsembleFault(.unsupported("a forest of non-symmetric trees"), at: document.offset)
            case "scale_and_bias": try readScaleAndBias(&document, bytes, into: &model)
            default: try document.skipValue(in: bytes)
            }
        }
        guard case .end = try document.next(in: bytes) else { throw document.expected("the end of the document") }
        guard hasTrees else { throw TreeEnsembleFault(.missing, field: "oblivious_trees") }
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
            case "categorical_features", "text_features", "embedding_features", "ctrs":
                let token = try document.next(in: bytes)
                let offset = document.offset
                if try document.skipRest(of: token, in: bytes) {
                    throw TreeEnsembleFault(.unsupported("a model with \(name)"), at: offset)
                }
            default: try document.skipValue(in: bytes)
            }
        }
    }

    private static func readFeature(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var feature = CatBoostModel.FloatFeature(column: -1, name: "", missingGoesLeft: true)
        var number = -1
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "feature_index": number = try readIndex(&document, bytes)
            case "flat_feature_index": feature.column = try readIndex(&document, bytes)
            case "feature_id": feature.name = try document.readString(in: bytes)
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
    }

    private static func readIndex(
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

    private static func readTree(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        let firstSplit = model.splitFeatures.count
        let firstLeaf = model.leafValues.count
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "splits":
                // A tree without splits has null here.
                let token = try document.next(in: bytes)
                if case .null = token { return }
                guard case .beginArray = token else { throw document.expected("an array") }
                try document.readElements(in: bytes) { (document, token, _) throws(TreeEnsembleFault) in
                    guard case .beginObject = token else { throw document.expected("an object") }
                    try readSplit(&document, bytes, into: &model)
                }
            case "leaf_values": try document.readDoubles(in: bytes, into: &model.leafValues)
            case "leaf_weights": try document.readDoubles(in: bytes, into: &model.leafWeights)
            default: try document.skipValue(in: bytes)
            }
        }
        let splitCount = model.splitFeatures.count - firstSplit
        guard splitCount <= TreeEnsembleLimits.obliviousDepth else {
            throw TreeEnsembleFault(
                .limit(
                    what: "splits of an oblivious tree", value: splitCount, limit: TreeEnsembleLimits.obliviousDepth),
                at: document.offset)
        }
        let leafCount = model.leafValues.count - firstLeaf
        if leafCount > 1 << splitCount && leafCount % (1 << splitCount) == 0 {
            throw TreeEnsembleFault(
                .unsupported("a model of \(leafCount >> splitCount) dimensions"), field: "leaf_values",
                at: document.offset)
        }
        guard leafCount == 1 << splitCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafCount) leaf values where \(splitCount) splits need \(1 << splitCount)"),
                at: document.offset)
        }
        model.splitCounts.append(splitCount)
    }

    private static func readSplit(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var feature = -1
        var border: Float?
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "float_feature_index": feature = try readIndex(&document, bytes)
            case "border":
                guard case .number(let number) = try document.next(in: bytes) else {
                    throw document.expected("a number")
                }
                border = number.float(in: bytes)
            case "split_type":
                let type = try document.readString(in: bytes)
                guard type == "FloatFeature" else {
                    throw TreeEnsembleFault(.unsupported("split type \"\(type)\""), at: document.offset)
                }
            default: try document.skipValue(in: bytes)
            }
        }
        guard feature >= 0, let border else {
            throw TreeEnsembleFault(
                .missing, field: feature < 0 ? "float_feature_index" : "border", at: document.offset)
        }
        model.splitFeatures.append(feature)
        model.splitBorders.append(border)
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
                try document.readElements(in: bytes) { (document, token, _) throws(TreeEnsembleFault) in
                    guard case .number(let number) = token else { throw document.expected("a number") }
                    model.biases.append(number.double(in: bytes))
                }
            default: throw document.expected("a scale and a bias")
            }
        }
    }
}
