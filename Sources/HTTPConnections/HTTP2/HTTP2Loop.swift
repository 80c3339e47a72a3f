import EventLoops

/// What the connections of HTTP/2 of one event loop share beyond `HTTPLoop`: what the library needs, streams for
/// further requests, and the list of connections that have something to send.
///
/// - Isolation: the loop's thread.
final class HTTP2Loop {
    /// Streams that are kept for further requests; more are open at a time only under load, and each has a few
    /// kilobytes.
    static let spareStreamCount = 256

    let library: HTTP2Library
    /// The fields of the answer that is being handed over.
    let block = HTTP2FieldBlock()
    private var spareStreams: ContiguousArray<HTTP2Stream> = []
    /// Connections that have something to send at the end of the tick.
    private var marked: ContiguousArray<HTTP2Connection> = []

    init(_ limits: HTTP2Limits) {
        library = HTTP2Library(limits)
        spareStreams.reserveCapacity(Self.spareStreamCount)
    }

    /// A stream for a request.
    func takeStream() -> HTTP2Stream {
        // A stream that was lost may still be known to a handler, who would take the next request for its own.
        while var stream = spareStreams.popLast() {
            if isKnownUniquelyReferenced(&stream) { return stream }
        }
        return HTTP2Stream()
    }

    /// Takes back a stream that is over.
    func giveBack(_ stream: HTTP2Stream) {
        stream.end()
        if spareStreams.count < Self.spareStreamCount { spareStreams.append(stream) }
    }

    /// Lets a connection send at the end of the tick.
    func mark(_ connection: HTTP2Connection) { marked.append(connection) }

    /// Sends what all connections have to send.
    func tickEnded() {
        guard !marked.isEmpty else { return }
        var index = 0
        // A handler that hears of a lost request may answer another.
        while index < marked.count {
            marked[index].sendMarked()
            index += 1
        }
        marked.removeAll(keepingCapacity: true)
    }
}
