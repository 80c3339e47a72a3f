package import OpenInferenceProtocol

/// Looks at rows that have been evaluated, and at their outputs, before they are forgotten.
///
/// - Isolation: the thread that has evaluated them.
package protocol EvaluationObserver: AnyObject {
    /// Shows rows.
    ///
    /// - Shape: rows of the matrix, and as many rows of the outputs.
    /// - Ownership: everything is borrowed for the call.
    /// - Parameter wanted: bit `i` says that output `i` was evaluated.
    /// - Parameter target: the same rows of the outputs.
    func evaluated(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, outputs: [OutputColumn],
        at target: Range<Int>)
}
