/// Bounds of the calls that load and unload models.
enum RepositoryControlLimits {
    /// Calls of one loop that may wait at once.
    ///
    /// Each keeps its body, and the repository works on one after the other.
    static let waitingCalls = 64
    /// Bytes of an admin token: fewer can be guessed, more are no token.
    static let tokenByteCounts = 16...1_024
}
