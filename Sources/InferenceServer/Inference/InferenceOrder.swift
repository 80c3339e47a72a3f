import HTTPConnections
import LinuxSystem

/// What an inference request asks for, beside its body.
struct InferenceOrder: Sendable {
    /// The model version, as the serving table numbers it; of a request to a split the split, then its variant.
    var slot: Int
    /// Bytes of the body's JSON part; nil for all of it.
    var headerLength: Int?
    var contentCoding: ContentCoding
    var acceptedCoding: ContentCoding
    var arrival: Nanoseconds
    /// Bytes of inputs in regions, as far as they are known; they are read on the way.
    var regionByteCount = 0
    /// Where in the body the message stands; means nothing for JSON.
    var message = 0..<0
    var form = AnswerForm()
    /// The way through a split; nil for a request to any other model.
    var routing: Routing?
}
