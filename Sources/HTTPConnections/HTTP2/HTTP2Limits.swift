/// Everything about a connection of HTTP/2 that a client could otherwise grow or draw out without end.
///
/// What both versions have in common — fields, bodies, times — stands in `HTTPLimits` and holds for each stream.
///
/// - Units: in the names.
package struct HTTP2Limits: Sendable {
    /// Bytes that each field counts beyond its name and value.
    ///
    /// - Source: RFC 9113 section 6.5.2.
    package static let fieldOverheadByteCount = 32
    /// Entries of one SETTINGS frame; seven settings are known.
    package static let settingsPerFrame = 32
    /// CONTINUATION frames behind one HEADERS frame: fields of the length that is accepted need two.
    package static let continuationsPerHead = 8
    /// Answers to SETTINGS and PING that wait to be sent; a client that reads has none.
    package static let waitingAcknowledgements = 1_000
    /// DATA frames of one body, so that a body of one-byte frames does not cost many times its size.
    package static let framesPerBody = 65_536

    /// What frames that ask for nothing may make the server do in one turn of a connection, as `HTTP2FloodMeter.work`
    /// counts it; what has arrived behind them waits for the next turn, so that others have theirs.
    package static let workPerTurn = 128
    /// Bytes that the library is given at a time: few of a client that has just come or that has just sent such frames,
    /// so that a turn does not go far beyond its work.
    package static let cautiousPieceByteCount = 1_024
    package static let pieceByteCount = 16 << 10
    /// Work of one piece up to which a client is trusted with the longer ones.
    package static let calmPieceWork = 8

    /// Bytes of the library's memory that a loop keeps for what comes next: those of a few hundred streams.
    package static let keptLibraryByteCount = 1 << 20

    /// Streams of one connection that may be open at a time (`--http2-max-concurrent-streams`).
    package var concurrentStreams: Int
    /// Bytes of one stream that a client may send before it is given leave to send more.
    ///
    /// A body below the size that is handed to the pool comes without waiting for that.
    package var streamWindowByteCount = 256 << 10
    /// Bytes of all streams of one connection that may be under way.
    package var connectionWindowByteCount = 1 << 20
    /// Bytes of all bodies of one connection that are arriving; beyond it only the oldest of them is given leave to
    /// send more.
    ///
    /// So a connection holds at most these, one whole body, and a window for each of its streams.
    package var arrivingByteCount = 16 << 20
    /// Bytes of all answers of one connection that wait because the client gives no leave to send them; beyond it
    /// further requests of it are refused.
    package var waitingByteCount = 16 << 20

    /// Resets of streams in work that a connection may make at once, and per second in the long run
    /// (`--http2-max-resets-per-second`).
    ///
    /// A client whose deadlines pass resets all of its streams together.
    package var resetBurst: Int
    package var resetsPerSecond: Int
    /// Frames that ask for no answer to a request, likewise (`--http2-max-control-frames-per-second`); requests that
    /// are answered and bytes that are moved permit more of them.
    package var controlFrameBurst: Int
    package var controlFramesPerSecond: Int

    /// Seconds of the rates that may come at once.
    package static let burstSeconds = 4

    /// Limits for a server, by the options that there are.
    package init(
        concurrentStreams: Int = 128, resetsPerSecond: Int = 128, controlFramesPerSecond: Int = 1_024
    ) {
        self.concurrentStreams = concurrentStreams
        self.resetsPerSecond = resetsPerSecond
        resetBurst = resetsPerSecond * Self.burstSeconds
        self.controlFramesPerSecond = controlFramesPerSecond
        controlFrameBurst = controlFramesPerSecond * Self.burstSeconds
    }

    /// Asserts how the limits must stand to each other.
    func checkRelations() {
        precondition(concurrentStreams > 0, "a connection without streams answers nothing")
        precondition(
            streamWindowByteCount > 0 && streamWindowByteCount <= connectionWindowByteCount,
            "one stream may use its window alone")
        precondition(connectionWindowByteCount < 1 << 31, "windows have 31 bits")
        precondition(arrivingByteCount > 0 && waitingByteCount > 0, "something may be under way")
        precondition(
            resetBurst > 0 && resetsPerSecond > 0 && controlFrameBurst > 0 && controlFramesPerSecond > 0,
            "rates divide a second")
    }
}
