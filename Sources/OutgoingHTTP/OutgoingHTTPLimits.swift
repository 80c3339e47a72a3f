package import LinuxSystem

/// Limits on what is sent to other servers and on what they may answer.
package enum OutgoingHTTPLimits {
    /// Bytes of a URL: eight times what browsers agree on, because an object's key may have 1,024 bytes, each escaped.
    package static let urlByteCount = 16 << 10
    /// Fields of a request's head; ours have fewer than ten.
    package static let fieldCount = 64
    /// Bytes of one field's value: session tokens of clouds have up to two thousand.
    package static let fieldByteCount = 16 << 10
    /// Bytes of an answer's head.
    package static let responseHeadByteCount = 64 << 10
    /// Bytes of an answer that is kept in memory, unless the request permits more or less.
    package static let responseByteCount = 1 << 20
    /// Bytes that are kept of an answer whose status is no success: enough to read why.
    package static let refusalByteCount = 64 << 10
    /// Attempts of one request: more only prolong an outage.
    package static let attemptCount = 10
    /// The longest delay before an attempt.
    package static let retryDelay = Nanoseconds.seconds(60)
}
