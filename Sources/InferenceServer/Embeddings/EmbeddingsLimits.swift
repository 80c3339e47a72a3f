/// Bounds on requests for the vectors of texts.
enum EmbeddingsLimits {
    /// Bytes of a request's body: the loop looks for the model's name in it.
    ///
    /// Reason: as many texts as may be, of their full tokens, have fewer.
    static let bodyByteCount = 4 << 20
}
