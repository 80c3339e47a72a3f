import LinuxSystem

/// Explains margins: what each feature adds to the mean of the training rows, as path-dependent TreeSHAP defines it.
///
/// The contributions of a row and the mean add up to the margin. Of an isolation forest, which has no margin that trees
/// add up to, the mean path length is explained, as `shap.TreeExplainer` does.
///
/// Walks compute in float64, or in float32 where that is the precision of the output or of the trainer's sums and
/// `ContributionRounding` finds it exact enough for the row. A row has the same bits on every instruction set and
/// beside any other rows. The kernel's file explains the method.
///
/// - Isolation: immutable; any thread, with a scratch of its own.
/// - Source: Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees",
///   algorithm 2; its values as xgboost's `pred_contribs`, LightGBM's `pred_contrib`, CatBoost's `ShapValues`.
package final class ContributionEvaluator: Sendable {
    /// Values of a row.
    package let featureCount: Int
    /// Margins of a row.
    package let marginCount: Int

    /// Contributions of a row: for each margin one for each feature, then the mean.
    package var rowElementCount: Int { marginCount * (featureCount + 1) }

    /// Serves forests of oblivious trees, if their tables are not too large.
    let oblivious: ObliviousContributions?
    /// Walks all other trees.
    let forest: ContributionForest
    /// How exact float32 lanes are; nil where they never serve.
    let rounding: ContributionRounding?
    /// Walk single rows, where the lanes serve an output.
    let floatRows: ContributionRows?
    let doubleRows: ContributionRows?
    /// Whether float32 lanes serve outputs of float64 too, because the trainer adds up float32.
    private let sumsFloats: Bool
    private let translation: RowTranslation?
    let targets: [ContributionLayout.Target]
    /// What the sums of trees are multiplied with.
    let scale: Double
    /// What the contributions of a margin add to.
    let means: [Double]

    /// Bytes of the tables that explain; the scratch of threads is not counted.
    package var tableByteCount: Int {
        forest.byteCount + (floatRows?.byteCount ?? 0) + (doubleRows?.byteCount ?? 0)
            + (oblivious?.tableByteCount ?? 0) + (translation?.byteCount ?? 0) + targets.byteCount + means.byteCount
    }

    /// Whether rows of float32 are translated too.
    var translates: Bool { translation != nil }

    /// Makes a forest ready to be explained.
    ///
    /// - Complexity: proportional to the nodes; allocates tables.
    /// - Throws: why it cannot be.
    /// - Precondition: this machine has the instruction set.
    package convenience init(
        _ ensemble: TreeEnsemble, instructionSet: InstructionSet
    ) throws(ContributionRefusal) {
        try self.init(ensemble, instructionSet: instructionSet, nodeLimit: ContributionLimits.nodeCount)
    }

    /// The same with another limit than `ContributionLimits.nodeCount`.
    ///
    /// - Parameter originalFeatures: of each feature the one for which it stands, where several stand for one; then
    ///   trees are walked in any case.
    /// - Parameter lanes: what walks may compute with.
    init(
        _ ensemble: TreeEnsemble, instructionSet: InstructionSet, nodeLimit: Int = ContributionLimits.nodeCount,
        originalFeatures: [Int]? = nil, lanes: Set<ContributionLanes> = [.float32, .float64]
    ) throws(ContributionRefusal) {
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        let forest = try Self.checked(ensemble)
        let translated = forest.translated()
        let kernelForest = translated?.forest ?? forest
        translation = translated?.rows
        let features = translated?.rows.columns.map(\.feature) ?? originalFeatures ?? Array(0..<ensemble.featureCount)
        oblivious =
            originalFeatures == nil
            ? ObliviousContributions(kernelForest, originalFeatures: features, instructionSet: instructionSet) : nil
        // What the tables serve is not walked.
        let walked = oblivious == nil ? kernelForest : kernelForest.keeping(iterations: 0..<0)
        let nodes = try Self.nodes(of: walked, limit: nodeLimit)
        self.forest = ContributionForest(nodes, originalFeatures: features, instructionSet: instructionSet)
        targets = oblivious?.targets ?? self.forest.targets
        let scale = Self.scale(of: ensemble)
        self.scale = scale
        let isIsolation = ensemble.task == .isolation
        let means = zip(ensemble.baseMargins, oblivious?.means ?? self.forest.means).map { base, mean in
            (isIsolation ? 0 : base) + mean * scale
        }
        self.means = means
        sumsFloats = ensemble.sumPrecision == .float32
        rounding =
            oblivious == nil && lanes.contains(.float32)
            ? ContributionRounding(of: self.forest, scale: scale, means: means) : nil
        // Tables of oblivious trees are computed in blocks.
        let walksRows = oblivious == nil && originalFeatures == nil
        floatRows = walksRows && rounding != nil ? ContributionRows(of: self.forest, .float32) : nil
        let usesDoubles = rounding == nil || !sumsFloats
        doubleRows = walksRows && usesDoubles ? ContributionRows(of: self.forest, .float64) : nil
    }

    /// The forest with leaves of one value, if it can be explained.
    private static func checked(_ ensemble: TreeEnsemble) throws(ContributionRefusal) -> TreeEnsemble {
        guard ensemble.summation.absentLeaf == nil else { throw .kind(what: "the least or greatest leaf") }
        guard ensemble.linearLeaves == nil else { throw .kind(what: "leaves that are linear functions") }
        guard ensemble.hasCovers else { throw .noCovers }
        let rowElementCount = ensemble.marginCount * (ensemble.featureCount + 1)
        guard rowElementCount <= ContributionLimits.rowElementCount else {
            throw .limit(
                what: "contributions of a row", value: rowElementCount, limit: ContributionLimits.rowElementCount)
        }
        guard ensemble.covers.allSatisfy({ $0 >= 0 }), ensemble.leafWeights.allSatisfy({ $0 >= 0 }) else {
            throw .negativeCover
        }
        return ensemble.separatedByMargin()
    }

    private static func nodes(of forest: TreeEnsemble, limit: Int) throws(ContributionRefusal) -> TreeEnsemble {
        guard let nodes = forest.expandedToNodes(nodeLimit: limit) else {
            throw .limit(what: "nodes", value: forest.leafCount * 2 - forest.treeCount, limit: limit)
        }
        return nodes
    }

    private static func scale(of ensemble: TreeEnsemble) -> Double {
        if ensemble.task == .isolation { return 1 / Double(max(ensemble.treeCount, 1)) }
        switch ensemble.summation {
        case .baseFirst: return 1
        case .baseLast(let scale): return scale
        case .average(let divisor): return 1 / divisor
        case .least, .greatest: preconditionFailure("a minimum or maximum is refused")
        }
    }

    /// Makes the memory that one thread needs to call this evaluator.
    package func makeScratch() -> ContributionScratch {
        ContributionScratch(of: self)
    }

    /// Computes the contributions of rows.
    ///
    /// - Shape: `rows` holds at least rowCount × featureCount values, row-major; `contributions` at least rowCount ×
    ///   marginCount × (featureCount + 1), row-major, the mean behind the features.
    /// - Units: those of the margin.
    /// - Complexity: rows × inner nodes × half the features of the longest path; no allocation.
    /// - Precondition: the spans are long enough and the scratch was made by this evaluator.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    package func evaluate<Element: ContributionElement>(
        rows: Span<Float>, rowCount: Int, scratch: ContributionScratch, contributions: inout MutableSpan<Element>
    ) {
        check(rowCount, valueCount: rows.count, scratch, elementCount: contributions.count)
        let lanes = lanes(for: Element.self)
        forEachBlock(of: rowCount, lanes) { block in
            let rows = rows.extracting((block.lowerBound * featureCount)...)
            guard let translation else { return explain(block, rows, lanes, scratch, &contributions) }
            scratch.translated.withMutableSpan { translated in
                translation.translate(rows: rows, rowCount: block.count, into: &translated)
            }
            scratch.translated.withSpan { explain(block, $0, lanes, scratch, &contributions) }
        }
    }

    /// Computes the contributions of rows of doubles.
    ///
    /// - Shape: as above.
    /// - Precondition: as above, and the forest compares doubles.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    package func evaluate<Element: ContributionElement>(
        rows: Span<Double>, rowCount: Int, scratch: ContributionScratch, contributions: inout MutableSpan<Element>
    ) {
        guard let translation else { preconditionFailure("only a forest that compares doubles is given doubles") }
        check(rowCount, valueCount: rows.count, scratch, elementCount: contributions.count)
        let lanes = lanes(for: Element.self)
        forEachBlock(of: rowCount, lanes) { block in
            scratch.translated.withMutableSpan { translated in
                translation.translate(
                    rows: rows.extracting((block.lowerBound * featureCount)...), rowCount: block.count,
                    into: &translated)
            }
            scratch.translated.withSpan { explain(block, $0, lanes, scratch, &contributions) }
        }
    }

    /// The lanes that serve an output.
    func lanes<Element: ContributionElement>(for _: Element.Type) -> ContributionLanes {
        rounding != nil && (sumsFloats || Element.self == Float.self) ? .float32 : .float64
    }

    private func check(_ rowCount: Int, valueCount: Int, _ scratch: ContributionScratch, elementCount: Int) {
        precondition(rowCount >= 0 && valueCount >= rowCount * featureCount, "rows are featureCount values each")
        precondition(elementCount >= rowCount * rowElementCount, "there is room for every row's contributions")
        precondition(scratch.evaluator === self, "the scratch was made by this evaluator")
    }

    private func forEachBlock(of rowCount: Int, _ lanes: ContributionLanes, _ body: (Range<Int>) -> Void) {
        let blockRowCount = forest.blockRowCount(lanes)
        var first = 0
        while first < rowCount {
            let end = min(first + blockRowCount, rowCount)
            body(first..<end)
            first = end
        }
    }
}
