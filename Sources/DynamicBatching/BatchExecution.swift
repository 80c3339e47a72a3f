package import LinuxSystem

/// What statistics say about one batch.
///
/// Where more rows were evaluated at once than a batch of the model holds, they count for several batches, each of
/// which has a part of the times.
///
/// - Units: nanoseconds of the whole evaluation.
package struct BatchExecution: Sendable, Equatable {
    /// Rows of the batch; a request without rows counts as one row, as in Triton.
    package var rowCount: Int
    /// Rows of all batches that were evaluated together.
    package var evaluatedRowCount: Int
    /// Time in reading the requests, one after the other.
    package var readNanoseconds: Int64
    /// Time in the evaluation.
    package var computeNanoseconds: Int64
    /// When the evaluation had ended, by the monotonic clock.
    package var end: Nanoseconds

    /// Names what was done.
    ///
    /// - Parameter evaluatedRowCount: nil for a batch that was evaluated alone.
    package init(
        rowCount: Int, evaluatedRowCount: Int? = nil, readNanoseconds: Int64 = 0, computeNanoseconds: Int64 = 0,
        end: Nanoseconds = .zero
    ) {
        self.rowCount = rowCount
        self.evaluatedRowCount = evaluatedRowCount ?? rowCount
        self.readNanoseconds = readNanoseconds
        self.computeNanoseconds = computeNanoseconds
        self.end = end
    }

    /// The batch's part of a time of the whole evaluation.
    package func part(of nanoseconds: Int64) -> UInt64 {
        if rowCount == evaluatedRowCount { return UInt64(nanoseconds) }
        return UInt64(Double(nanoseconds) * Double(rowCount) / Double(evaluatedRowCount))
    }
}
