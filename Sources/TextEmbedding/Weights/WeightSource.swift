import LinuxSystem

/// The tensors of a file of weights, found by name and checked.
struct WeightSource {
    private let file: WeightFile
    private let panelWidth: Int
    /// What stands before all names; some files have it, some do not.
    private let prefix: String

    init(_ file: WeightFile, panelWidth: Int) {
        self.file = file
        self.panelWidth = panelWidth
        prefix = file["bert.embeddings.word_embeddings.weight"] == nil ? "" : "bert."
    }

    /// The numbers of a tensor.
    ///
    /// - Throws: a tensor that is missing, of another shape, or not of float32.
    func numbers(
        _ name: String, _ shape: [Int], in bytes: Span<UInt8>
    ) throws(TextEmbeddingFault) -> AlignedArray<Float> {
        let tensor = try tensor(name, shape)
        var numbers = AlignedArray<Float>(count: tensor.bytes.count / 4, repeating: 0)
        numbers.withMutableSpan { $0.copyLittleEndian(bytes.extracting(tensor.bytes)) }
        return numbers
    }

    /// Matrices of one size whose outputs stand side by side.
    ///
    /// - Throws: as above.
    func matrix(
        _ names: [String], outputs: Int, depth: Int, in bytes: Span<UInt8>
    ) throws(TextEmbeddingFault) -> PackedMatrix {
        var parts: [(weight: WeightFile.Tensor, bias: WeightFile.Tensor)] = []
        for name in names {
            parts.append((try tensor(name + ".weight", [outputs, depth]), try tensor(name + ".bias", [outputs])))
        }
        return PackedMatrix(parts, of: bytes, panelWidth: panelWidth)
    }

    private func tensor(_ name: String, _ shape: [Int]) throws(TextEmbeddingFault) -> WeightFile.Tensor {
        guard let tensor = file[prefix + name] else { throw TextEmbeddingFault(.missing, field: name) }
        guard tensor.datatype == "F32" else {
            throw TextEmbeddingFault(.unsupported("the type \(tensor.datatype)"), field: name)
        }
        guard tensor.shape == shape else {
            throw TextEmbeddingFault(.expected("the shape \(shape), not \(tensor.shape)"), field: name)
        }
        return tensor
    }
}
