import LinuxSystem

/// The bounds of what is read from a server, each with its reason.
enum ServerViewLimits {
    /// Bytes of a page: ten thousand models take about as much.
    static let pageByteCount = 128 << 20
    /// Bytes of a line of metrics: names and tags of models are far shorter.
    static let lineByteCount = 64 << 10
    /// Model versions that are shown; a page of more is refused.
    static let modelCount = 20_000
    /// Bytes of a file with a token.
    static let tokenByteCount = 2_048
    /// Bytes of a file with labels, and labels that one call brings: a tenth of what a server takes.
    static let labelFileByteCount = 256 << 20
    static let labelsPerCall = 1_000
    /// How long a server may wait for the next explanation.
    static let followSeconds = 25
    /// How long a server may take for a page, from the connection to the last byte.
    static let callTimeout = Nanoseconds.seconds(5)
}
