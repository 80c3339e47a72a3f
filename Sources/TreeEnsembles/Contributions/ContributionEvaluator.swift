import CVectorPrimitives
import LinuxSystem

/// Explains margins: what each feature adds to the mean of the training rows, as path-dependent TreeSHAP defines it.
///
/// The contributions of a row and the mean add up to the margin. Of an isolation forest, which has no margin that trees
/// add up to, the mean path length is explained, as `shap.TreeExplainer` does.
///
/// Everything is computed in float64, whatever the trainer sums in, and has the same bits on every instruction set and
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

    let kernels: KernelTable
    let tables: ContributionTables
    let targetCount: Int
    let levelCount: Int
    /// Rows that the kernel takes at a time.
    let blockRowCount: Int
    /// Values of a row as the kernel takes it.
    let kernelFeatureCount: Int
    /// Serves forests of oblivious trees, if their tables are not too large.
    let oblivious: ObliviousContributions?
    private let translation: RowTranslation?
    private let targets: [ContributionLayout.Target]
    /// What the sums of trees are multiplied with.
    private let scale: Double
    /// What the contributions of a margin add to.
    private let means: [Double]

    /// Vectors of a block at most: more share what each step of a walk costs.
    private static let blockVectorLimit = 8
    /// Bytes of the numbers of all levels of the deepest walk: a share of the second-level cache.
    ///
    /// Most walks end far above the deepest level.
    private static let levelByteCount = 1 << 17

    /// Bytes of the tables that explain; the scratch of threads is not counted.
    package var tableByteCount: Int {
        tables.byteCount + (oblivious?.tableByteCount ?? 0) + (translation?.byteCount ?? 0) + targets.byteCount
            + means.byteCount
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
    init(
        _ ensemble: TreeEnsemble, instructionSet: InstructionSet, nodeLimit: Int, originalFeatures: [Int]? = nil
    ) throws(ContributionRefusal) {
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        let forest = try Self.checked(ensemble)
        let translated = forest.translated()
        let kernelForest = translated?.forest ?? forest
        translation = translated?.rows
        kernelFeatureCount = kernelForest.featureCount
        let features = translated?.rows.columns.map(\.feature) ?? originalFeatures ?? Array(0..<ensemble.featureCount)
        oblivious =
            originalFeatures == nil
            ? ObliviousContributions(kernelForest, originalFeatures: features, instructionSet: instructionSet) : nil
        // What the tables serve is not walked.
        let walked = oblivious == nil ? kernelForest : kernelForest.keeping(iterations: 0..<0)
        let nodes = try Self.nodes(of: walked, limit: nodeLimit)
        let columns = EngineColumns(of: nodes)
        let layout = ContributionLayout(nodes, columns: columns, originalFeatures: features)
        targets = oblivious?.targets ?? layout.targets
        targetCount = targets.count
        levelCount = layout.levelCount
        tables = ContributionTables(layout, columns: columns)
        kernels = KernelTable.forInstructionSet(instructionSet)
        let vectorRowCount = kernels.shapleyVectorRowCount
        let vectorByteCount = max(levelCount * 3 * tables.walkPointCount, 1) * vectorRowCount * 8
        blockRowCount = vectorRowCount * max(1, min(Self.blockVectorLimit, Self.levelByteCount / vectorByteCount))
        let scale = Self.scale(of: ensemble)
        self.scale = scale
        let isIsolation = ensemble.task == .isolation
        means = zip(ensemble.baseMargins, oblivious?.means ?? layout.means).map { base, mean in
            (isIsolation ? 0 : base) + mean * scale
        }
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
        forEachBlock(of: rowCount) { block in
            if let translation {
                scratch.translated.withMutableSpan { translated in
                    translation.translate(
                        rows: rows.extracting((block.lowerBound * featureCount)...), rowCount: block.count,
                        into: &translated)
                }
                scratch.translated.withSpan { compute(rows: $0, rowCount: block.count, scratch) }
            } else {
                compute(
                    rows: rows.extracting((block.lowerBound * featureCount)...), rowCount: block.count, scratch)
            }
            write(block, scratch, &contributions)
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
        forEachBlock(of: rowCount) { block in
            scratch.translated.withMutableSpan { translated in
                translation.translate(
                    rows: rows.extracting((block.lowerBound * featureCount)...), rowCount: block.count,
                    into: &translated)
            }
            scratch.translated.withSpan { compute(rows: $0, rowCount: block.count, scratch) }
            write(block, scratch, &contributions)
        }
    }

    private func check(_ rowCount: Int, valueCount: Int, _ scratch: ContributionScratch, elementCount: Int) {
        precondition(rowCount >= 0 && valueCount >= rowCount * featureCount, "rows are featureCount values each")
        precondition(elementCount >= rowCount * rowElementCount, "there is room for every row's contributions")
        precondition(scratch.evaluator === self, "the scratch was made by this evaluator")
    }

    private func forEachBlock(of rowCount: Int, _ body: (Range<Int>) -> Void) {
        var first = 0
        while first < rowCount {
            let end = min(first + blockRowCount, rowCount)
            body(first..<end)
            first = end
        }
    }

    private func compute(rows: Span<Float>, rowCount: Int, _ scratch: ContributionScratch) {
        if let oblivious {
            guard let treeScratch = scratch.treeScratch else { preconditionFailure("the scratch finds leaves") }
            scratch.leaves.withMutableSpan { leaves in
                oblivious.engine.leafIndices(rows: rows, rowCount: rowCount, scratch: treeScratch, leaves: &leaves)
            }
            scratch.leaves.withSpan { leaves in
                scratch.sums.withMutableSpan { oblivious.addUp(leaves: leaves, rowCount: rowCount, into: &$0) }
            }
            return
        }
        // Rows of a forest without features have no values; nothing is read from the address.
        unsafe rows.withUnsafeBufferPointer { buffer in
            if let first = buffer.baseAddress { unsafe scratch.block.rows = first }
            // The rows fit a block, which the scratch, made by this evaluator, has room for.
            unsafe scratch.block.row_count = rowCount
            unsafe scratch.block.vector_count = vectorCount(ofRows: rowCount)
            unsafe kernels.computeShapleyValues(scratch.block)
        }
    }

    /// Vectors that hold some rows.
    private func vectorCount(ofRows rowCount: Int) -> Int {
        (rowCount + kernels.shapleyVectorRowCount - 1) / kernels.shapleyVectorRowCount
    }

    private func write<Element: ContributionElement>(
        _ block: Range<Int>, _ scratch: ContributionScratch, _ contributions: inout MutableSpan<Element>
    ) {
        let width = featureCount + 1
        for index in block.lowerBound * rowElementCount..<block.upperBound * rowElementCount {
            contributions[index] = 0
        }
        for row in block {
            for margin in 0..<marginCount {
                contributions[row * rowElementCount + margin * width + featureCount] = Element(means[margin])
            }
        }
        // The kernel leaves the rows of a sum side by side, the tables the sums of a row.
        let stride =
            oblivious == nil
            ? (sum: vectorCount(ofRows: block.count) * kernels.shapleyVectorRowCount, row: 1)
            : (sum: 1, row: targetCount)
        scratch.sums.withSpan { sums in
            for (index, target) in targets.enumerated() {
                let offset = target.margin * width + target.feature
                for row in block {
                    let sum = sums[index * stride.sum + (row - block.lowerBound) * stride.row]
                    contributions[row * rowElementCount + offset] = Element(sum * scale)
                }
            }
        }
    }
}
