import CVectorPrimitives
import LinuxSystem

/// The tables of the ranked row kernel, which the engine keeps.
struct RankedRowTables: ~Copyable, Sendable {
    let features: AlignedArray<UInt32>
    let tableStarts: AlignedArray<UInt32>
    let tables: AlignedArray<Float>
    let questions: AlignedArray<UInt8>
    /// Leaf values in the precision of sums; the other array is empty.
    let leavesFloat: AlignedArray<Float>
    let leavesDouble: AlignedArray<Double>
    let treeCount: Int
    let depth: Int

    init(_ layout: RankedRowLayout) {
        features = AlignedArray(copying: layout.features.span, filler: 0)
        tableStarts = AlignedArray(copying: layout.tableStarts.span, filler: 0)
        tables = AlignedArray(copying: layout.tables.span, filler: .nan)
        questions = AlignedArray(copying: layout.questions.span, filler: 0)
        leavesFloat = AlignedArray(copying: layout.leavesFloat.span, filler: 0)
        leavesDouble = AlignedArray(copying: layout.leavesDouble.span, filler: 0)
        treeCount = layout.treeCount
        depth = layout.depth
    }

    /// The kernel's description of these tables and of a thread's memory.
    ///
    /// - Ownership: valid as long as these tables and the memory live.
    @unsafe
    func kernelRow(
        ranks: UnsafeMutablePointer<UInt8>, answers: UnsafeMutablePointer<UInt64>,
        numbers: UnsafeMutablePointer<UInt64>, sum: UnsafeMutablePointer<Double>, isOblivious: Bool,
        precision: TreeEnsemble.Precision
    ) -> rowan_ranked_row {
        // Addresses of these tables and of the caller's memory, which the kernel reads and writes while both live.
        let leaves =
            unsafe precision == .float32
            ? UnsafeRawPointer(leavesFloat.unsafeAddress) : UnsafeRawPointer(leavesDouble.unsafeAddress)
        return unsafe rowan_ranked_row(
            features: features.unsafeAddress, column_count: features.count, table_starts: tableStarts.unsafeAddress,
            tables: tables.unsafeAddress, ranks: ranks, questions: questions.unsafeAddress, tree_count: treeCount,
            depth: UInt32(depth), trees_are_oblivious: isOblivious ? 1 : 0, leaves: leaves, answers: answers,
            leaf_numbers: numbers, sum: sum)
    }
}

/// A forest laid out for the ranked row kernel.
///
/// A row without missing values needs one column per feature, wherever missing values would go.
struct RankedRowLayout {
    private(set) var features: [UInt32] = []
    private(set) var tableStarts: [UInt32] = []
    private(set) var tables: [Float] = []
    private(set) var questions: [UInt8] = []
    private(set) var leavesFloat: [Float] = []
    private(set) var leavesDouble: [Double] = []
    let treeCount: Int
    /// Of every tree, after padding.
    let depth: Int

    /// A column and the number of a threshold in it.
    private struct Question {
        var column: UInt8 = 0
        var threshold: UInt8 = .max
    }

    private struct Condition: Hashable {
        var feature: UInt32
        var thresholdBits: UInt32
    }

    /// Lays out a forest; nil if it is not of the kernel's kind, and then nothing is lost but speed.
    ///
    /// - Precondition: the forest is within the limits of the bit planes.
    init?(of ensemble: TreeEnsemble, columns: EngineColumns) {
        let drafts = (0..<ensemble.treeCount).map { DraftTree(tree: $0, of: ensemble, columns: columns) }
        let isOblivious = ensemble.form == .oblivious
        let deepest = drafts.map(\.depth).max() ?? 0
        treeCount = drafts.count
        depth = isOblivious ? deepest : EngineLimits.rankedTreeDepth
        guard ensemble.marginCount == 1, deepest > 0, deepest <= depth else { return nil }
        // Shallow forests would be padded beyond what they gain.
        if !isOblivious && deepest < EngineLimits.rankedTreeDepth - 2 { return nil }

        // A column that holds only whether a value is missing answers no if none is.
        let asked = Set(drafts.flatMap { $0.conditions.compactMap { Self.condition($0, columns) } })
        let sorted = asked.sorted {
            ($0.feature, Float(bitPattern: $0.thresholdBits)) < ($1.feature, Float(bitPattern: $1.thresholdBits))
        }
        guard let references = addColumns(sorted) else { return nil }
        let questionsOfTrees = drafts.map { draft in
            draft.padded(toDepth: depth).conditions.map { condition in
                Self.condition(condition, columns).flatMap { references[$0] } ?? Question()
            }
        }
        if isOblivious { addLevels(questionsOfTrees) } else { addTrees(questionsOfTrees) }
        for draft in drafts {
            let values = draft.padded(toDepth: depth).leaves.prefix(1 << depth)
            switch ensemble.sumPrecision {
            case .float32: leavesFloat += values.map { Float($0) }
            case .float64: leavesDouble += values
            }
        }
    }

    private static func condition(_ condition: EngineColumns.Condition?, _ columns: EngineColumns) -> Condition? {
        guard let condition, Int(condition.column) < columns.missingHighEnd else { return nil }
        return Condition(feature: columns.features[Int(condition.column)], thresholdBits: condition.thresholdBits)
    }

    /// Fills the tables of thresholds; nil if there are too many.
    private mutating func addColumns(_ sorted: [Condition]) -> [Condition: Question]? {
        var references: [Condition: Question] = [:]
        var first = 0
        while first < sorted.count {
            var end = first
            while end < sorted.count && sorted[end].feature == sorted[first].feature { end += 1 }
            guard end - first <= EngineLimits.rankedThresholdCount, features.count < EngineLimits.rankedFeatureCount
            else { return nil }
            for index in first..<end {
                references[sorted[index]] = Question(column: UInt8(features.count), threshold: UInt8(index - first))
            }
            features.append(sorted[first].feature)
            addTable(sorted[first..<end].map { Float(bitPattern: $0.thresholdBits) })
            first = end
        }
        return references
    }

    private mutating func addTable(_ thresholds: [Float]) {
        tableStarts.append(UInt32(tables.count))
        // The last sixteen has a NaN at its end, so that a value above all thresholds finds it.
        let sixteens = thresholds.count / 16 + 1
        let filled = thresholds + Array(repeating: Float.nan, count: 16 * sixteens - thresholds.count)
        tables += (0..<16).map { $0 < sixteens ? filled[16 * $0 + 15] : .nan }
        tables += filled
    }

    /// Writes perfect trees, up to whole rounds of eight.
    private mutating func addTrees(_ trees: [[Question]]) {
        for tree in trees { append(tree) }
        for _ in trees.count..<(trees.count + 7) / 8 * 8 { append([]) }
    }

    /// Writes oblivious trees level by level, 64 side by side, the highest bit of their leaf numbers first.
    private mutating func addLevels(_ trees: [[Question]]) {
        for first in stride(from: 0, to: trees.count, by: 64) {
            let end = min(first + 64, trees.count)
            for level in (0..<depth).reversed() { append(trees[first..<end].map { $0[level] }) }
        }
    }

    /// Appends 64 questions, filled up with such that nothing answers with yes.
    private mutating func append(_ some: [Question]) {
        let all = some + Array(repeating: Question(), count: 64 - some.count)
        questions += all.map(\.column)
        questions += all.map(\.threshold)
    }
}
