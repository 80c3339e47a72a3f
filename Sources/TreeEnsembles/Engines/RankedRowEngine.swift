import LinuxSystem

/// Evaluates every row by ranks: the engine of forests whose trees are too large for bit planes, as random forests are.
final class RankedRowEngine: TreeEngine {
    static let name = "ranked-rows"

    var name: String { Self.name }
    let featureCount: Int
    let marginCount: Int
    let treeCount: Int
    let instructionSet: InstructionSet
    private let rows: RankedRows
    /// Serves leaf indices.
    private let walker: TraversalEngine

    /// Compiles a forest.
    ///
    /// - Throws: if the instruction set has no kernel or the forest is not of its kind.
    init(_ ensemble: TreeEnsemble, columns: EngineColumns, instructionSet: InstructionSet) throws(EngineRefusal) {
        rows = try RankedRows(ensemble, columns: columns, instructionSet: instructionSet)
        featureCount = ensemble.featureCount
        marginCount = ensemble.marginCount
        treeCount = ensemble.treeCount
        self.instructionSet = instructionSet
        walker = TraversalEngine(ensemble, columns: columns, instructionSet: instructionSet)
    }

    var tableByteCount: Int { rows.tableByteCount + walker.tableByteCount }

    /// There is one way for each number of rows.
    func calibrate(clock: () -> Int64) {}

    func makeScratch() -> TreeScratch { RankedRowScratch(of: self) }

    func evaluate(rows values: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        precondition(rowCount >= 0 && values.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(margins.count >= rowCount * marginCount, "there is a margin for every row")
        let scratch = checked(scratch)
        // Every row lies within the rows.
        unsafe values.withUnsafeBufferPointer { buffer in
            let first = unsafe buffer.baseAddress ?? scratch.row.noValues
            unsafe scratch.row.evaluate(first, featureCount: featureCount, 0..<rowCount, into: &margins)
        }
    }

    func leafIndices(rows values: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>) {
        let scratch = checked(scratch)
        walker.leafIndices(rows: values, rowCount: rowCount, scratch: scratch.walkerScratch, leaves: &leaves)
    }

    private func checked(_ scratch: TreeScratch) -> RankedRowScratch {
        guard let own = scratch as? RankedRowScratch, own.engine === self else {
            preconditionFailure("the scratch was made by this engine")
        }
        return own
    }

    /// The memory of one thread.
    fileprivate final class RankedRowScratch: TreeScratch {
        let row: RankedRows.Scratch
        let walkerScratch: TreeScratch

        init(of engine: RankedRowEngine) {
            row = engine.rows.makeScratch()
            walkerScratch = engine.walker.makeScratch()
            super.init(of: engine)
        }
    }
}
