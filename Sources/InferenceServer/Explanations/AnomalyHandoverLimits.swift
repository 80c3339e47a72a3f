/// Limits on what goes from answers to explanations, each with its reason.
enum AnomalyHandoverLimits {
    /// Anomalous rows of one request that are handed over: nobody reads more, and each is a copy of a row.
    static let rowsPerRequest = 16_384
    /// Bytes of records that wait on a loop, and those of a batch that sets out.
    static let waitingByteCount = 4 << 20
    /// Batches of one loop and model that may be on their way.
    static let batchesPerLoop = 4
    /// Bytes of a model's records that may be on their way from threads of the compute pool.
    static let travellingByteCount = 16 << 20
    /// Calls of one loop that wait for the explaining thread: most of them long, for an explanation that is not there.
    static let waitingCalls = 256
    /// Seconds that a call may wait.
    static let waitSeconds = 60
    /// Bytes of a body with an opinion: a correction, escaped at worst.
    static let opinionByteCount = 64 << 10
}
