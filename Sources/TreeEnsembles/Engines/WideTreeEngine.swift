/// An engine that also takes rows of doubles: that of every forest whose trainer compares doubles.
///
/// - Isolation: as `TreeEngine`.
package protocol WideTreeEngine: TreeEngine {
    /// Computes the margins of rows of doubles.
    ///
    /// - Shape: as `evaluate(rows:)`.
    func evaluate(rows: Span<Double>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>)

    /// Computes the leaves of rows of doubles.
    ///
    /// - Shape: as `leafIndices(rows:)`.
    func leafIndices(rows: Span<Double>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>)
}
