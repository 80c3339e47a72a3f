package import LinuxSystem

/// The bounds that event loops keep, each with its reason.
package enum EventLoopsLimits {
    /// Most events that one wait reports; the rest come with the next.
    ///
    /// A thousand ready connections per tick keep batches large without letting the first wait for long.
    package static let eventsPerWait = 1024

    /// Most bytes that one receive takes into the loop's shared buffer.
    ///
    /// Larger than common requests, so that one call empties the socket, and small enough for the second-level cache.
    package static let receiveByteCount = 256 * 1024

    /// Most connections that a listener takes per tick, so that a storm of connects does not starve requests.
    package static let acceptsPerTick = 64

    /// Length of a listening socket's queue; the kernel lowers it to `net.core.somaxconn`.
    package static let listenBacklog = 4096

    /// How long a listener rests after the process ran out of descriptors or memory.
    package static let acceptPause = Nanoseconds.milliseconds(100)

    /// Connections that one loop serves at once unless it belongs to a group, which has its own limit.
    package static let connectionsPerLoop = 65536

    /// Connections that a loop must have beyond twice another's to hand a new one over.
    ///
    /// Fewer would move connections between loops that differ by chance, and moving one costs more than accepting it.
    package static let handOverDifference = 4

    /// Bytes behind the fixed part of a PROXY header: addresses take 36 at most, the rest is what proxies tell about
    /// TLS and about themselves, some hundred bytes.
    package static let proxyAddressByteCount = 4_096

    /// How long a PROXY header may take, which a proxy sends together with the connection.
    package static let proxyHeaderTime = Nanoseconds.seconds(5)

    // MARK: TLS

    /// Bytes of plain text that are sealed into records before they are sent with one call.
    ///
    /// As many wait in a connection, sealed, when its client takes nothing; answers of usual size leave in one call.
    package static let sealedByteCount = 64 << 10

    /// Bytes that a client may send before its handshake is complete.
    ///
    /// A greeting has some hundred, a chain of client certificates some thousand.
    package static let handshakeByteCount = 64 << 10

    /// Bytes of a handshake that one receive takes: as many as a record can have, and what a client sends behind its
    /// handshake waits in a buffer of this size.
    package static let handshakeReceiveByteCount = 16 << 10

    /// Steps of handshakes that a loop takes in one tick.
    ///
    /// One with an RSA key takes a millisecond, for which requests of other connections wait.
    package static let handshakeStepsPerTick = 8

    /// Bytes of a client certificate's subject that are kept for the log.
    package static let subjectByteCount = 512

    /// Seconds for which a session ticket is honoured.
    package static let ticketSeconds = 7_200

    /// Certificates that one port can choose between by name.
    package static let certificateCount = 256
}
