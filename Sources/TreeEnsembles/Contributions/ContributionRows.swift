import CVectorPrimitives
import LinuxSystem

/// A forest as single rows are walked through it: nodes side by side in a vector, with one kind of lanes.
///
/// It computes the bits of `ContributionForest`, for which it stands in where rows are few.
///
/// - Isolation: immutable; any thread, with memory of its own.
final class ContributionRows: Sendable {
    /// What it was made of; its tables have the points and the columns.
    let forest: ContributionForest
    let lanes: ContributionLanes
    /// Rows of a block up to which it is faster than the vectors of rows.
    let rowLimit: Int
    let groups: AlignedArray<rowan_shapley_group>
    let vectors: AlignedArray<rowan_shapley_lanes>
    /// What lanes have of each as doubles or as floats; the other is empty.
    let numbers: AlignedArray<Double>
    let floatNumbers: AlignedArray<Float>
    let indices: AlignedArray<UInt32>
    let moves: AlignedArray<UInt8>
    let terms: AlignedArray<rowan_shapley_term>
    let trees: AlignedArray<rowan_shapley_tree_terms>
    let runEnds: AlignedArray<UInt32>
    /// Numbers between the points of a group: the slots of the largest, and a vector more.
    let slotStride: Int
    /// What all walks add, number by number.
    let contributionCount: Int
    /// Slots of all groups.
    let slotCount: Int

    /// Bytes of the products of a group: with their factors they stay in the nearest cache.
    private static let groupByteCount = 1 << 14

    var byteCount: Int {
        groups.byteCount + vectors.byteCount + numbers.byteCount + floatNumbers.byteCount + indices.byteCount
            + moves.byteCount + terms.byteCount + trees.byteCount + runEnds.byteCount
    }

    /// Lays a forest out, or nil if what its nodes add would be too much memory for every thread.
    convenience init?(
        of forest: ContributionForest, _ lanes: ContributionLanes,
        contributionLimit: Int = ContributionLimits.rowContributionCount
    ) {
        // Padding is less than the nodes, but for forests of few.
        guard forest.tables.trees.count > 0, forest.tables.nodes.count <= contributionLimit else { return nil }
        let numberByteCount = lanes == .float32 ? MemoryLayout<Float>.stride : MemoryLayout<Double>.stride
        let layout = ContributionRowLayout(
            forest.tables, laneCount: forest.kernel(lanes).rowCount, contributionLimit: contributionLimit,
            groupNodeLimit: { Self.groupByteCount / ($0 * numberByteCount) })
        guard let layout else { return nil }
        self.init(layout, of: forest, lanes)
    }

    private init(_ layout: ContributionRowLayout, of forest: ContributionForest, _ lanes: ContributionLanes) {
        let laneCount = forest.kernel(lanes).rowCount
        slotCount = layout.slotCount
        contributionCount = layout.contributionCount
        self.forest = forest
        self.lanes = lanes
        // With eight lanes, a vector of rows costs as much as five or six rows alone; with four, as three.
        rowLimit = laneCount / 2 + 1
        slotStride = layout.groupSlotCount + laneCount
        groups = AlignedArray(copying: layout.groups.span, filler: rowan_shapley_group())
        vectors = AlignedArray(copying: layout.vectors.span, filler: rowan_shapley_lanes())
        let isFloat = lanes == .float32
        let floats: [Float] = isFloat ? layout.numbers.map { Float($0) } : []
        let doubles: [Double] = isFloat ? [] : layout.numbers
        floatNumbers = AlignedArray(copying: floats.span, filler: 0)
        numbers = AlignedArray(copying: doubles.span, filler: 0)
        indices = AlignedArray(copying: layout.indices.span, filler: 0)
        moves = AlignedArray(copying: layout.moves.span, filler: 0)
        terms = AlignedArray(copying: layout.terms.span, filler: rowan_shapley_term())
        trees = AlignedArray(copying: layout.treeTerms.span, filler: rowan_shapley_tree_terms())
        // Only floats are added up in runs.
        let ends = (isFloat ? forest.runEnds : [forest.tables.trees.count]).map { UInt32($0) }
        runEnds = AlignedArray(copying: ends.span, filler: 0)
    }

    /// Adds up the Shapley values of a row, before scale and without the mean, into the sums of the memory.
    ///
    /// - Precondition: the row has a value for each feature, and the memory was made for these.
    func addUp(_ row: Span<Float>, _ memory: ContributionRowMemory) {
        precondition(row.count >= forest.featureCount && memory.rows === self, "a row of the forest")
        // The row stays where it is; one of a forest without features has no address.
        unsafe row.withUnsafeBufferPointer { unsafe memory.run($0.baseAddress) }
    }
}
