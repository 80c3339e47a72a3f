/// How much one event, and one kind of event, may put into the log.
enum EventLogLimits {
    /// Bytes of a line with its newline: what a pipe takes whole (`PIPE_BUF`), so that lines of several threads
    /// never mix and a pipe that has room never makes the writer wait.
    static let lineByteCount = 4_096
    /// Bytes of one text, before escaping: enough for a path or a sentence, too little to hide the other fields.
    static let textByteCount = 1_024
    /// Lines that one kind of client fault may leave in one second; the others are counted.
    static let clientFaultLinesPerSecond = 5
    /// Kinds of client fault that are told apart.
    ///
    /// Kinds are literals of the program; more than this is a bug.
    static let clientFaultKinds = 64
}
