/// Why a connection has ended, as metrics count it.
package enum ConnectionEnd: UInt8, CaseIterable, Sendable {
    /// The client has ended its side, and nothing of it was left to answer.
    case client
    /// The last answer has left; the client had asked for no further one.
    case answered
    /// Nothing came between two requests for as long as a connection may be idle.
    case idle
    /// A request came too slowly, or an answer was not taken.
    case timeout
    /// Answers waited that the client did not take, and together with others' they were too many.
    case unread
    /// What the client has sent was no request.
    case refused
    /// The server ends.
    case drain
    /// The network or the client has broken it off, or the kernel had no room for it.
    case lost

    /// Its name in labels.
    package var label: StaticString {
        switch self {
        case .client: "client"
        case .answered: "answered"
        case .idle: "idle"
        case .timeout: "timeout"
        case .unread: "unread"
        case .refused: "refused"
        case .drain: "drain"
        case .lost: "lost"
        }
    }
}
