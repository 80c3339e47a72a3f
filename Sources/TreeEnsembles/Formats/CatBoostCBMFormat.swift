import LinuxSystem

/// CatBoost models in its own binary format (`save_model("model.cbm")`).
///
/// The meaning of the content is `CatBoostModel`'s. The file is the magic `CBM1`, the byte count of a flatbuffer and
/// the flatbuffer `TModelCore`; what may follow belongs to features that this reader refuses. A tree's split is a
/// number in the list of all (float feature, border) pairs, features in order, borders in order, and behind them of all
/// (categorical feature, hash) pairs. Trees of any shape are a list of steps, read by `CatBoostSteps`.
///
/// - Source: CatBoost 1.2.10, `catboost/libs/model/flatbuffers/model.fbs` and `features.fbs`, whose field numbers the
///   constants below repeat. Refused by name: text, embedding and estimated features, counters (CTR), further parts.
enum CatBoostCBMFormat: TreeEnsembleFormat {
    static var platform: String { "catboost_cbm" }

    /// Field numbers of `TModelCore`.
    private enum Core {
        static let formatVersion = 0
        static let modelTrees = 1
        static let infoMap = 2
        static let modelPartIDs = 3
    }

    /// Field numbers of `TModelTrees`, which older versions call `TObliviousTrees`.
    private enum Trees {
        static let approxDimension = 0
        static let treeSplits = 1
        static let treeSizes = 2
        static let categoricalFeatures = 4
        static let floatFeatures = 5
        static let oneHotFeatures = 6
        static let leafValues = 8
        static let leafWeights = 9
        static let steps = 10
        static let leafNumbers = 11
        static let scale = 14
        static let bias = 15
        static let multiBias = 16
        /// What must be absent or empty, by name.
        static let refused = [
            (7, "CTR features"), (12, "text features"), (13, "estimated features"), (18, "embedding features"),
        ]
    }

    /// Field numbers of `TFloatFeature`.
    private enum Feature {
        static let index = 1
        static let flatIndex = 2
        static let borders = 3
        static let identifier = 4
        static let nanValueTreatment = 5
    }

    /// Field numbers of `TCatFeature`.
    private enum CategoricalFeature {
        static let index = 0
        static let flatIndex = 1
        static let identifier = 2
    }

