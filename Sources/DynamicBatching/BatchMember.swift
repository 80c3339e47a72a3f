package import LinuxSystem
package import ModelRepository

/// Instants of a batch's evaluation, the same for all of its members.
///
/// - Units: nanoseconds of the monotonic clock.
package struct BatchTiming: Sendable {
    package var begin: Nanoseconds
    package var end: Nanoseconds
    /// Rows of the whole batch.
    package var rowCount = 0
    /// Time in reading all of its requests.
    package var readNanoseconds: Int64 = 0
}

/// Who waits for rows that a batch evaluates: one request.
///
/// - Isolation: the loop's thread.
package protocol BatchMember: AnyObject {
    /// The batch was evaluated; the outputs hold this member's rows until the call returns.
    func batchEvaluated(_ workspace: any InferenceWorkspace, rows: Range<Int>, timing: BatchTiming)
}
