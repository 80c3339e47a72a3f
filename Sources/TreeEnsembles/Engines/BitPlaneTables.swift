import CVectorPrimitives
import LinuxSystem

/// The tables of the block kernel, which the engine keeps.
struct BitPlaneTables: ~Copyable, Sendable {
    /// First condition of every column, and the condition count.
    let conditionStarts: AlignedArray<UInt32>
    let thresholds: AlignedArray<Float>
    let searches: AlignedArray<rowan_rank_search>
    let searchTables: AlignedArray<Float>
    let groups: AlignedArray<rowan_plane_group>
    let planeOffsets: AlignedArray<UInt32>
    /// Leaf values as the instruction set's kernel wants them.
    let leaves: AlignedArray<UInt64>
    /// The same thresholds, each column's filled up with NaN to whole vectors of sixteen, for the row kernel.
    let vectorThresholds: AlignedArray<Float>
    /// Column of each vector of thresholds.
    let vectorColumns: AlignedArray<UInt32>
    /// The row kernel's counterpart of `planeOffsets`.
    let answerPlaces: AlignedArray<UInt16>
    /// Leaf values in order, in the precision of sums; the other array is empty.
    let rowLeavesFloat: AlignedArray<Float>
    let rowLeavesDouble: AlignedArray<Double>

    var conditionCount: Int { thresholds.count }
    var vectorCount: Int { vectorColumns.count }

    init(_ layout: BitPlaneLayout) {
        conditionStarts = AlignedArray(copying: layout.conditionStarts.span, filler: 0)
        thresholds = AlignedArray(copying: layout.thresholds.span, filler: 0)
        let ranks = RankSearchLayout(conditionStarts: layout.conditionStarts, thresholds: layout.thresholds)
        searches = AlignedArray(copying: ranks.searches.span, filler: rowan_rank_search())
        searchTables = AlignedArray(copying: ranks.tables.span, filler: .nan)
        groups = AlignedArray(copying: layout.groups.span, filler: rowan_plane_group())
        planeOffsets = AlignedArray(copying: layout.planeOffsets.span, filler: 0)
        leaves = AlignedArray(copying: layout.leaves.span, filler: 0)
        vectorThresholds = AlignedArray(copying: layout.vectorThresholds.span, filler: .nan)
        vectorColumns = AlignedArray(copying: layout.vectorColumns.span, filler: 0)
        answerPlaces = AlignedArray(copying: layout.answerPlaces.span, filler: 0)
        rowLeavesFloat = AlignedArray(copying: layout.rowLeavesFloat.span, filler: 0)
        rowLeavesDouble = AlignedArray(copying: layout.rowLeavesDouble.span, filler: 0)
    }
}

/// A forest laid out for the block kernel: its different conditions, and trees as references to them.
///
/// - Shape: conditions stand by column, within a column in the order of their thresholds; a last plane of zeros serves
///   questions that nothing answers with yes.
struct BitPlaneLayout {
    private(set) var conditionStarts: [UInt32]
    private(set) var thresholds: [Float]
    private(set) var groups: [rowan_plane_group]
    private(set) var planeOffsets: [UInt32] = []
    private(set) var leaves: [UInt64] = []
    private(set) var vectorThresholds: [Float] = []
    private(set) var vectorColumns: [UInt32] = []
    private(set) var answerPlaces: [UInt16] = []
    private(set) var rowLeavesFloat: [Float] = []
    private(set) var rowLeavesDouble: [Double] = []

    /// Lays out a forest.
    ///
    /// - Throws: what exceeds `EngineLimits`.
    init(of ensemble: TreeEnsemble, columns: EngineColumns, kernels: KernelTable) throws(EngineRefusal) {
        try Self.checkDepths(of: ensemble)
        let drafts = (0..<ensemble.treeCount).map { DraftTree(tree: $0, of: ensemble, columns: columns) }
        groups = Self.grouped(drafts, margins: ensemble.treeMargins)
        let leafCount = groups.reduce(0) { $0 + Int($1.tree_count) * DraftTree.paddedLeafCount(depth: Int($1.depth)) }
        try Self.check("leaves after padding", leafCount, EngineLimits.paddedLeafCount)
        let conditions = Set(drafts.flatMap { $0.conditions.compactMap(\.self) }).sorted {
            ($0.column, $0.threshold) < ($1.column, $1.threshold)
        }
        try Self.check("different conditions", conditions.count, EngineLimits.conditionCount)
        thresholds = conditions.map(\.threshold)
        conditionStarts = Array(repeating: 0, count: columns.count + 1)
        for condition in conditions { conditionStarts[Int(condition.column) + 1] += 1 }
        for column in 0..<columns.count { conditionStarts[column + 1] += conditionStarts[column] }
        try addVectors(columnCount: columns.count)
        addTrees(drafts, conditions: conditions, precision: ensemble.sumPrecision, kernels: kernels)
    }

