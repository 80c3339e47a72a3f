/// What loops tell each other about requests that wait in a shared queue.
enum QueueMessage: Sendable {
    /// To the loop that the queue is at home on.
    case arrived(QueuedInference)
    /// To the same: nobody waits for the answer any more.
    case cancelled(QueuedInference)
    /// Back to the loop that the request came from, always, once for each arrival.
    case finished(QueuedInference)
}
