import LinuxSystem

/// Turns texts into vectors: a sentence encoder of BERT's shape, with the mean of all tokens' last states, of length 1.
///
/// Vectors of one instruction set are the same bits alone and beside others, and within some 10⁻⁶ of another's.
///
/// - Isolation: any thread; immutable. What changes lives in an `EncoderScratch`.
/// - Source: transformers' `BertModel`; sentence-transformers' `Pooling` (mean) and `Normalize`.
package final class TextEncoder: Sendable {
    package let configuration: EncoderConfiguration
    package let tokenizer: WordPieceTokenizer
    /// Most tokens of a text, the beginning and the end included; what is behind is cut off.
    package let tokenLimit: Int
    let weights: EncoderWeights
    let kernels: EncoderKernels

    /// Numbers of a vector.
    package var width: Int { configuration.width }

    /// Puts an encoder together.
    ///
    /// - Complexity: copies the weights once; the bytes are not needed afterwards.
    /// - Parameter configuration: the bytes of `config.json`.
    /// - Parameter vocabulary: those of `vocab.txt`.
    /// - Parameter weights: those of `model.safetensors`.
    /// - Parameter tokenLimit: nil for what sentence encoders of this shape are trained with, 256.
    /// - Throws: what is wrong with one of them, which is named.
    package init(
        configuration: Span<UInt8>, vocabulary: Span<UInt8>, weights: Span<UInt8>, tokenLimit: Int? = nil,
        instructions: EncoderInstructions
    ) throws(TextEmbeddingFault) {
        kernels = EncoderKernels.forInstructions(instructions)
        do throws(TextEmbeddingFault) {
            self.configuration = try EncoderConfiguration(configuration)
        } catch {
            throw error.of(EncoderFiles.configuration)
        }
        let positions = min(self.configuration.positionCount, TextEmbeddingLimits.tokensPerText)
        self.tokenLimit = min(tokenLimit ?? 256, positions)
        guard self.tokenLimit >= 2 else {
            throw TextEmbeddingFault(.expected("at least 2"), field: "max_tokens")
        }
        do throws(TextEmbeddingFault) {
            let words = try Vocabulary(vocabulary)
            guard words.count <= self.configuration.wordCount else {
                throw TextEmbeddingFault(
                    .expected("no more words than vocab_size, \(self.configuration.wordCount), not \(words.count)"))
            }
            tokenizer = WordPieceTokenizer(words)
        } catch {
            throw error.of(EncoderFiles.vocabulary)
        }
        do throws(TextEmbeddingFault) {
            self.weights = try EncoderWeights(weights, self.configuration, panelWidth: kernels.panelWidth)
        } catch {
            throw error.of(EncoderFiles.weights)
        }
    }

    /// Bytes of the weights in memory.
    package var byteCount: Int {
        var count = weights.words.byteCount + weights.positions.byteCount
        for layer in weights.layers {
            count += layer.attention.panels.byteCount + layer.output.panels.byteCount
            count += layer.inner.panels.byteCount + layer.outer.panels.byteCount
        }
        return count
    }
}
