/// Limits of what is watched, each with its reason.
enum MonitoringLimits {
    /// Calls for drift of one loop that wait for the control thread: each is answered within milliseconds.
    static let waitingCalls = 256
    /// Variables that are written at once into answers about drift: each takes up to a tenth of a millisecond.
    static let variablesPerSlice = 32
    /// Of the control thread's time, one part in so many goes into answers about drift, however many ask.
    static let driftShare: Int64 = 4
    /// Calls of one loop that wait for the monitoring thread: each may bring a body of some megabytes.
    static let waitingFeedback = 64
    /// Rows of one request whose predictions are kept; requests of more are not recorded.
    static let recordedRows = 65_536
    /// Bytes of records that a loop gathers before it hands them over, and batches that may be on their way.
    static let batchByteCount = 64 << 10
    static let batchesPerLoop = 8
    /// Bytes of a model's records that may be on their way from threads of the compute pool.
    static let travellingByteCount = 32 << 20
    /// Sequence numbers that a loop takes at once, so that loops seldom meet at the counter.
    static let sequencesPerLoop = 256
    /// Sequence numbers of a model that are reserved on the disk ahead of those that are given: half of them last for
    /// half a second of the most rows that a server answers.
    static let reservedSequences: UInt64 = 4 << 20
    /// Points of an experiment's history: more than a plot has columns.
    static let historyPoints = 720
    /// Classes of a confusion matrix that a document shows.
    static let shownClasses = 64
}
