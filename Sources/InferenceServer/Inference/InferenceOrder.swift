import HTTPConnections
import LinuxSystem

/// What an inference request asks for, beside its body.
struct InferenceOrder: Sendable {
    /// The model version, as the serving table numbers it.
    var slot: Int
    /// Bytes of the body's JSON part; nil for all of it.
    var headerLength: Int?
    var contentCoding: ContentCoding
    var acceptedCoding: ContentCoding
    var arrival: Nanoseconds
}
