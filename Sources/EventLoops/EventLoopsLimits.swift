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
}
