import LinuxSystem
import TestSupport
import Testing

@testable import TextEmbedding

// Goal: the vectors of sentence-transformers within 2e-6 of each number, on every set of instructions. Method: the
// vectors of a thousand texts, which follow from a seed, stand in the fixture. Serialised: each holds a whole encoder.
@Suite(.serialized) struct TextEncoderTests {
    private static let texts: [[UInt8]] = {
        var seeded = SeededTexts(seed: 20_261_132)
        var texts = (0..<1_024).map { SeededTexts.utf8($0 % 2 == 1 ? seeded.plain() : seeded.text()) }
        texts[0] = []
        return texts
    }()

    private func vectors(of texts: [[UInt8]], _ encoder: TextEncoder, _ scratch: EncoderScratch) -> [Float] {
        var vectors = [Float](repeating: .nan, count: texts.count * encoder.width)
        var span = vectors.mutableSpan
        encoder.encode(count: texts.count, scratch: scratch, into: &span) { number, lend in
            let text = texts[number]
            lend(text.span)
        }
        return vectors
    }

    @Test(arguments: EmbedderFolder.present)
    func `vectors are the reference's`(_ instructions: EncoderInstructions) throws {
        let bytes = try FixtureFile.bytes("vectors.f32")
        guard EmbedderFolder.isThere() else { return }
        let encoder = try EmbedderFolder.encoder(instructions)
        #expect(bytes.count == Self.texts.count * encoder.width * 4)
        let scratch = EncoderScratch()
        var greatest: Float = 0
        var leastCosine: Float = 1
        for first in stride(from: 0, to: Self.texts.count, by: 37) {
            let part = Array(Self.texts[first..<min(first + 37, Self.texts.count)])
            let found = vectors(of: part, encoder, scratch)
            for number in part.indices {
                var cosine: Float = 0
                for index in 0..<encoder.width {
                    let place = (first + number) * encoder.width + index
                    let expected = Float(bitPattern: bytes.span.littleEndian(UInt32.self, at: 4 * place))
                    let value = found[number * encoder.width + index]
                    let distance = abs(value - expected)
                    greatest = distance <= greatest ? greatest : distance
                    cosine += value * expected
                }
                leastCosine = min(leastCosine, cosine)
            }
        }
        print("\(instructions): greatest distance \(greatest), least cosine \(leastCosine)")
        #expect(greatest <= 2e-6)
        #expect(leastCosine >= 0.999_999)
    }

    @Test(arguments: EmbedderFolder.present)
    func `a text has the same bits alone and beside others`(_ instructions: EncoderInstructions) throws {
        guard EmbedderFolder.isThere() else { return }
        let encoder = try EmbedderFolder.encoder(instructions)
        let texts = Array(Self.texts.prefix(60))
        let together = vectors(of: texts, encoder, EncoderScratch())
        let scratch = EncoderScratch()
        for number in texts.indices {
            let alone = vectors(of: [texts[number]], encoder, scratch)
            let beside = together[number * encoder.width..<(number + 1) * encoder.width]
            #expect(alone.map(\.bitPattern) == beside.map(\.bitPattern), "text \(number)")
        }
    }

    @Test func `no texts have no vectors`() throws {
        guard EmbedderFolder.isThere() else { return }
        #expect(vectors(of: [], try EmbedderFolder.encoder(.baseline), EncoderScratch()) == [])
    }

    @Test func `a file of another shape is refused`() throws {
        guard EmbedderFolder.isThere() else { return }
        let text = String(decoding: try EmbedderFolder.bytes("config.json"), as: UTF8.self)
        let layers = text.replacing("\"num_hidden_layers\": 6", with: "\"num_hidden_layers\": 7")
        let wider = text.replacing("\"intermediate_size\": 1536", with: "\"intermediate_size\": 1568")
        let vocabulary = try EmbedderFolder.bytes("vocab.txt")
        let weights = try EmbedderFolder.bytes("model.safetensors")
        func make(_ configuration: String, limit: Int? = nil) throws(TextEmbeddingFault) -> TextEncoder {
            try TextEncoder(
                configuration: Array(configuration.utf8).span, vocabulary: vocabulary.span, weights: weights.span,
                tokenLimit: limit, instructions: .baseline)
        }
        var missing = TextEmbeddingFault(.missing, field: "encoder.layer.6.attention.self.query.weight")
        missing.fileName = "model.safetensors"
        #expect(throws: missing) { try make(layers) }
        #expect { try make(wider) } throws: {
            "\($0)" == "model.safetensors: encoder.layer.0.intermediate.dense.weight: expected the shape "
                + "[1568, 384], not [1536, 384]"
        }
        #expect(try make(text, limit: 1 << 20).tokenLimit == 512)
        #expect(TextEmbeddingLimits.tokensPerText >= 512)
        #expect(throws: TextEmbeddingFault.self) { try make(text, limit: 1) }
    }
}
