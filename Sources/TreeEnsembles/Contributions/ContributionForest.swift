import CVectorPrimitives
import LinuxSystem

/// A forest of nodes that walks go through: adds up the Shapley values of a few rows over all trees.
///
/// - Isolation: immutable; any thread, with memory of its own.
final class ContributionForest: Sendable {
    let tables: ContributionTables
    /// What the sums are, by their index.
    let targets: [ContributionLayout.Target]
    /// Mean of each margin over the training rows, before base and scale.
    let means: [Double]
    /// Inner nodes on the longest path.
    let levelCount: Int
    /// Values of a row.
    let featureCount: Int
    /// Vectors of a full block.
    let vectorCount: Int
    private let kernels: KernelTable
    /// Where runs of trees end whose sums float32 lanes add up before they go to the doubles.
    let runEnds: [Int]

    /// Vectors of a block at most: more share what each step of a walk costs.
    private static let vectorLimit = 8
    /// Bytes of the numbers of all levels of the deepest walk: a share of the second-level cache.
    ///
    /// Most walks end far above the deepest level.
    private static let levelByteCount = 1 << 17
    /// Bytes of the sums of a block of float32 lanes, with the doubles to which they are added.
    ///
    /// Reason: memory of each thread; only rows of more than ten thousand contributions come near it.
    private static let sumByteCount = 1 << 24
    /// Trees of a run: float32 adds few numbers to each sum, and few times are all sums gone through.
    private static let runTreeCount = 16

    var byteCount: Int { tables.byteCount + targets.byteCount + means.byteCount + runEnds.byteCount }

    /// Lays a forest out.
    ///
    /// - Parameter originalFeatures: of each feature of the forest, the feature as clients know it.
    /// - Precondition: nodes with leaves of one value, numerical questions, and covers; this machine has the
    ///   instruction set.
    init(_ nodes: TreeEnsemble, originalFeatures: [Int], instructionSet: InstructionSet) {
        let columns = EngineColumns(of: nodes)
        let layout = ContributionLayout(nodes, columns: columns, originalFeatures: originalFeatures)
        targets = layout.targets
        means = layout.means
        levelCount = layout.levelCount
        featureCount = nodes.featureCount
        tables = ContributionTables(layout, columns: columns)
        kernels = KernelTable.forInstructionSet(instructionSet)
        let vectorByteCount = kernels.shapleyDoubles.rowCount * MemoryLayout<Double>.stride
        let levels = max(levelCount * 3 * tables.walkPointCount, 1) * vectorByteCount
        let sums = max(targets.count, 1) * vectorByteCount * 3
        vectorCount = max(1, min(Self.vectorLimit, Self.levelByteCount / levels, Self.sumByteCount / sums))
        runEnds = Self.runEnds(layout)
    }

    /// Ends of runs of trees: runs have as many steps as there are sums, so that adding these up is cheap beside them.
    private static func runEnds(_ layout: ContributionLayout) -> [Int] {
        var ends: [Int] = []
        var (treeCount, stepCount) = (0, 0)
        for (index, tree) in layout.trees.enumerated() {
            treeCount += 1
            stepCount += Int(tree.step_count)
            guard index + 1 == layout.trees.count || (treeCount >= runTreeCount && stepCount >= layout.targets.count)
            else { continue }
            ends.append(index + 1)
            (treeCount, stepCount) = (0, 0)
        }
        return ends
    }

    func kernel(_ lanes: ContributionLanes) -> KernelTable.ShapleyKernel {
        lanes == .float32 ? kernels.shapleyFloats : kernels.shapleyDoubles
    }

    /// Columns that the trees compare.
    var columnCount: Int { tables.columnFeatures.count }

    /// Rows of a full block.
    func blockRowCount(_ lanes: ContributionLanes) -> Int { vectorCount * kernel(lanes).rowCount }

    /// Adds up the Shapley values of rows, before scale and without the mean, into the sums of the memory.
    ///
    /// - Shape: `rows` is at least rowCount × featureCount, row-major. The sums are targets × stride, of which the
    ///   first rowCount of each target count.
    /// - Returns: the stride.
    /// - Precondition: the rows fit a block, and the memory was made for this forest.
    func addUp(_ rows: Span<Float>, rowCount: Int, _ lanes: ContributionLanes, _ memory: ContributionMemory) -> Int {
        precondition(
            rowCount <= blockRowCount(lanes) && rows.count >= rowCount * featureCount && memory.forest === self,
            "rows of a block")
        let kernel = kernel(lanes)
        let vectorCount = (rowCount + kernel.rowCount - 1) / kernel.rowCount
        let sumCount = targets.count * vectorCount * kernel.rowCount
        // The rows stay where they are until the last tree; those of a forest without features have no address.
        unsafe rows.withUnsafeBufferPointer { buffer in
            unsafe memory.begin(buffer.baseAddress, rowCount: rowCount, vectorCount: vectorCount, lanes)
            guard lanes == .float32 else { return memory.run(kernel, trees: 0..<tables.trees.count) }
            memory.clearSums(sumCount)
            var first = 0
            for end in runEnds {
                memory.run(kernel, trees: first..<end)
                memory.addFloatSums(sumCount)
                first = end
            }
        }
        return vectorCount * kernel.rowCount
    }
}
