import LinuxSystem

/// Rows of features on their way to a model, joined from several requests.
///
/// A request's rows are written behind the rows already there and are counted only once the whole request has proved
/// sound; a failed request leaves nothing behind.
///
/// - Shape: rowCount × featureCount, row-major, no padding.
/// - Ownership: views are valid only inside the closure that receives them.
/// - Isolation: one thread at a time.
/// - Complexity: allocates only when the rows outgrow the capacity.
package struct FeatureMatrix: ~Copyable {
    private var values: AlignedArray<Float>
    package let featureCount: Int
    /// Number of rows that count.
    package private(set) var rowCount = 0

    /// Makes an empty matrix with room for some rows.
    package init(featureCount: Int, rowCapacity: Int) {
        precondition(featureCount > 0 && rowCapacity >= 0, "a matrix has columns and no negative capacity")
        self.featureCount = featureCount
        values = AlignedArray(count: featureCount * rowCapacity, repeating: 0)
    }

    /// Number of rows that fit without an allocation.
    package var rowCapacity: Int { values.count / featureCount }

    /// Makes room for more rows behind those that count.
    package mutating func reserve(rows additional: Int) {
        precondition(additional >= 0, "a number of rows is not negative")
        let needed = (rowCount + additional) * featureCount
        guard needed > values.count else { return }
        var larger = AlignedArray<Float>(count: max(needed, values.count * 2), repeating: 0)
        let held = rowCount * featureCount
        values.withSpan { source in
            larger.withMutableSpan { target in
                for index in 0..<held { target[index] = source[index] }
            }
        }
        values = larger
    }

    /// Lends the space of the next rows for writing; they do not count until `advance` says so.
    package mutating func withTail<Result, Failure: Error>(
        rows: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        reserve(rows: rows)
        let first = rowCount * featureCount
        let last = first + rows * featureCount
        return try values.withMutableSpan { (all) throws(Failure) -> Result in
            var tail = all._mutatingExtracting(first..<last)
            return try body(&tail)
        }
    }

    /// Counts rows that have been written.
    package mutating func advance(by rows: Int) {
        precondition(rows >= 0 && (rowCount + rows) * featureCount <= values.count, "rows counted without room")
        rowCount += rows
    }

    /// Lends the rows that count.
    package borrowing func withRows<Result: ~Copyable, Failure: Error>(
        _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let count = rowCount * featureCount
        return try values.withSpan { (all) throws(Failure) -> Result in try body(all.extracting(0..<count)) }
    }

    /// Forgets all rows and keeps the capacity.
    package mutating func removeAll() { rowCount = 0 }
}
