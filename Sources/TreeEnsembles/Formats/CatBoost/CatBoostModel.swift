/// The content of a CatBoost model, from JSON or CBM alike, on its way to a forest.
///
/// - Source: CatBoost 1.2.10, `catboost/libs/model`. Semantic choices: bit i of a leaf's number is 1 when the float32
///   value of split i's feature is *above* the border; NaN is above every border where the feature's treatment is
///   `AsTrue`, else above none; leaves are summed in float64 from zero in tree order, then × scale + bias; the first
///   and only dimension of a model is its raw value. Two classes come with Logloss and CrossEntropy; Poisson and
///   Tweedie predict exponents, as `CatBoostRegressor.predict` does by default; every other loss of one dimension
///   predicts the raw value.
struct CatBoostModel {
    /// One numerical feature of the model.
    struct FloatFeature {
        /// Column of the input row, among all kinds of features.
        var column: Int
        /// CatBoost's name for it, or empty.
        var name: String
        var missingGoesLeft: Bool
    }

    /// Features by their number among float features.
    var floatFeatures: [Int: FloatFeature] = [:]
    var splitFeatures: [Int] = []
    var splitBorders: [Float] = []
    /// Splits of each tree.
    var splitCounts: [Int] = []
    var leafValues: [Double] = []
    var leafWeights: [Double] = []
    var scale = 1.0
    var biases: [Double] = []
    /// Loss function's name, empty where the file has none.
    var lossFunction = ""
    var classLabels: [String] = []

    /// Values that CatBoost sums for each row, in the losses that have more than one.
    private static let lossesOfManyDimensions = [
        "MultiClass", "MultiClassOneVsAll", "MultiLogloss", "MultiCrossEntropy", "MultiRMSE",
        "MultiRMSEWithMissingValues", "RMSEWithUncertainty", "MultiQuantile",
    ]

    consuming func build() throws(TreeEnsembleFault) -> TreeEnsemble {
        if Self.lossesOfManyDimensions.contains(lossFunction) {
            throw TreeEnsembleFault(.unsupported("loss function \"\(lossFunction)\""), field: "loss_function")
        }
        guard biases.count <= 1 else {
            throw TreeEnsembleFault(.unsupported("a model of \(biases.count) dimensions"), field: "bias")
        }
        guard scale.isFinite else { throw TreeEnsembleFault(.inconsistent("the scale is not finite"), field: "scale") }
        var builder = try TreeEnsembleBuilder(header(), form: .oblivious)
        let columns = try splitColumns()
        var firstSplit = 0
        var firstLeaf = 0
        for (tree, splitCount) in splitCounts.enumerated() {
            try within("oblivious_trees[\(tree)]") { () throws(TreeEnsembleFault) in
                guard splitCount <= TreeEnsembleLimits.obliviousDepth else {
                    throw TreeEnsembleFault(
                        .limit(
                            what: "splits of an oblivious tree", value: splitCount,
                            limit: TreeEnsembleLimits.obliviousDepth))
                }
                let leaves = firstLeaf..<firstLeaf + 1 << splitCount
                guard leaves.upperBound <= leafValues.count else {
                    throw TreeEnsembleFault(.inconsistent("too few leaf values for \(splitCount) splits"))
                }
                let splits = firstSplit..<firstSplit + splitCount
                try builder.obliviousTree(
                    splits: Array(columns[splits]), leafValues: Array(leafValues[leaves]),
                    leafWeights: leafWeights.count == leafValues.count ? Array(leafWeights[leaves]) : [])
                firstSplit = splits.upperBound
                firstLeaf = leaves.upperBound
            }
        }
        guard firstSplit == splitFeatures.count && firstLeaf == leafValues.count else {
            throw TreeEnsembleFault(.inconsistent("more splits or leaves than the trees have"))
        }
        return try builder.finish()
    }

    private func header() -> TreeEnsembleBuilder.Header {
        let featureCount = (floatFeatures.values.map(\.column).max() ?? -1) + 1
        // Every column has a name, or none has.
        var names: [String] = []
        if floatFeatures.count == featureCount {
            names = floatFeatures.values.sorted { $0.column < $1.column }.map(\.name)
        }
        let isBinary =
            lossFunction == "Logloss" || lossFunction == "CrossEntropy"
            || lossFunction.isEmpty && classLabels.count == 2
        let link: TreeEnsemble.Link =
            if isBinary { .logistic } else {
                lossFunction == "Poisson" || lossFunction == "Tweedie" ? .exponential : .identity
            }
        return TreeEnsembleBuilder.Header(
            trainer: "catboost", task: isBinary ? .classification(classCount: 2) : .regression,
            classLabels: isBinary ? classLabels : [], featureCount: featureCount,
            featureNames: names.contains("") ? [] : names, comparison: .lessOrEqualGoesLeft, sumPrecision: .float64,
            summation: .baseLast(scale: scale), link: link, decision: .margin, baseMargins: [biases.first ?? 0])
    }

    private func splitColumns() throws(TreeEnsembleFault) -> [TreeEnsembleBuilder.ObliviousSplit] {
        var splits: [TreeEnsembleBuilder.ObliviousSplit] = []
        splits.reserveCapacity(splitFeatures.count)
        for (feature, border) in zip(splitFeatures, splitBorders) {
            guard let known = floatFeatures[feature] else {
                throw TreeEnsembleFault(.inconsistent("a split tests float feature \(feature), which is not listed"))
            }
            splits.append(
                TreeEnsembleBuilder.ObliviousSplit(
                    feature: known.column, threshold: Double(border), missingGoesLeft: known.missingGoesLeft))
        }
        return splits
    }
}

// MARK: Parts that both syntaxes write as JSON

extension CatBoostModel {
    /// Reads the training parameters, of which the loss function counts.
    mutating func readParameters(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "loss_function" else { return try document.skipValue(in: bytes) }
            try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
                guard name == "type" else { return try document.skipValue(in: bytes) }
                lossFunction = try document.readString(in: bytes)
            }
        }
    }

    /// Reads the description of classes, of which the labels count.
    mutating func readClassParameters(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "class_names" else { return try document.skipValue(in: bytes) }
            classLabels = try document.readStrings(in: bytes, limit: TreeEnsembleLimits.marginCount)
        }
    }

    /// Whether NaN goes left under a treatment of missing values, by its name in JSON.
    static func missingGoesLeft(treatment: String) -> Bool? {
        switch treatment {
        case "AsIs", "AsFalse": true
        case "AsTrue": false
        default: nil
        }
    }
}
