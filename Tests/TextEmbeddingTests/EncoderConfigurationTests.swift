import Testing

@testable import TextEmbedding

@Suite struct EncoderConfigurationTests {
    private static let members: [(String, String)] = [
        ("model_type", "\"bert\""), ("hidden_act", "\"gelu\""), ("vocab_size", "30522"), ("hidden_size", "384"),
        ("num_hidden_layers", "6"), ("num_attention_heads", "12"), ("intermediate_size", "1536"),
        ("max_position_embeddings", "512"), ("type_vocab_size", "2"), ("layer_norm_eps", "1e-12"),
    ]

    private func read(changing name: String = "", to value: String? = nil) throws(TextEmbeddingFault)
        -> EncoderConfiguration
    {
        let text = Self.members.compactMap { member in
            let value = member.0 == name ? value : member.1
            return value.map { "\"\(member.0)\":\($0)" }
        }
        .joined(separator: ",")
        return try EncoderConfiguration(Array("{\(text)}".utf8).span)
    }

    @Test func `the published model is understood`() throws {
        let configuration = try read()
        #expect(configuration.width == 384 && configuration.headWidth == 32 && configuration.epsilon == 1e-12)
        #expect(configuration.layerCount == 6 && configuration.positionCount == 512)
    }

    @Test(arguments: [
        ("model_type", "\"roberta\"", "model_type: expected \"bert\": the encoder is of another shape"),
        ("hidden_act", "\"gelu_new\"", "hidden_act: expected \"gelu\": the encoder is of another shape"),
        ("hidden_size", "0", "hidden_size: expected a positive integer"),
        ("hidden_size", "390", "hidden_size: expected a multiple of 32"),
        ("intermediate_size", "1500", "intermediate_size: expected a multiple of 32"),
        ("num_attention_heads", "24", "num_attention_heads: expected heads of a multiple of 32 numbers"),
        ("layer_norm_eps", "2", "layer_norm_eps: expected a number from 0 to 1"),
        ("vocab_size", "\"many\"", "vocab_size: expected a positive integer"),
    ])
    func `what is of another shape is refused`(_ name: String, _ value: String, _ sentence: String) {
        #expect { try read(changing: name, to: value) } throws: { ($0 as? TextEmbeddingFault)?.sentence == sentence }
    }

    @Test(arguments: [
        ("num_hidden_layers", TextEmbeddingLimits.layerCount), ("hidden_size", TextEmbeddingLimits.width),
        ("intermediate_size", TextEmbeddingLimits.innerWidth), ("vocab_size", TextEmbeddingLimits.vocabularyWordCount),
    ])
    func `each number keeps to its limit`(_ name: String, _ limit: Int) {
        let fault = TextEmbeddingFault(.limit(what: "of it", value: limit + 1, limit: limit), field: name)
        #expect(throws: fault) { try read(changing: name, to: "\(limit + 1)") }
    }

    @Test func `what is missing is named`() {
        #expect(throws: TextEmbeddingFault(.missing, field: "hidden_size")) { try read(changing: "hidden_size") }
    }

    @Test func `a description keeps to the limit of bytes`() {
        let limit = TextEmbeddingLimits.configurationByteCount
        #expect(throws: TextEmbeddingFault(.limit(what: "bytes", value: limit + 1, limit: limit))) {
            try EncoderConfiguration([UInt8](repeating: 0x20, count: limit + 1).span)
        }
    }
}
