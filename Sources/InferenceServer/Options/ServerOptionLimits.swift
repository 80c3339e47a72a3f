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
    /// Seconds to wait for requests in flight: up to a day.
    static let exitTimeoutSeconds = 0...86_400
    /// Seconds to go on accepting after a signal: up to an hour, so that a supervisor's patience is the shorter one.
    static let drainDelaySeconds = 0...3_600
    /// Seconds between two looks at a repository: up to a day.
    static let repositoryPollSeconds = 1...86_400
    /// Rows of one call that `rowan bench` measures: ten times the largest requests in use, so that a slip of the
    /// finger does not take all memory.
    static let benchRowsPerCall = 1...1_000_000
}
