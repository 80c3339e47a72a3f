package import ModelRepository
package import OpenInferenceProtocol

/// A request that waits in its model's queue with rows of its own; it may have come from another loop.
///
/// - Isolation: the thread of the queue's loop, from its arrival until it has been told its end.
package protocol QueuedMember: AnyObject, Sendable {
    /// What the queue decides by.
    var order: QueueOrder { get }

    /// Puts the rows behind those of a batch.
    func appendRows(to matrix: inout FeatureMatrix)

    /// The batch was evaluated; the outputs hold this member's rows until the call returns.
    ///
    /// - Parameter isFirst: whether it is the first member of its batch, so that somebody counts the batch.
    func batchEvaluated(
        _ workspace: any InferenceWorkspace, rows: Range<Int>, timing: BatchTiming, isFirst: Bool)

    /// The request was given up because its time in the queue was over.
    func timeExpired()
}
