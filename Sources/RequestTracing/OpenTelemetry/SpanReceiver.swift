import LinuxSystem

/// Who takes spans: a collector over HTTP, or a test.
///
/// - Isolation: the side thread; calls may block.
protocol SpanReceiver: AnyObject {
    /// What came of one attempt.
    typealias Answer = (outcome: SpanQueue.Outcome, rejectedSpans: Int, reason: String)

    /// Sends the body of an export request and waits for the answer.
    ///
    /// - Parameter limit: no longer than this.
    func send(_ body: [UInt8], within limit: Nanoseconds) -> Answer
}
