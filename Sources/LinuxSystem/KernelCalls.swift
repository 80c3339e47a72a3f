/// The system calls that event loops and connections make.
///
/// Behind a protocol so that tests can play the kernel: every refusal, short write and lost peer can then be had on
/// demand and the exact sequence of calls can be compared. Interrupted calls are repeated by the implementation,
/// except for `waitForEvents`, which then reports no events.
///
/// - Isolation: any thread; an implementation keeps no state that matters to its callers.
package protocol KernelCalls: AnyObject, Sendable {
    // MARK: Readiness

    /// Makes an epoll instance.
    func makePoll() throws(SystemError) -> Descriptor

    /// Starts to watch a descriptor until it is closed; `tag` comes back with each of its events.
    func watch(_ descriptor: borrowing Descriptor, for interest: Readiness, tag: UInt64, in poll: borrowing Descriptor)
        throws(SystemError)

    /// Changes what a watched descriptor is watched for.
    func rewatch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, tag: UInt64, in poll: borrowing Descriptor
    ) throws(SystemError)

    /// Waits until a watched descriptor is ready or the time is over and replaces the content of `events`.
    ///
    /// - Parameter timeout: zero returns at once, `never` waits without end.
    func waitForEvents(in poll: borrowing Descriptor, timeout: Nanoseconds, into events: inout PollEventBuffer)

    /// Makes a descriptor by which one thread wakes another: each `signal` is news to an edge-triggered watch (an
    /// eventfd, which is never read and so costs the woken thread no call).
    func makeSignal() throws(SystemError) -> Descriptor

    /// Wakes the thread that watches a signal descriptor.
    func signal(_ signal: borrowing Descriptor)

    // MARK: Sockets

    /// Makes a non-blocking listening TCP socket with `SO_REUSEADDR` and `SO_REUSEPORT`.
    func listen(at address: SocketAddress, backlog: Int) throws(SystemError) -> Descriptor

    /// The address a socket is bound to, with the port that the kernel chose.
    func localAddress(of socket: borrowing Descriptor) throws(SystemError) -> SocketAddress

    /// Takes one connection from the queue of a listening socket; it does not block and sends without delay.
    func accept(from listener: borrowing Descriptor) -> AcceptOutcome

    /// Drops packets that would begin a new connection, so that a listening socket's queue can be emptied for good.
    func refuseNewConnections(at listener: borrowing Descriptor)

    /// Receives up to `limit` bytes and appends them to `buffer`.
    func receive(from socket: borrowing Descriptor, into buffer: inout ByteBuffer, limit: Int) -> ReceiveOutcome

    /// Sends three runs of bytes, in order, with one call; any of them may be empty.
    func send(
        to socket: borrowing Descriptor, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) -> SendOutcome

    /// Tells the peer that nothing more will be sent.
    func finishSending(to socket: borrowing Descriptor)

    /// Closes a descriptor; only `Descriptor` calls this.
    func close(_ number: Int32)
}

/// What taking a connection from a listening socket led to.
package enum AcceptOutcome: ~Copyable {
    /// A connection and who is at its other end.
    case accepted(Descriptor, peer: SocketAddress)
    /// The queue is empty.
    case wouldBlock
    /// The connection at the head of the queue was gone already; the next may be taken.
    case lostConnection
    /// No descriptor or no memory is left for a connection (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`).
    case exhausted(SystemError)
}

/// What receiving from a socket led to.
package enum ReceiveOutcome: Equatable, Sendable {
    /// So many bytes arrived, at least one.
    case received(Int)
    /// Nothing is there now.
    case wouldBlock
    /// The peer will send nothing more.
    case ended
    /// The connection is lost.
    case failed(SystemError)
}

/// What sending to a socket led to.
package enum SendOutcome: Equatable, Sendable {
    /// So many bytes were taken, perhaps not all.
    case sent(Int)
    /// The socket takes nothing now.
    case wouldBlock
    /// The connection is lost.
    case failed(SystemError)
}