    /// Field numbers of `TOneHotFeature`.
    private enum OneHotFeature {
        static let index = 0
        static let values = 1
    }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 4 && bytes.matches(0..<4, "CBM1")
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        guard recognises(bytes) else { throw TreeEnsembleFault(.expected("the magic number CBM1"), at: 0) }
        let coreByteCount = Int(try FlatBufferTable.read(4, at: 4, in: bytes))
        guard coreByteCount <= bytes.count - 8 else { throw TreeEnsembleFault(.truncated, at: bytes.count) }
        // Nothing of the flatbuffer may reach behind its end, but positions count from the file's start.
        let core = bytes.extracting(0..<8 + coreByteCount)
        let root = try FlatBufferTable(referredFrom: 8, in: core)
        if let version = try root.string(Core.formatVersion, in: core) {
            guard core.matches(version, "FlabuffersModel_v1") else {
                throw TreeEnsembleFault(
                    .unsupported("format version \"\(core.text(version.prefix(64)))\""), field: "FormatVersion",
                    at: version.lowerBound)
            }
        }
        if let parts = try root.vector(Core.modelPartIDs, elementByteCount: 4, in: core), !parts.isEmpty {
            throw TreeEnsembleFault(.unsupported("a model with further parts"), field: "ModelPartIds")
        }
        guard let trees = try root.table(Core.modelTrees, in: core) else {
            throw TreeEnsembleFault(.missing, field: "ModelTrees")
        }
        var model = CatBoostModel()
        try readInformation(root, core, into: &model)
        try within("ModelTrees") { () throws(TreeEnsembleFault) in
            try refuse(trees, core)
            try readNumbers(trees, core, into: &model)
            var binaryFeatures = try readFeatures(trees, core, into: &model)
            try readCategoricalFeatures(trees, core, &binaryFeatures, into: &model)
            try readSplits(trees, core, binaryFeatures: binaryFeatures, into: &model)
        }
        return try model.build()
    }

    /// Reads the two members of the information map that count; both hold JSON.
    private static func readInformation(
        _ root: FlatBufferTable, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var seen: Set<String> = []
        for place in try root.references(Core.infoMap, in: bytes) {
            let entry = try FlatBufferTable(referredFrom: place, in: bytes)
            guard let key = try entry.string(0, in: bytes), let value = try entry.string(1, in: bytes) else {
                throw TreeEnsembleFault(.missing, field: "InfoMap", at: place)
            }
            let isParameters = bytes.matches(key, "params")
            guard isParameters || bytes.matches(key, "class_params") else { continue }
            let name = bytes.text(key)
            // Entries may share one long value, so reading each again would be work without bound.
            guard seen.insert(name).inserted else {
                throw TreeEnsembleFault(.inconsistent("key \"\(name)\" appears twice"), field: "InfoMap", at: place)
            }
            let text = bytes.extracting(value)
            var document = JSONDocument()
            do throws(TreeEnsembleFault) {
                if isParameters {
                    try model.readParameters(&document, text)
                } else {
                    try model.readClassParameters(&document, text)
                }
            } catch {
                var fault = error
                fault.byteOffset = (fault.byteOffset ?? 0) + value.lowerBound
                fault.field = "InfoMap.\(name)" + (fault.field.isEmpty ? "" : ".\(fault.field)")
                throw fault
            }
        }
    }

    private static func refuse(_ trees: FlatBufferTable, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        for (field, name) in Trees.refused {
            if let some = try trees.vector(field, elementByteCount: 4, in: bytes), !some.isEmpty {
                throw TreeEnsembleFault(.unsupported("a model with \(name)"), at: some.lowerBound)
            }
        }
    }

    private static func readNumbers(
        _ trees: FlatBufferTable, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        let dimension = Int(try trees.int32(Trees.approxDimension, default: 0, in: bytes))
        guard dimension >= 1 else { throw TreeEnsembleFault(.expected("a count"), field: "ApproxDimension") }
        try TreeEnsembleBuilder.checkLimit("dimensions", dimension, TreeEnsembleLimits.marginCount)
        model.leafWidth = dimension
        model.scale = try trees.double(Trees.scale, in: bytes) ?? 1
        model.biases = try readDoubles(trees, Trees.multiBias, bytes)
        if model.biases.isEmpty { model.biases = [try trees.double(Trees.bias, in: bytes) ?? 0] }
        model.leafValues = try readDoubles(trees, Trees.leafValues, bytes)
        model.leafWeights = try readDoubles(trees, Trees.leafWeights, bytes)
    }

    /// Reads the float features.
    ///
    /// - Returns: the feature and border of every binary feature, in the order in which splits count them.
    private static func readFeatures(
        _ trees: FlatBufferTable, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) -> [CatBoostModel.Question] {
        var binaryFeatures: [CatBoostModel.Question] = []
        var nameByteCount = 0
        for (order, place) in try trees.references(Trees.floatFeatures, in: bytes).enumerated() {
            let feature = try FlatBufferTable(referredFrom: place, in: bytes)
            let number = Int(try feature.int32(Feature.index, default: -1, in: bytes))
            let column = Int(try feature.int32(Feature.flatIndex, default: -1, in: bytes))
            let range = 0..<TreeEnsembleLimits.featureCount
            guard range.contains(number) && range.contains(column) else {
                throw TreeEnsembleFault(.expected("numbers of a feature"), field: "FloatFeatures[\(order)]", at: place)
            }
            let treatment = try feature.uint8(Feature.nanValueTreatment, default: 0, in: bytes)
            guard treatment <= 2 else {
                throw TreeEnsembleFault(
                    .unsupported("treatment \(treatment) of NaN"), field: "FloatFeatures[\(order)]", at: place)
            }
            let name = try feature.string(Feature.identifier, in: bytes) ?? 0..<0
            nameByteCount += name.count
            let borders = try feature.vector(Feature.borders, elementByteCount: 4, in: bytes) ?? 0..<0
            // Features may share one vector, so only this keeps the sums within the file's size.
            guard binaryFeatures.count * 4 + borders.count <= bytes.count && nameByteCount <= bytes.count else {
                throw TreeEnsembleFault(.inconsistent("features share their borders"), at: place)
            }
            for position in stride(from: borders.lowerBound, to: borders.upperBound, by: 4) {
                let bits = UInt32(truncatingIfNeeded: try FlatBufferTable.read(4, at: position, in: bytes))
                binaryFeatures.append(.isAbove(feature: number, border: Float(bitPattern: bits)))
            }
            let known = CatBoostModel.FloatFeature(column: column, missingGoesLeft: treatment != 2)
            guard model.floatFeatures.updateValue(known, forKey: number) == nil else {
                throw TreeEnsembleFault(
                    .inconsistent("float feature \(number) is listed twice"), field: "FloatFeatures[\(order)]",
                    at: place)
            }
            try model.addColumn(column, name: bytes.text(name), at: place)
        }
        return binaryFeatures
    }

    /// Reads the categorical features and appends the hashes that their splits ask for.
    private static func readCategoricalFeatures(
        _ trees: FlatBufferTable, _ bytes: Span<UInt8>, _ binaryFeatures: inout [CatBoostModel.Question],
        into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var nameByteCount = 0
        for (order, place) in try trees.references(Trees.categoricalFeatures, in: bytes).enumerated() {
            let feature = try FlatBufferTable(referredFrom: place, in: bytes)
            let number = Int(try feature.int32(CategoricalFeature.index, default: 0, in: bytes))
            let column = Int(try feature.int32(CategoricalFeature.flatIndex, default: 0, in: bytes))
            let range = 0..<TreeEnsembleLimits.featureCount
            let field = "CatFeatures[\(order)]"
            guard range.contains(number) && range.contains(column) else {
                throw TreeEnsembleFault(.expected("numbers of a feature"), field: field, at: place)
            }
            let name = try feature.string(CategoricalFeature.identifier, in: bytes) ?? 0..<0
            nameByteCount += name.count
            guard nameByteCount <= bytes.count else {
                throw TreeEnsembleFault(.inconsistent("features share their names"), field: field, at: place)
            }
            guard model.categoricalColumns.updateValue(column, forKey: number) == nil else {
                throw TreeEnsembleFault(
                    .inconsistent("categorical feature \(number) is listed twice"), field: field, at: place)
            }
            try model.addColumn(column, name: bytes.text(name), at: place)
        }
        for place in try trees.references(Trees.oneHotFeatures, in: bytes) {
            let feature = try FlatBufferTable(referredFrom: place, in: bytes)
            let number = Int(try feature.int32(OneHotFeature.index, default: 0, in: bytes))
            let hashes = try feature.vector(OneHotFeature.values, elementByteCount: 4, in: bytes) ?? 0..<0
            guard binaryFeatures.count * 4 + hashes.count <= bytes.count else {
                throw TreeEnsembleFault(.inconsistent("features share their values"), at: place)
            }
            for position in stride(from: hashes.lowerBound, to: hashes.upperBound, by: 4) {
                let hash = UInt32(truncatingIfNeeded: try FlatBufferTable.read(4, at: position, in: bytes))
                binaryFeatures.append(.isCategory(feature: number, hash: hash))
            }
        }
    }

    private static func readSplits(
        _ trees: FlatBufferTable, _ bytes: Span<UInt8>, binaryFeatures: [CatBoostModel.Question],
        into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var sizes: [Int] = []
        let sizeRange = try trees.vector(Trees.treeSizes, elementByteCount: 4, in: bytes) ?? 0..<0
        for position in stride(from: sizeRange.lowerBound, to: sizeRange.upperBound, by: 4) {
            sizes.append(Int(try FlatBufferTable.read(4, at: position, in: bytes)))
        }
        let splits = try trees.vector(Trees.treeSplits, elementByteCount: 4, in: bytes) ?? 0..<0
        guard splits.count / 4 == sizes.reduce(0, +) else {
            throw TreeEnsembleFault(
                .inconsistent("\(splits.count / 4) splits for trees of \(sizes.reduce(0, +))"),
                field: "TreeSplits", at: splits.lowerBound)
        }
        let steps = try trees.vector(Trees.steps, elementByteCount: 4, in: bytes) ?? 0..<0
        let leafNumbers = try trees.vector(Trees.leafNumbers, elementByteCount: 4, in: bytes) ?? 0..<0
        guard steps.isEmpty || steps.count == splits.count && leafNumbers.count == splits.count else {
            throw TreeEnsembleFault(
                .inconsistent("\(steps.count / 4) steps for \(splits.count / 4) splits"),
                field: "NonSymmetricStepNodes", at: steps.lowerBound)
        }
        // Questions of steps that are leaves are not asked, but still are within the list in files that CatBoost makes.
        var questions: [CatBoostModel.Question] = []
        for position in stride(from: splits.lowerBound, to: splits.upperBound, by: 4) {
            let split = Int(try FlatBufferTable.read(4, at: position, in: bytes))
            if split < binaryFeatures.count {
                questions.append(binaryFeatures[split])
            } else if steps.isEmpty || split > 0 {
                throw TreeEnsembleFault(
                    .inconsistent("split \(split) of \(binaryFeatures.count)"), field: "TreeSplits", at: position)
            } else {
                // A forest whose trees are single leaves has no question at all.
                questions.append(.isAbove(feature: -1, border: 0))
            }
        }
        guard steps.isEmpty else {
            let reader = CatBoostSteps(steps: steps, leafNumbers: leafNumbers, questions: questions)
            return try reader.read(treeSizes: sizes, bytes, into: &model)
        }
        model.questions = questions
        model.questionCounts = sizes
    }

    private static func readDoubles(
        _ trees: FlatBufferTable, _ field: Int, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> [Double] {
        let range = try trees.vector(field, elementByteCount: 8, in: bytes) ?? 0..<0
        var numbers: [Double] = []
        numbers.reserveCapacity(range.count / 8)
        for position in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            numbers.append(Double(bitPattern: try FlatBufferTable.read(8, at: position, in: bytes)))
        }
        return numbers
    }
}
