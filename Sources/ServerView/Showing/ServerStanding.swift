/// What a server said about itself besides its metrics.
package struct ServerStanding: Equatable, Sendable {
    /// The URL that it was asked at.
    package var url: String
    /// Name and version; empty if it did not say.
    package var product = ""
    /// Whether it is ready; nil if it did not answer.
    package var isReady: Bool?

    /// A server that was not asked yet.
    package init(url: String) { self.url = url }
}
