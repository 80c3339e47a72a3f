import EventLoops

/// Ranges of the numbers that an operator may choose.
enum ServerOptionLimits {
    /// Event loops.
    ///
    /// More than a machine has cores only cost; the bound keeps a slip of the finger from starting
    /// thousands of threads.
    static let threads = 1...1_024
    /// Bytes of a request body.
    ///
    /// The least is enough for one small request; the most is a quarter of what an offset
    /// of 40 bits could address, far above any machine's memory for one request.
    static let httpMaxInputByteCount = 1_024...(1 << 38)
    /// Bytes of all clients' answers: at least what one connection may have in waiting.
    static let unreadAnswerByteCount = (16 << 20)...(1 << 40)
    /// Streams of one connection: each holds a few kilobytes and up to a window of a body.
    static let http2ConcurrentStreams = 1...4_096
    /// Resets or control frames of one connection per second: at a million a processor does nothing else.
    static let http2EventsPerSecond = 1...1_000_000
    /// Seconds to wait for requests in flight: up to a day.
    static let exitTimeoutSeconds = 0...86_400
    /// Seconds to go on accepting after a signal: up to an hour, so that a supervisor's patience is the shorter one.
    static let drainDelaySeconds = 0...3_600
    /// Seconds between two looks at a repository: up to a day.
    static let repositoryPollSeconds = 1...86_400
    /// Verbosity of the log, as Triton counts it; every level above 0 is the same here.
    static let logVerbose = 0...Int(Int32.max)
    /// Certificates of one port, which are chosen between by name.
    static let certificateCount = EventLoopsLimits.certificateCount
    /// Milliseconds between two looks at the machine: more often would cost more than it tells, up to an hour.
    static let metricsIntervalMilliseconds = 100...3_600_000
    /// Rows of one call that `rowan bench` measures: ten times the largest requests in use, so that a slip of the
    /// finger does not take all memory.
    static let benchRowsPerCall = 1...1_000_000
    /// Seconds between two readings of `rowan top`: a tenth, so that it costs the server little, to an hour.
    static let topIntervalSeconds = 0.1...3_600.0
}