    /// Fills the row kernel's vectors of thresholds.
    private mutating func addVectors(columnCount: Int) throws(EngineRefusal) {
        for column in 0..<columnCount {
            let range = Int(conditionStarts[column])..<Int(conditionStarts[column + 1])
            for first in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
                let end = min(first + 16, range.upperBound)
                vectorThresholds += thresholds[first..<end]
                vectorThresholds += Array(repeating: .nan, count: first + 16 - end)
                vectorColumns.append(UInt32(column))
            }
        }
        // One place behind the vectors is the answer no.
        try Self.check("answers", vectorThresholds.count + 1, EngineLimits.answerCount)
    }

    /// Writes the trees as references to their conditions, group by group.
    private mutating func addTrees(
        _ drafts: [DraftTree], conditions: [EngineColumns.Condition], precision: TreeEnsemble.Precision,
        kernels: KernelTable
    ) {
        // Distances of planes count in units of eight bytes.
        let planeUnits = kernels.blockRowCapacity / 64
        var references: [EngineColumns.Condition: (offset: UInt32, place: UInt16)] = [:]
        var place = 0
        for (index, condition) in conditions.enumerated() {
            // A column's conditions begin on a whole vector.
            if index > 0 && condition.column != conditions[index - 1].column { place = (place + 15) / 16 * 16 }
            references[condition] = (UInt32(index * planeUnits), UInt16(place))
            place += 1
        }
        let never = (offset: UInt32(conditions.count * planeUnits), place: UInt16(vectorThresholds.count))
        var tree = 0
        for group in groups {
            for _ in 0..<group.tree_count {
                let draft = drafts[tree].padded(toDepth: Int(group.depth))
                for condition in draft.conditions {
                    let reference = condition.flatMap { references[$0] } ?? never
                    planeOffsets.append(reference.offset)
                    answerPlaces.append(reference.place)
                }
                append(draft.leaves, precision: precision, kernels: kernels)
                tree += 1
            }
        }
    }

    /// Appends the leaves of one tree, arranged for the kernel.
    private mutating func append(_ values: [Double], precision: TreeEnsemble.Precision, kernels: KernelTable) {
        let isFloat = precision == .float32
        if isFloat { rowLeavesFloat += values.map { Float($0) } } else { rowLeavesDouble += values }
        // A tree has a multiple of sixteen leaves.
        var packed = [UInt64](repeating: 0, count: isFloat ? values.count / 2 : values.count)
        unsafe packed.withUnsafeMutableBytes { packed in
            guard let target = packed.baseAddress else { return }
            if isFloat {
                let floats = values.map { Float($0) }
                unsafe floats.withUnsafeBufferPointer { floats in
                    guard let source = floats.baseAddress else { return }
                    // The target has four bytes for each value.
                    unsafe kernels.packFloats(source, floats.count, target)
                }
            } else {
                unsafe values.withUnsafeBufferPointer { values in
                    guard let source = values.baseAddress else { return }
                    // The target has eight bytes for each value.
                    unsafe kernels.packDoubles(source, values.count, target)
                }
            }
        }
        leaves += packed
    }

    /// Refuses deep trees and large forests before any memory is taken for them.
    private static func checkDepths(of ensemble: TreeEnsemble) throws(EngineRefusal) {
        var deepest = 0
        var leafCount = 0
        for tree in 0..<ensemble.treeCount {
            let depth = DraftTree.depth(ofTree: tree, of: ensemble)
            deepest = max(deepest, depth)
            leafCount += DraftTree.paddedLeafCount(depth: min(depth, EngineLimits.planeTreeDepth))
        }
        try check("levels in a tree", deepest, EngineLimits.planeTreeDepth)
        try check("leaves after padding", leafCount, EngineLimits.paddedLeafCount)
    }

    private static func check(_ what: String, _ value: Int, _ limit: Int) throws(EngineRefusal) {
        guard value <= limit else {
            throw EngineRefusal(
                engine: BitPlaneEngine.name, reason: .limit(what: what, value: value, limit: limit))
        }
    }

    /// Groups of up to four neighbouring trees of one margin, padded to the deepest of them.
    private static func grouped(_ drafts: [DraftTree], margins: [Int32]) -> [rowan_plane_group] {
        var groups: [rowan_plane_group] = []
        var first = 0
        var firstOffset = 0
        var firstLeaf = 0
        while first < drafts.count {
            var end = first
            while end < min(first + 4, drafts.count) && margins[end] == margins[first] { end += 1 }
            let depth = drafts[first..<end].map(\.depth).max() ?? 1
            groups.append(
                rowan_plane_group(
                    first_plane_offset: UInt32(firstOffset), first_leaf: UInt32(firstLeaf), depth: UInt32(depth),
                    tree_count: UInt32(end - first), margin: UInt32(margins[first])))
            firstOffset += (end - first) * (drafts[first].isOblivious ? depth : 1 << depth)
            firstLeaf += (end - first) * DraftTree.paddedLeafCount(depth: depth)
            first = end
        }
        return groups
    }
}
