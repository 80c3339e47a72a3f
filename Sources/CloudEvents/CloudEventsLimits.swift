package import LinuxSystem

/// Limits on what waits to be told, each with its reason.
package enum CloudEventsLimits {
    /// Places that events are brought to.
    package static let sinkCount = 16
    /// Events that wait for one place unless the configuration says otherwise, and at most.
    package static let usualQueueCapacity = 1_000
    package static let queueCapacity: ClosedRange<Int> = 1...100_000
    /// Bytes of one event's data: receivers refuse more than 64 KiB.
    package static let dataByteCount = 64 << 10
    /// Attempts to bring one event somewhere unless the configuration says otherwise, and at most: with pauses that
    /// double from one second to a minute, ten take six minutes.
    package static let usualAttempts = 10
    package static let attempts: ClosedRange<Int> = 1...1_000
    /// The longest pause between two attempts, also where a receiver asks for more.
    package static let pause = Nanoseconds.seconds(60)
    /// How long one place is served before the next one has its turn, if its attempts are shorter than that.
    static let turn = Nanoseconds.milliseconds(50)
    /// How long one attempt may take, in seconds.
    package static let usualTimeoutSeconds = 10.0
    package static let timeoutSeconds: ClosedRange<Double> = 0.1...60
    /// Bytes of a receiver's answer that are read.
    static let answerByteCount = 4 << 10
    /// Bytes of a file of events, and of a file of those that nobody took; what comes then is lost and counted.
    package static let fileByteCount = 1 << 30
    package static let deadLetterByteCount = 64 << 20
}
