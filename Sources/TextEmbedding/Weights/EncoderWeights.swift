import LinuxSystem

/// All numbers of an encoder, arranged for the kernels of an instruction set.
///
/// - Isolation: immutable; any thread.
/// - Source: the names of tensors are those of transformers' `BertModel`.
final class EncoderWeights: Sendable {
    /// The numbers of one layer.
    final class Layer: Sendable {
        /// Queries, keys and values side by side.
        let attention: PackedMatrix
        let output: PackedMatrix
        let outputScale: AlignedArray<Float>
        let outputShift: AlignedArray<Float>
        let inner: PackedMatrix
        let outer: PackedMatrix
        let outerScale: AlignedArray<Float>
        let outerShift: AlignedArray<Float>

        fileprivate init(
            _ number: Int, of source: WeightSource, in bytes: Span<UInt8>, _ configuration: EncoderConfiguration
        ) throws(TextEmbeddingFault) {
            let (width, innerWidth) = (configuration.width, configuration.innerWidth)
            let name = "encoder.layer.\(number)."
            attention = try source.matrix(
                [name + "attention.self.query", name + "attention.self.key", name + "attention.self.value"],
                outputs: width, depth: width, in: bytes)
            output = try source.matrix([name + "attention.output.dense"], outputs: width, depth: width, in: bytes)
            outputScale = try source.numbers(name + "attention.output.LayerNorm.weight", [width], in: bytes)
            outputShift = try source.numbers(name + "attention.output.LayerNorm.bias", [width], in: bytes)
            inner = try source.matrix([name + "intermediate.dense"], outputs: innerWidth, depth: width, in: bytes)
            outer = try source.matrix([name + "output.dense"], outputs: width, depth: innerWidth, in: bytes)
            outerScale = try source.numbers(name + "output.LayerNorm.weight", [width], in: bytes)
            outerShift = try source.numbers(name + "output.LayerNorm.bias", [width], in: bytes)
        }
    }

    let words: AlignedArray<Float>
    /// Those of places, to which that of the first type of token is added, as all tokens are of it.
    let positions: AlignedArray<Float>
    let embeddingScale: AlignedArray<Float>
    let embeddingShift: AlignedArray<Float>
    let layers: [Layer]

    /// Takes the numbers out of a whole file.
    init(
        _ bytes: Span<UInt8>, _ configuration: EncoderConfiguration, panelWidth: Int
    ) throws(TextEmbeddingFault) {
        let source = WeightSource(try WeightFile(bytes), panelWidth: panelWidth)
        let width = configuration.width
        words = try source.numbers(
            "embeddings.word_embeddings.weight", [configuration.wordCount, width], in: bytes)
        var positions = try source.numbers(
            "embeddings.position_embeddings.weight", [configuration.positionCount, width], in: bytes)
        let types = try source.numbers(
            "embeddings.token_type_embeddings.weight", [configuration.typeCount, width], in: bytes)
        positions.withMutableSpan { positions in
            for index in positions.indices { positions[index] += types[index % width] }
        }
        self.positions = positions
        embeddingScale = try source.numbers("embeddings.LayerNorm.weight", [width], in: bytes)
        embeddingShift = try source.numbers("embeddings.LayerNorm.bias", [width], in: bytes)
        var layers: [Layer] = []
        for number in 0..<configuration.layerCount {
            layers.append(try Layer(number, of: source, in: bytes, configuration))
        }
        self.layers = layers
    }
}
