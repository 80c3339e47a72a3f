/// Bounds on everything that the files of an encoder and the texts of clients control.
package enum TextEmbeddingLimits {
    /// Bytes of a file of weights.
    ///
    /// Reason: the largest encoder of BERT's shape in use, of 335 million parameters, has 1.34 GB.
    package static let weightFileByteCount = 2_000_000_000
    /// Bytes of the header of a file of weights.
    ///
    /// Reason: an encoder of 24 layers needs 40,000.
    package static let weightHeaderByteCount = 1 << 20
    /// Tensors of a file of weights.
    ///
    /// Reason: an encoder of 24 layers has some 400.
    package static let tensorCount = 10_000
    /// Dimensions of a tensor.
    ///
    /// Reason: those of an encoder have two.
    package static let dimensionCount = 8
    /// Bytes of a vocabulary.
    ///
    /// Reason: the largest in use, of 120,000 words, has 1 MB.
    package static let vocabularyByteCount = 16 << 20
    /// Words of a vocabulary.
    ///
    /// Reason: four times the largest in use.
    package static let vocabularyWordCount = 500_000
    /// Bytes of the description of an encoder.
    ///
    /// Reason: those in use have about a thousand.
    package static let configurationByteCount = 1 << 20
    /// Layers of an encoder.
    ///
    /// Reason: twice those of the largest in use.
    package static let layerCount = 48
    /// Numbers of a token's state.
    ///
    /// Reason: four times those of the largest in use.
    package static let width = 4_096
    /// Numbers between the two products of a layer.
    ///
    /// Reason: four times the width.
    package static let innerWidth = 16_384
    /// Tokens of a text, also where an encoder could take more: what lies behind is cut off.
    ///
    /// Reason: attention's memory and time grow with the square.
    package static let tokensPerText = 2_048
    /// Characters of a word; longer ones become the unknown word.
    ///
    /// Reason: the reference's own bound.
    package static let charactersPerWord = 100
}
