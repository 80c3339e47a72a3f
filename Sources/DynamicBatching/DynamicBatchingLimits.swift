/// The bounds of batches, each with its reason.
package enum DynamicBatchingLimits {
    /// Rows for which a batch has room from the start.
    package static let initialRowCapacity = 256

    /// Large requests that wait for the compute pool; beyond it they are refused.
    ///
    /// Each holds its body in memory, at most `--http-max-input-size` bytes.
    package static let queuedComputeTasks = 256
}
