extension BitPlaneEngine {
    /// Rows of the smallest block; they also are the rows that are measured.
    private static let rowCount = 64
    /// Rows of one measurement of single rows: enough that it matters little what the block before left in the caches.
    private static let singleRowCount = 32

    /// Finds the number of rows from which a block is cheaper than as many single rows.
    ///
    /// Both are measured by turns until the time is used up, and the least time of each counts: what else the machine
    /// does can only add to it.
    ///
    /// - Complexity: `EngineLimits.calibrationNanoseconds` and one measurement.
    func calibrate(clock: () -> Int64) {
        guard featureCount > 0 else { return }
        let rows = calibrationRows()
        let scratch = makeScratch()
        var margins = [Double](repeating: 0, count: Self.rowCount * marginCount)
        var (block, single) = (Int64.max, Int64.max)
        let end = clock() + EngineLimits.calibrationNanoseconds
        repeat {
            var span = margins.mutableSpan
            let begin = clock()
            evaluate(rows: rows.span, rowCount: Self.rowCount, smallestBlock: 1, scratch: scratch, margins: &span)
            let middle = clock()
            evaluate(
                rows: rows.span, rowCount: Self.singleRowCount, smallestBlock: .max, scratch: scratch, margins: &span)
            block = min(block, middle - begin)
            single = min(single, clock() - middle)
        } while clock() < end
        smallestBlockRowCount = Self.rowsOfEqualCost(block: block, singleRows: single)
    }

    /// Rows from which a block is no dearer than single rows, within what makes a block.
    ///
    /// Where as many single rows as the smallest block holds are cheaper than it, blocks begin with the next larger
    /// one.
    ///
    /// - Units: nanoseconds of a block and of `singleRowCount` rows.
    static func rowsOfEqualCost(block: Int64, singleRows: Int64) -> Int {
        let ratio = Double(block) * Double(singleRowCount) / Double(max(singleRows, 1))
        return ratio > Double(rowCount) ? 2 * rowCount : Int(max(ratio.rounded(.up), 2))
    }

    /// Rows that take different ways down the trees: thresholds of each feature, in turn.
    private func calibrationRows() -> [Float] {
        var rows = [Float](repeating: 0, count: Self.rowCount * featureCount)
        for row in 0..<Self.rowCount {
            forEachColumn { feature, thresholds in
                // Steps without a common divisor with most counts of thresholds visit them in different orders.
                let step = row * 31 + feature * 17
                rows[row * featureCount + feature] = threshold(thresholds.lowerBound + step % thresholds.count)
            }
        }
        return rows
    }
}
