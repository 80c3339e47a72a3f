/// The bounds of batches, each with its reason.
package enum DynamicBatchingLimits {
    /// Rows for which a batch has room from the start.
    package static let initialRowCapacity = 256

    /// Rows for which a batch keeps its memory.
    ///
    /// Sixty-four connections with 1,024 rows each fill four times as many; then a batch costs far more than the
    /// allocations that follow it.
    package static let keptRowCapacity = 16_384

    /// Values of rows and outputs together for which a batch keeps its memory.
    ///
    /// As many as `keptRowCapacity` rows of sixty features and four outputs have: a model of thousands of outputs would
    /// else keep a gigabyte.
    package static let keptElementCount = 1 << 20

    /// Bytes for which a queued request keeps memory for the next one, of its rows and of its answer each.
    ///
    /// As much as a thousand rows of a few features take; there are as many of them as requests were ever queued.
    package static let queuedByteCount = 64 << 10

    /// Large requests that wait for the compute pool; beyond it they are refused.
    ///
    /// Each holds its body in memory, at most `--http-max-input-size` bytes.
    package static let queuedComputeTasks = 256

    /// Large requests that have begun; more only where the pool has more threads.
    ///
    /// They take turns, so that each of them is answered, if later, whatever the others are. Each holds its outputs,
    /// and its rows if they are not in its body.
    package static let begunComputeTasks = 16

    /// Time that a part of a large request should take.
    ///
    /// Long against the microsecond that handing it out costs, short against what a client notices: for so long a
    /// thread cannot be had by another request.
    package static let partNanoseconds: Int64 = 500_000

    /// Steps of other requests that go before one whose reading takes one thread for long: about a tenth of a second.
    package static let stepsBeforeLongTask = 256
}
