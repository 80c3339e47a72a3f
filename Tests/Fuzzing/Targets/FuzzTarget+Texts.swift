import LinuxSystem
import TextEmbedding

extension FuzzTarget {
    /// Tensors of a file that is read lie one behind the other within it, and are found by their names.
    static let weightFile = FuzzTarget(name: "weight-file") { input in
        guard let file = try? WeightFile(input.span) else { return }
        precondition(file.tensors.count <= TextEmbeddingLimits.tensorCount, "as many tensors as may be")
        var end = file.tensors.first?.bytes.lowerBound ?? input.count
        for tensor in file.tensors {
            precondition(tensor.bytes.lowerBound == end, "tensors leave no gap")
            precondition(file[tensor.name] == tensor, "a tensor is found by its name")
            end = tensor.bytes.upperBound
        }
        precondition(end == input.count, "the last tensor ends with the file")
    }

    /// A text of any bytes has a beginning and an end, keeps to its limit, and begins as it does with a higher one.
    static let textTokens = FuzzTarget(name: "text-tokens") { input in
        let words = Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\ne\n##rror\nth\n##e\n.\n\u{4E2D}\n##\u{301}".utf8)
        guard let vocabulary = try? Vocabulary(words.span) else { preconditionFailure("the vocabulary is sound") }
        let tokenizer = WordPieceTokenizer(vocabulary)
        var scratch = TokenizerScratch()
        var all: [Int32] = []
        tokenizer.append(input.span, limit: .max / 2, to: &all, scratch: &scratch)
        precondition(all.first == vocabulary.beginning && all.last == vocabulary.end, "a beginning and an end")
        precondition(all.count <= 2 + input.count, "no more pieces than bytes")
        for limit in [2, 3, 16] where limit < all.count {
            var some: [Int32] = []
            let count = tokenizer.append(input.span, limit: limit, to: &some, scratch: &scratch)
            precondition(count == limit && some.count == limit, "as many tokens as may be")
            precondition(some.dropLast() == all.prefix(limit - 1), "the first of all tokens")
        }
    }
}
