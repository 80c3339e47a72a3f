/// The bounds of batches, each with its reason.
package enum DynamicBatchingLimits {
    /// Rows for which a batch has room from the start.
    package static let initialRowCapacity = 256

    /// Rows for which a batch keeps its memory.
    ///
    /// Sixty-four connections with 1,024 rows each fill four times as many; then a batch costs far more than the
    /// allocations that follow it.
    package static let keptRowCapacity = 16_384

    /// Large requests that wait for the compute pool; beyond it they are refused.
    ///
    /// Each holds its body in memory, at most `--http-max-input-size` bytes.
    package static let queuedComputeTasks = 256
}
