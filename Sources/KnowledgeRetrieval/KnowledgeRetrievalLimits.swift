/// Limits on what is known, asked and read.
package enum KnowledgeRetrievalLimits {
    /// Bytes of a log record that are looked at; the rest is cut off. Stack traces have tens of thousands.
    package static let recordByteCount = 64 << 10
    /// Bytes of a message that was extracted: what a person reads, and what two encoders' windows hold.
    package static let messageByteCount = 4_096
    /// Names of single things that are kept of a message.
    package static let identifiers = 32
}
