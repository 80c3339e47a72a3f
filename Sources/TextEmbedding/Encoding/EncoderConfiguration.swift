import JSONSyntax

/// What an encoder of BERT's shape is made of.
///
/// - Source: `config.json` of transformers' `BertConfig`, 4.0 to 5.24.
package struct EncoderConfiguration: Equatable, Sendable {
    /// Words of the vocabulary.
    package var wordCount: Int
    /// Numbers of a token's state.
    package var width: Int
    package var layerCount: Int
    package var headCount: Int
    /// Numbers between the two products of a layer.
    package var innerWidth: Int
    /// Tokens that have a place.
    package var positionCount: Int
    /// Types of tokens; all are of the first.
    package var typeCount: Int
    package var epsilon: Float

    /// Numbers of a head.
    package var headWidth: Int { width / headCount }

    /// What widths are multiples of: the columns of the widest panel.
    static let widthUnit = 32

    /// Reads a `config.json`.
    ///
    /// - Throws: what is missing, out of range, or of another architecture.
    package init(_ bytes: Span<UInt8>) throws(TextEmbeddingFault) {
        if bytes.count > TextEmbeddingLimits.configurationByteCount {
            throw TextEmbeddingFault(
                .limit(what: "bytes", value: bytes.count, limit: TextEmbeddingLimits.configurationByteCount))
        }
        guard let value = JSONValue(bytes), case .object = value else {
            throw TextEmbeddingFault(.expected("a JSON object"))
        }
        func expect(_ field: String, _ wanted: String, ifAbsent: String? = nil) throws(TextEmbeddingFault) {
            let found = value[field]?.text ?? ifAbsent
            if found != wanted {
                throw TextEmbeddingFault(.expected("\"\(wanted)\": the encoder is of another shape"), field: field)
            }
        }
        func integer(_ field: String, limit: Int) throws(TextEmbeddingFault) -> Int {
            guard let member = value[field] else { throw TextEmbeddingFault(.missing, field: field) }
            guard let number = member.integer, number > 0 else {
                throw TextEmbeddingFault(.expected("a positive integer"), field: field)
            }
            if number > limit {
                throw TextEmbeddingFault(.limit(what: "of it", value: number, limit: limit), field: field)
            }
            return number
        }
        try expect("model_type", "bert")
        try expect("hidden_act", "gelu")
        try expect("position_embedding_type", "absolute", ifAbsent: "absolute")
        wordCount = try integer("vocab_size", limit: TextEmbeddingLimits.vocabularyWordCount)
        width = try integer("hidden_size", limit: TextEmbeddingLimits.width)
        layerCount = try integer("num_hidden_layers", limit: TextEmbeddingLimits.layerCount)
        headCount = try integer("num_attention_heads", limit: TextEmbeddingLimits.width)
        innerWidth = try integer("intermediate_size", limit: TextEmbeddingLimits.innerWidth)
        positionCount = try integer("max_position_embeddings", limit: 1 << 20)
        typeCount = try integer("type_vocab_size", limit: 16)
        let unit = Self.widthUnit
        guard width.isMultiple(of: unit), innerWidth.isMultiple(of: unit) else {
            let field = width.isMultiple(of: unit) ? "intermediate_size" : "hidden_size"
            throw TextEmbeddingFault(.expected("a multiple of \(unit)"), field: field)
        }
        guard width.isMultiple(of: headCount), (width / headCount).isMultiple(of: unit) else {
            throw TextEmbeddingFault(
                .expected("heads of a multiple of \(unit) numbers"), field: "num_attention_heads")
        }
        let epsilon = value["layer_norm_eps"]?.number ?? 1e-12
        guard epsilon >= 0, epsilon < 1 else {
            throw TextEmbeddingFault(.expected("a number from 0 to 1"), field: "layer_norm_eps")
        }
        self.epsilon = Float(epsilon)
    }
}
