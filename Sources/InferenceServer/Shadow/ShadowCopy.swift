import LinuxSystem
import Synchronization

/// A copy of one request that a split's shadow answers, too, when its own answer has left.
///
/// Objects are used again and again; a lane has as many as its queue may hold.
///
/// - Isolation: the loop's thread or the shadow's, whoever has it; the lock hands the content over and is never
///   contended.
final class ShadowCopy: Sendable {
    /// What travels.
    struct Content: ~Copyable {
        var body = ByteBuffer()
        /// Bytes of the body's JSON part; nil for all of it.
        var headerLength: Int?
        /// Whether the body is a message of gRPC.
        var isMessage = false
        /// Place of the variant that has answered, among the split's.
        var variant = 0
    }

    private let content = Mutex(Content())

    /// Lends the content.
    func withContent<Result>(_ body: (inout Content) -> Result) -> Result {
        content.withLock { content in body(&content) }
    }
}
