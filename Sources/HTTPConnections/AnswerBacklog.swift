package import LinuxSystem

/// How many bytes of answers wait because clients do not take them, on all loops of a server together.
///
/// Each connection has limits of its own, but many connections of one client have many times that. Beyond the limit for
/// all, connections are ended (`BacklogShare`). The limit is exceeded by no more than what is answered in one tick.
///
/// - Isolation: any thread; each loop writes its own number, once in a tick.
package final class AnswerBacklog: Sendable {
    /// Bytes of all loops together.
    package let byteCountLimit: Int
    private let blocks: [CounterBlock]

    /// - Precondition: both are positive.
    package init(loopCount: Int, byteCountLimit: Int) {
        precondition(loopCount > 0 && byteCountLimit > 0, "there are loops, and something may wait")
        self.byteCountLimit = byteCountLimit
        blocks = (0..<loopCount).map { _ in CounterBlock() }
    }

    /// Bytes that waited on all loops when their last ticks ended.
    package var byteCount: Int { blocks.reduce(0) { $0 + Int($1.value(at: 0)) } }

    /// Bytes up to which a loop need not look at the others.
    var shareByteCount: Int { byteCountLimit / blocks.count }

    func byteCount(of loop: Int) -> Int { Int(blocks[loop].value(at: 0)) }

    func publish(_ byteCount: Int, of loop: Int) { blocks[loop].set(UInt64(byteCount), at: 0) }
}
