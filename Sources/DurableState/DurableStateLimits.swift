/// Limits on what is kept.
package enum DurableStateLimits {
    /// Bytes of one document: a rollout has hundreds, the sums of an experiment with its longest history 200,000.
    package static let documentByteCount = 4 << 20
    /// Bytes of a document's kind or name: models have names of at most 200.
    package static let nameByteCount = 512
    /// Bytes of `--state-url`.
    package static let urlByteCount = 2_048
    /// Prepared statements that a connection keeps; the program has fewer than twenty.
    static let preparedStatements = 64
    /// Predictions of a model that are kept: 64 bytes each on the disk.
    package static let predictions = 1_000...100_000_000
    /// How long one statement of PostgreSQL may take before the server gives it up, and before we do.
    ///
    /// A server that is stopped gives nothing up; no end of a process waits longer than this.
    static let statementMilliseconds = 10_000
    static let answerMilliseconds = 12_000
    /// How long connecting to PostgreSQL may take, in seconds, and what the URL may say instead: libpq reads 0 as
    /// for ever.
    static let connectSeconds = 5
    static let connectTimeouts = 1...60
    /// How long a database that did not answer is left alone.
    static let restMilliseconds = 5_000
    /// Rows that are fetched at once from PostgreSQL when a table is copied.
    static let rowsPerFetch = 1_000
}
