import HTTPConnections
import TrafficSplitting

/// Who answers a request to a split, and what the answer says besides.
struct RoutedAnswer: Sendable {
    let variant: SplitRouter.Variant
    /// That of the sticky key, which names the client to experiments.
    let keyHash: UInt64
    /// A key that the client is to keep; nil if it has one.
    let newKey: StickyKey?
    /// Whether the client is to send it over TLS only.
    let isSecure: Bool

    /// Writes the fields of an answer.
    func mark(_ head: inout HTTPResponseHead) {
        head.fields = variant.fields
        if let newKey { head.cookie = variant.cookie(newKey, isSecure: isSecure) }
    }
}
