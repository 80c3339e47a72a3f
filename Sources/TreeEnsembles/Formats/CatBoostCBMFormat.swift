import LinuxSystem

/// CatBoost models in its own binary format (`save_model("model.cbm")`).
///
/// The meaning of the content is `CatBoostModel`'s. The file is the magic `CBM1`, the byte count of a flatbuffer and
/// the flatbuffer `TModelCore`; what may follow belongs to features that this reader refuses. A tree's split is a
/// number in the list of all (float feature, border) pairs, features in order, borders in order.
///
/// - Source: CatBoost 1.2.10, `catboost/libs/model/flatbuffers/model.fbs` and `features.fbs`, whose field numbers the
///   constants below repeat. Refused by name: non-symmetric trees, features and splits that are not float, models of
///   several dimensions.
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
        static let floatFeatures = 5
        static let leafValues = 8
        static let leafWeights = 9
        static let nonSymmetricStepNodes = 10
        static let scale = 14
        static let bias = 15
        static let multiBias = 16
        /// What must be absent or empty, by name.
        static let refused = [
            (4, "categorical features"), (6, "one-hot features"), (7, "CTR features"), (12, "text features"),
            (13, "estimated features"), (18, "embedding features"),
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
            try readSplits(trees, core, binaryFeatures: try readFeatures(trees, core, into: &model), into: &model)
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
        let dimension = try trees.int32(Trees.approxDimension, default: 0, in: bytes)
        guard dimension == 1 else {
            throw TreeEnsembleFault(.unsupported("a model of \(dimension) dimensions"), field: "ApproxDimension")
        }
        if let nodes = try trees.vector(Trees.nonSymmetricStepNodes, elementByteCount: 4, in: bytes), !nodes.isEmpty {
            throw TreeEnsembleFault(.unsupported("a forest of non-symmetric trees"), at: nodes.lowerBound)
        }
        for (field, name) in Trees.refused {
            if let some = try trees.vector(field, elementByteCount: 4, in: bytes), !some.isEmpty {
                throw TreeEnsembleFault(.unsupported("a model with \(name)"), at: some.lowerBound)
            }
        }
    }

    private static func readNumbers(
        _ trees: FlatBufferTable, _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
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
    ) throws(TreeEnsembleFault) -> [(feature: Int, border: Float)] {
        var binaryFeatures: [(feature: Int, border: Float)] = []
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
                binaryFeatures.append((number, Float(bitPattern: bits)))
            }
            let known = CatBoostModel.FloatFeature(
                column: column, name: bytes.text(name), missingGoesLeft: treatment != 2)
            guard model.floatFeatures.updateValue(known, forKey: number) == nil else {
                throw TreeEnsembleFault(
                    .inconsistent("float feature \(number) is listed twice"), field: "FloatFeatures[\(order)]",
                    at: place)
            }
        }
        return binaryFeatures
    }

    private static func readSplits(
        _ trees: FlatBufferTable, _ bytes: Span<UInt8>, binaryFeatures: [(feature: Int, border: Float)],
        into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        let sizes = try trees.vector(Trees.treeSizes, elementByteCount: 4, in: bytes) ?? 0..<0
        for position in stride(from: sizes.lowerBound, to: sizes.upperBound, by: 4) {
            let size = Int(try FlatBufferTable.read(4, at: position, in: bytes))
            guard size <= TreeEnsembleLimits.obliviousDepth else {
                throw TreeEnsembleFault(
                    .limit(what: "splits of an oblivious tree", value: size, limit: TreeEnsembleLimits.obliviousDepth),
                    field: "TreeSizes", at: position)
            }
            model.splitCounts.append(size)
        }
        let splits = try trees.vector(Trees.treeSplits, elementByteCount: 4, in: bytes) ?? 0..<0
        guard splits.count / 4 == model.splitCounts.reduce(0, +) else {
            throw TreeEnsembleFault(
                .inconsistent("\(splits.count / 4) splits for trees of \(model.splitCounts.reduce(0, +))"),
                field: "TreeSplits", at: splits.lowerBound)
        }
        for position in stride(from: splits.lowerBound, to: splits.upperBound, by: 4) {
            let split = Int(try FlatBufferTable.read(4, at: position, in: bytes))
            guard split < binaryFeatures.count else {
                throw TreeEnsembleFault(
                    .inconsistent("split \(split) of \(binaryFeatures.count)"), field: "TreeSplits", at: position)
            }
            model.splitFeatures.append(binaryFeatures[split].feature)
            model.splitBorders.append(binaryFeatures[split].border)
        }
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
