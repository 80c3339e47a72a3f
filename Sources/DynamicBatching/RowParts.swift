/// Cuts the rows of one piece of work into parts, one at a time, for whichever thread is free.
///
/// The first parts are single blocks; once one has been timed, a part has as many blocks as take about
/// `DynamicBatchingLimits.partNanoseconds`. Towards the end parts become smaller again, so that threads end together.
///
/// - Isolation: a value.
struct RowParts {
    let rowCount: Int
    let blockRowCount: Int
    let threadCount: Int
    /// Rows that are in parts.
    private(set) var takenRowCount = 0
    private(set) var finishedRowCount = 0
    /// The least that a part has taken for each of its rows: what else the machine does can only add to it.
    private var nanosecondsPerRow = Double.infinity

    init(rowCount: Int, blockRowCount: Int, threadCount: Int) {
        precondition(rowCount >= 0 && blockRowCount > 0 && threadCount > 0, "rows go in blocks to threads")
        self.rowCount = rowCount
        self.blockRowCount = blockRowCount
        self.threadCount = threadCount
    }

    var isEmpty: Bool { takenRowCount == rowCount }
    var isFinished: Bool { finishedRowCount == rowCount }

    /// Parts that are left at most.
    var partLimit: Int { (rowCount - takenRowCount + blockRowCount - 1) / blockRowCount }

    /// Takes the next part; nil if none is left.
    mutating func take() -> Range<Int>? {
        let left = rowCount - takenRowCount
        guard left > 0 else { return nil }
        let timed = Double(DynamicBatchingLimits.partNanoseconds) / nanosecondsPerRow / Double(blockRowCount)
        // A share of what is left for each thread, twice: whoever gets the last part of half a share is soon done.
        let share = left / (2 * threadCount * blockRowCount)
        let blocks = max(1, Int(min(timed, Double(share))))
        let part = takenRowCount..<takenRowCount + min(blocks * blockRowCount, left)
        takenRowCount = part.upperBound
        return part
    }

    /// A part is done.
    mutating func finished(_ part: Range<Int>, nanoseconds: Int64) {
        precondition(finishedRowCount + part.count <= takenRowCount, "a part was finished that was not taken")
        finishedRowCount += part.count
        // A clock that stood still tells nothing.
        guard nanoseconds > 0, !part.isEmpty else { return }
        nanosecondsPerRow = min(nanosecondsPerRow, Double(nanoseconds) / Double(part.count))
    }
}
