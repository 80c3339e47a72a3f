import LinuxSystem

/// What a LightGBM model says in front of its trees.
///
/// - Source: LightGBM 4.7.0, `GBDT::SaveModelToString` and `GBDT::LoadModelFromString`.
struct LightGBMHeader {
    /// Versions of the format; v2 and v3 lack some keys of trees, and v2 spells two objectives differently.
    private static let versions: Set<String> = ["v2", "v3", "v4"]

    private var seen: Set<String> = []
    private var classCount = 1
    private var treesPerRound: Int?
    private var featureCount = 0
    private var featureNames: [String] = []
    private var objective = LightGBMObjective.custom
    private var averagesRounds = false
    /// Trees that `tree_sizes` counts; nil without it.
    private var treeCount: Int?

    /// Margins, and trees that one boosting round adds.
    var marginCount: Int { treesPerRound ?? classCount }

    /// Takes a line in.
    mutating func read(_ line: LightGBMLines.Line, in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        if line.range.isEmpty { return }
        let key = bytes.text(line.key.prefix(LightGBMLines.keyByteCount))
        do throws(TreeEnsembleFault) {
            guard seen.insert(key).inserted else { throw TreeEnsembleFault(.inconsistent("the key appears twice")) }
            try read(line, key: key, in: bytes)
        } catch {
            var fault = error
            fault.field = key
            fault.byteOffset = fault.byteOffset ?? line.range.lowerBound
            throw fault
        }
    }

    private mutating func read(
        _ line: LightGBMLines.Line, key: String, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        switch key {
        case "tree", "label_index", "feature_infos", "monotone_constraints": break
        case "version":
            let version = try line.readText(in: bytes)
            guard Self.versions.contains(version) else {
                throw TreeEnsembleFault(.unsupported("version \"\(version)\" of the format"))
            }
        case "num_class": classCount = try line.readInteger(in: bytes, 1...TreeEnsembleLimits.marginCount)
        case "num_tree_per_iteration":
            treesPerRound = try line.readInteger(in: bytes, 1...TreeEnsembleLimits.marginCount)
        case "max_feature_idx":
            featureCount = try line.readInteger(in: bytes, 0...TreeEnsembleLimits.featureCount - 1) + 1
        case "objective": objective = try LightGBMObjective(try line.readText(in: bytes))
        case "average_output": averagesRounds = true
        case "feature_names": try readNames(line, in: bytes)
        case "tree_sizes":
            var count = 0
            try line.forEachElement(in: bytes) { (_) in count += 1 }
            treeCount = count
        default: throw TreeEnsembleFault(.unsupported("the key"))
        }
    }

    private mutating func readNames(
        _ line: LightGBMLines.Line, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try line.forEachElement(in: bytes) { (name) throws(TreeEnsembleFault) in
            guard name.count <= TreeEnsembleLimits.nameByteCount else {
                throw TreeEnsembleFault(
                    .limit(what: "bytes of a name", value: name.count, limit: TreeEnsembleLimits.nameByteCount),
                    at: name.lowerBound)
            }
            guard featureNames.count < TreeEnsembleLimits.featureCount else {
                throw TreeEnsembleFault(
                    .limit(
                        what: "features", value: featureNames.count + 1, limit: TreeEnsembleLimits.featureCount),
                    at: name.lowerBound)
            }
            featureNames.append(bytes.text(name))
        }
    }

    /// The header of the forest, when all its lines have been read.
    ///
    func finished() throws(TreeEnsembleFault) -> TreeEnsembleBuilder.Header {
        for key in ["version", "num_class", "max_feature_idx", "feature_names"] where !seen.contains(key) {
            throw TreeEnsembleFault(.missing, field: key)
        }
        let task = try within("objective") { () throws(TreeEnsembleFault) in
            try objective.task(marginCount: marginCount)
        }
        guard featureNames.count == featureCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(featureNames.count) names for \(featureCount) features"), field: "feature_names")
        }
        let areNamed = featureNames.indices.contains { featureNames[$0] != "Column_\($0)" }
        return TreeEnsembleBuilder.Header(
            trainer: "lightgbm", task: task, featureCount: featureCount, featureNames: areNamed ? featureNames : [],
            marginCount: marginCount, comparison: .lessOrEqualGoesLeft, categoryRule: .truncated,
            inputPrecision: .float64, sumPrecision: .float64, summation: .baseFirst, link: objective.link,
            linkAveragesRounds: averagesRounds, baseMargins: Array(repeating: 0, count: marginCount))
    }

    /// Compares the trees that were read with what the header says.
    ///
    /// - Parameter endIsMarked: whether something stands behind the trees, so that a file without any is whole.
    func checkTreeCount(_ count: Int, endIsMarked: Bool, at offset: Int) throws(TreeEnsembleFault) {
        if let treeCount, count > treeCount {
            throw TreeEnsembleFault(
                .inconsistent("\(count) trees where tree_sizes counts \(treeCount)"), field: "tree_sizes", at: offset)
        }
        guard count == treeCount ?? count && (count > 0 || endIsMarked) else {
            throw TreeEnsembleFault(.truncated, at: offset)
        }
        guard count % marginCount == 0 else {
            throw TreeEnsembleFault(
                .inconsistent("\(count) trees in rounds of \(marginCount)"), field: "num_tree_per_iteration",
                at: offset)
        }
    }
}
