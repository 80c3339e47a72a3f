import LinuxSystem

/// Rows of features on their way to a model, joined from several requests.
///
/// Features are kept in the precision in which the model compares them: float32, or float64 for the few trainers that
/// compare doubles.
///
/// A request's rows are written behind the rows already there and are counted only once the whole request has proved
/// sound; a failed request leaves nothing behind.
///
/// - Shape: rowCount × featureCount, row-major, no padding.
/// - Ownership: views are valid only inside the closure that receives them.
/// - Isolation: one thread at a time.
/// - Complexity: allocates only when the rows outgrow the capacity.
package struct FeatureMatrix: ~Copyable, Sendable {
    /// The rows; only the array of the matrix's own precision is in use.
    private var values: AlignedArray<Float>
    private var wideValues: AlignedArray<Double>
    /// Whether features are float64.
    package let isWide: Bool
    package let featureCount: Int
    /// Number of rows that count.
    package private(set) var rowCount = 0
    /// The rows of a model that takes texts; their only column means nothing then.
    package internal(set) var texts = TextRows()

    /// Makes an empty matrix with room for some rows.
    package init(featureCount: Int, isWide: Bool, rowCapacity: Int) {
        precondition(featureCount > 0 && rowCapacity >= 0, "a matrix has columns and no negative capacity")
        self.featureCount = featureCount
        self.isWide = isWide
        values = AlignedArray(count: isWide ? 0 : featureCount * rowCapacity, repeating: 0)
        wideValues = AlignedArray(count: isWide ? featureCount * rowCapacity : 0, repeating: 0)
    }

    /// Makes an empty matrix for a model's input.
    package init(for layout: InputLayout, rowCapacity: Int) {
        self.init(featureCount: layout.featureCount, isWide: layout.isWide, rowCapacity: rowCapacity)
    }

    /// Number of rows that fit without an allocation.
    package var rowCapacity: Int { (isWide ? wideValues.count : values.count) / featureCount }

    /// Makes room for more rows behind those that count.
    package mutating func reserve(rows additional: Int) {
        precondition(additional >= 0, "a number of rows is not negative")
        let held = rowCount * featureCount
        let needed = (rowCount + additional) * featureCount
        if isWide {
            Self.grow(&wideValues, to: needed, keeping: held)
        } else {
            Self.grow(&values, to: needed, keeping: held)
        }
    }

    private static func grow<Element: FeatureElement>(
        _ values: inout AlignedArray<Element>, to needed: Int, keeping held: Int
    ) {
        guard needed > values.count else { return }
        var larger = AlignedArray<Element>(count: max(needed, values.count * 2), repeating: 0)
        values.withSpan { source in
            larger.withMutableSpan { target in
                for index in 0..<held { target[index] = source[index] }
            }
        }
        values = larger
    }

    /// Lends the space of the next rows for writing; they do not count until `advance` says so.
    ///
    /// - Precondition: the matrix is not wide.
    package mutating func withTail<Result, Failure: Error>(
        rows: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(!isWide, "float32 rows are written into a matrix of float32")
        reserve(rows: rows)
        let first = rowCount * featureCount
        let last = first + rows * featureCount
        return try values.withMutableSpan { (all) throws(Failure) -> Result in
            var tail = all._mutatingExtracting(first..<last)
            return try body(&tail)
        }
    }

    /// The same for float64 rows.
    ///
    /// - Precondition: the matrix is wide.
    package mutating func withWideTail<Result, Failure: Error>(
        rows: Int, _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(isWide, "float64 rows are written into a matrix of float64")
        reserve(rows: rows)
        let first = rowCount * featureCount
        let last = first + rows * featureCount
        return try wideValues.withMutableSpan { (all) throws(Failure) -> Result in
            var tail = all._mutatingExtracting(first..<last)
            return try body(&tail)
        }
    }

    /// Counts rows that have been written.
    package mutating func advance(by rows: Int) {
        precondition(rows >= 0 && rowCount + rows <= rowCapacity, "rows counted without room")
        rowCount += rows
    }

    /// Adds another matrix's rows behind those that count; they count too.
    ///
    /// - Complexity: linear in the rows; allocates only if they exceed the capacity.
    /// - Precondition: both have as many features, in the same precision.
    package mutating func append(_ other: borrowing FeatureMatrix) {
        precondition(other.featureCount == featureCount && other.isWide == isWide, "rows of another shape")
        texts.append(other.texts)
        let count = other.rowCount * featureCount
        if isWide {
            other.withWideRows { rows in
                withWideTail(rows: other.rowCount) { tail in
                    for index in 0..<count { tail[index] = rows[index] }
                }
            }
        } else {
            other.withRows { rows in
                withTail(rows: other.rowCount) { tail in
                    for index in 0..<count { tail[index] = rows[index] }
                }
            }
        }
        advance(by: other.rowCount)
    }

    /// Lends the rows that count.
    ///
    /// - Precondition: the matrix is not wide.
    package borrowing func withRows<Result: ~Copyable, Failure: Error>(
        _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(!isWide, "the rows are float64")
        let count = rowCount * featureCount
        return try values.withSpan { (all) throws(Failure) -> Result in try body(all.extracting(0..<count)) }
    }

    /// Lends the rows that count, as float64.
    ///
    /// - Precondition: the matrix is wide.
    package borrowing func withWideRows<Result: ~Copyable, Failure: Error>(
        _ body: (Span<Double>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(isWide, "the rows are float32")
        let count = rowCount * featureCount
        return try wideValues.withSpan { (all) throws(Failure) -> Result in try body(all.extracting(0..<count)) }
    }

    /// Forgets all rows and keeps the capacity.
    package mutating func removeAll() {
        rowCount = 0
        texts.removeAll()
    }
}
