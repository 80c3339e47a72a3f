/// How much tracing may take, whatever clients and operators ask for.
package enum TracingLimits {
    /// Bytes of a `tracestate` that are handed on: four times what the specification asks everybody to.
    package static let traceStateByteCount = 2_048
    /// Members of a `tracestate`: the specification's limit.
    package static let traceStateMembers = 32
    /// Bytes of a text from a request that goes into a trace; the rest is cut.
    package static let textByteCount = 256
    /// Calls of models by an ensemble that go into a request's trace: as many as it may have steps.
    package static let calls = 256
    /// Traced requests of one loop that wait for the side thread: what a loop answers in some milliseconds.
    package static let ringCapacity = 1_024
    /// Models that may have trace settings of their own.
    package static let modelSettings = 4_096
    /// Every n-th request: the most that Triton's clients can say.
    package static let rate = 0...Int(Int32.max)
    /// Requests to trace; -1 for no limit.
    package static let count = -1...Int(Int32.max)
    /// Traces per file; 0 for one file.
    package static let logFrequency = 0...Int(Int32.max)
    /// Bytes of traces that are gathered before they are written to the file.
    package static let fileBufferByteCount = 64 << 10
    /// Spans that wait to be sent.
    package static let queueSize = 1...1_000_000
    /// Spans that are sent together.
    package static let batchSize = 1...65_536
    /// Milliseconds between two sendings.
    package static let scheduleDelayMilliseconds = 1...3_600_000
    /// Milliseconds that the receiver may take to answer.
    package static let timeoutMilliseconds = 1...600_000
    /// Attributes of the resource, and fields that are sent along.
    package static let pairCount = 128
    /// Bytes of a receiver's answer that are read.
    package static let answerByteCount = 64 << 10
    /// Times that a batch is sent before it is given up.
    package static let sendingAttempts = 6
    /// Seconds that a receiver may ask to be left alone.
    package static let retryAfterSeconds = 300
}
