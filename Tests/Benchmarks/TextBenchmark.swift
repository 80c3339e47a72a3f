import LinuxSystem
import TextEmbedding

/// Times a text encoder on one thread: single texts of several lengths, and many at once.
///
/// Times are of the processor, from a text's bytes to its vector; the first tenth and the median of the runs are shown.
struct TextBenchmark {
    /// Has `config.json`, `vocab.txt` and `model.safetensors`.
    let folder: String
    let instructions: EncoderInstructions
    let repetitions: Int

    /// Tokens of a text, the two at its ends included.
    private static let tokenCounts = [16, 32, 64, 128, 256]
    /// Tokens of the texts that are encoded at once, as chunks of runbooks have, and how many.
    private static let bulk = (tokenCount: 185, textCount: 32)

    /// Runs and prints; false if the encoder cannot be loaded.
    func run() -> Bool {
        guard let configuration = try? FileSystem.read("\(folder)/config.json", byteCountLimit: 1 << 20),
            let vocabulary = try? FileSystem.read("\(folder)/vocab.txt", byteCountLimit: 1 << 24),
            let weights = try? FileSystem.read("\(folder)/model.safetensors", byteCountLimit: 1 << 31),
            let encoder = try? TextEncoder(
                configuration: configuration.bytes, vocabulary: vocabulary.bytes, weights: weights.bytes,
                instructions: instructions)
        else {
            print("no text encoder in \(folder): `make embedder` fetches it")
            return false
        }
        print("text encoder, \(instructions), one thread, ms of processor time")
        print("tokens   first tenth   median   10⁹ operations per second")
        for count in Self.tokenCounts {
            let times = time(encoder, tokenCount: count, textCount: 1)
            let median = times[times.count / 2]
            // Products of the layers, and of attention: a multiplication and an addition each.
            let operations = 21.23e6 * Double(count) + 9_216 * Double(count * count)
            let figures = [times[times.count / 10], median, operations / median / 1e6].map(shown)
            print("\(count)   \(figures.joined(separator: "   "))")
        }
        let times = time(encoder, tokenCount: Self.bulk.tokenCount, textCount: Self.bulk.textCount)
        let perSecond = Double(Self.bulk.textCount) / times[times.count / 2] * 1_000
        print("\(Self.bulk.tokenCount) tokens, \(Self.bulk.textCount) at once: \(shown(perSecond)) texts per second")
        return true
    }

    /// The times of runs, ascending.
    private func time(_ encoder: TextEncoder, tokenCount: Int, textCount: Int) -> [Double] {
        let text = Array(Array(repeating: "error", count: tokenCount - 2).joined(separator: " ").utf8)
        let clock = ThreadProcessorClock()
        let scratch = EncoderScratch()
        var vectors = [Float](repeating: 0, count: textCount * encoder.width)
        return (0..<max(1, repetitions)).map { _ in
            let begin = clock.now()
            var span = vectors.mutableSpan
            let count = encoder.encode(count: textCount, scratch: scratch, into: &span) { _, lend in
                let text = text
                lend(text.span)
            }
            precondition(count == tokenCount * textCount, "each word is one token")
            return Double((clock.now() - begin).count) / 1e6
        }
        .sorted()
    }

    private func shown(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
