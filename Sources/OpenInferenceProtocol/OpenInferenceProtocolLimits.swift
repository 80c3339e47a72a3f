/// Bounds on what a request may demand.
///
/// Each is there so that a small text cannot cost much memory or time.
package enum OpenInferenceProtocolLimits {
    /// Texts of one request: what OpenAI's endpoint accepts.
    package static let textCount = 2048
    /// Bytes of one text: of an encoder's few hundred tokens the rest is cut off, and a log record is far smaller.
    package static let textByteCount = 1 << 20
    /// Containers that may be open at once in a request's JSON: Triton's limit.
    package static let nestingDepth = 100
    /// Input tensors of one request: one per feature of the widest model, with room.
    package static let inputCount = 4096
    /// Outputs that a model may have, so that a request's choice is a set of bits in one word.
    package static let outputCount = 64
    /// Rows of one request; more than any body of the greatest accepted size holds for a model of usual width.
    ///
    /// - Units: rows.
    package static let rowCount = 1 << 24
    /// Bytes of an error's text: it repeats names from the request.
    package static let errorMessageByteCount = 4096
    /// Features of all rows of one request: 256 MiB of float32.
    ///
    /// A request for a model with thousands of features could
    /// otherwise send one of them and have the defaults of the others fill the memory.
    package static let elementCount = 1 << 26
    /// Elements of all outputs that one request asks for: 512 MiB of float64.
    ///
    /// Leaf indices and contributions have as many per row as the model has trees or features, for each of its
    /// margins.
    package static let outputElementCount = 1 << 26
    /// Names that a message lists before it stops.
    package static let namesInMessage = 32
    /// Dimensions of one shape; the accepted ones have two at most, the rest is there to be named in the refusal.
    package static let dimensionCount = 16
    /// Request and output parameters that are kept.
    package static let parameterCount = 64
    /// Length of a request's identity, in bytes of its JSON text: it is copied into the response.
    package static let idByteCount = 1024
    /// Elements of a row that can be classified: Triton's limit.
    package static let classifiedElementCount = 1_000_000
    /// Files that one request to load a model may bring: as many as versions with a file each that anybody keeps.
    package static let loadFileCount = 1024
    /// Bytes of a body that changes log or trace settings: many times all settings that there are.
    package static let settingsByteCount = 16 << 10
    /// Bytes of one message of gRPC: what its libraries accept at most.
    package static let messageByteCount = Int(Int32.max)
    /// Bytes of a status message on the wire: clients accept 8 KiB of trailers.
    package static let statusMessageByteCount = 4096
    /// Bytes of a body with feedback, and labels that it may list.
    package static let feedbackByteCount = 4 << 20
    package static let feedbackCount = 10_000
    /// Bytes of the log record that a request may bring for explanations: a stack trace fits, a file does not; and of
    /// the names of service, host and tenant, each.
    package static let explanationLogByteCount = 16 << 10
    package static let explanationNameByteCount = 256
    /// Identities of explanations that an answer lists: 26 bytes each.
    package static let listedExplanations = 1_024
    /// Settings that one such body may name.
    package static let settingCount = 64
}
