import AccessControl
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import TrafficSplitting

/// One call whose requests come and are answered one by one, as long as its caller likes.
///
/// - Isolation: the loop's thread.
final class InferenceStream {
    /// What the messages are.
    enum Purpose: Equatable {
        case inference(AnswerForm)
        case reflection
        /// One question for the server's health, answered whenever that changes.
        case health
    }

    let purpose: Purpose
    let answers: HTTP2AnswerQueue
    /// What has come of messages.
    var messages: GRPCMessageStream
    /// How the caller's messages are compressed, and how those to the caller may be.
    let compression: GRPCCompression
    let acceptedCoding: ContentCoding
    /// What a watching caller was told last; nil before it has asked.
    var toldHealth: ProtocolMessage.Health?
    /// The key that the caller has shown; nil where none is needed.
    var key: APIKeyTable.Entry?
    /// When the caller does not want to wait any longer.
    var deadline = Nanoseconds.never
    /// The key of messages to splits for which there is no other.
    var ownKey: StickyKey?
    /// Whether as many messages are in work as may be, so that bytes wait outside.
    var isHeld = false
    /// Whether the server is ending, and the call with it.
    var endsWhenIdle = false
    /// Whether the service that it has asked for is one of the server's.
    var watchesKnownService = true

    init(
        _ purpose: Purpose, _ answers: HTTP2AnswerQueue, messageByteCountLimit: Int, compression: GRPCCompression,
        acceptedCoding: ContentCoding
    ) {
        self.purpose = purpose
        self.answers = answers
        self.compression = compression
        self.acceptedCoding = acceptedCoding
        messages = GRPCMessageStream(messageByteCountLimit: messageByteCountLimit)
    }
}
