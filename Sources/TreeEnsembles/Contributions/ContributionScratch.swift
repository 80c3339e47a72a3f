import LinuxSystem

/// The memory that one thread needs to explain rows of one forest.
///
/// Its contents mean nothing between two calls.
///
/// - Isolation: one thread at a time.
package final class ContributionScratch {
    /// What it was made for.
    let evaluator: ContributionEvaluator
    /// Rows as the kernel takes them, where they need to be translated.
    var translated: AlignedArray<Float>
    /// What walks through trees.
    let memory: ContributionMemory
    /// The same for single rows, by the lanes.
    let floatRowMemory: ContributionRowMemory?
    let doubleRowMemory: ContributionRowMemory?
    /// Rows of a block that are explained a second time, and their values as the kernel takes them.
    var repeatedRows: AlignedArray<UInt32>
    var repeatedValues: AlignedArray<Float>
    /// What finds the leaves of oblivious trees, where they are put, and the sums of rows.
    ///
    /// - Shape: sums are rows × targets.
    let treeScratch: TreeScratch?
    var leaves: AlignedArray<Int32>
    var sums: AlignedArray<Double>

    init(of evaluator: ContributionEvaluator) {
        self.evaluator = evaluator
        let forest = evaluator.forest
        let rowCount = ContributionLanes.allCases.map { forest.blockRowCount($0) }.max() ?? 0
        let repeatedCount = evaluator.rounding == nil ? 0 : forest.blockRowCount(.float32)
        translated = AlignedArray(count: evaluator.translates ? rowCount * forest.featureCount : 0, repeating: 0)
        memory = ContributionMemory(for: forest)
        floatRowMemory = evaluator.floatRows.map { ContributionRowMemory(for: $0) }
        doubleRowMemory = evaluator.doubleRows.map { ContributionRowMemory(for: $0) }
        repeatedRows = AlignedArray(count: repeatedCount, repeating: 0)
        repeatedValues = AlignedArray(count: repeatedCount * forest.featureCount, repeating: 0)
        treeScratch = evaluator.oblivious?.engine.makeScratch()
        leaves = AlignedArray(count: (evaluator.oblivious?.engine.treeCount ?? 0) * rowCount, repeating: 0)
        sums = AlignedArray(count: (evaluator.oblivious?.targets.count ?? 0) * rowCount, repeating: 0)
    }
}
