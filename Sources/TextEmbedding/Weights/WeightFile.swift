import JSONSyntax
import LinuxSystem

/// The tensors of a file in the safetensors format: where each stands, and of what shape it is.
///
/// The file begins with the length of its header, eight bytes with the lowest first; the header is a JSON object with a
/// member for each tensor; their bytes follow, without gap, overlap or anything behind the last.
///
/// - Isolation: any thread; a value, which does not hold the file's bytes.
/// - Source: safetensors 0.8, README "Format" and `SafeTensors::deserialize`.
package struct WeightFile: Equatable, Sendable {
    /// One tensor.
    package struct Tensor: Equatable, Sendable {
        package var name: String
        /// The format's name of the element type, as `F32`.
        package var datatype: String
        package var shape: [Int]
        /// Where its bytes stand in the file.
        package var bytes: Range<Int>
    }

    /// In the order of their bytes.
    package let tensors: [Tensor]
    private let places: [String: Int]

    /// Bytes of an element, for the types that this reader knows.
    private static let elementByteCounts = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4,
        "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
    ]

    /// Reads the header of a whole file.
    ///
    /// - Throws: what breaks the format or a limit.
    package init(_ bytes: Span<UInt8>) throws(TextEmbeddingFault) {
        guard bytes.count >= 8 else { throw TextEmbeddingFault(.truncated) }
        try Self.check(bytes.count, "bytes", TextEmbeddingLimits.weightFileByteCount)
        let headerByteCount = Int(clamping: bytes.littleEndian(UInt64.self, at: 0))
        try Self.check(headerByteCount, "bytes", TextEmbeddingLimits.weightHeaderByteCount, field: "header")
        let start = 8 + headerByteCount
        guard start <= bytes.count else { throw TextEmbeddingFault(.truncated, field: "header") }
        guard case .object(let members) = JSONValue(bytes.extracting(8..<start)) else {
            throw TextEmbeddingFault(.expected("a JSON object"), field: "header")
        }
        try Self.check(members.count, "tensors", TextEmbeddingLimits.tensorCount, field: "header")
        var tensors: [Tensor] = []
        for (name, value) in members where name != "__metadata__" {
            tensors.append(try Self.tensor(name, value, from: start, to: bytes.count))
        }
        // Tensors without elements stand before what begins where they do.
        tensors.sort { ($0.bytes.lowerBound, $0.bytes.count, $0.name) < ($1.bytes.lowerBound, $1.bytes.count, $1.name) }
        var end = start
        for tensor in tensors {
            guard tensor.bytes.lowerBound == end else {
                throw TextEmbeddingFault(.expected("its bytes behind those of the tensor before"), field: tensor.name)
            }
            end = tensor.bytes.upperBound
        }
        guard end == bytes.count else { throw TextEmbeddingFault(.malformed("bytes behind the last tensor")) }
        self.tensors = tensors
        places = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
    }

    /// The tensor of a name.
    package subscript(_ name: String) -> Tensor? { places[name].map { tensors[$0] } }

    private static func check(
        _ value: Int, _ what: String, _ limit: Int, field: String = ""
    ) throws(TextEmbeddingFault) {
        if value > limit { throw TextEmbeddingFault(.limit(what: what, value: value, limit: limit), field: field) }
    }

    private static func tensor(
        _ name: String, _ value: JSONValue, from start: Int, to end: Int
    ) throws(TextEmbeddingFault) -> Tensor {
        guard let datatype = value["dtype"]?.text else {
            throw TextEmbeddingFault(.expected("a string"), field: "\(name).dtype")
        }
        guard let elementByteCount = elementByteCounts[datatype] else {
            throw TextEmbeddingFault(.unsupported("the type \(datatype)"), field: "\(name).dtype")
        }
        let shape = try integers(value, "shape", of: name)
        try check(shape.count, "dimensions", TextEmbeddingLimits.dimensionCount, field: "\(name).shape")
        let offsets = try integers(value, "data_offsets", of: name)
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= end - start else {
            throw TextEmbeddingFault(.expected("a range of the file's bytes"), field: "\(name).data_offsets")
        }
        var byteCount = elementByteCount
        for dimension in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            byteCount = overflow ? .max : product
        }
        guard byteCount == offsets[1] - offsets[0] else {
            throw TextEmbeddingFault(.expected("as many bytes as the shape has"), field: "\(name).data_offsets")
        }
        return Tensor(name: name, datatype: datatype, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
    }

    private static func integers(
        _ value: JSONValue, _ member: String, of name: String
    ) throws(TextEmbeddingFault) -> [Int] {
        let numbers = value[member]?.elements?.map(\.integer)
        guard let numbers, numbers.allSatisfy({ $0 ?? -1 >= 0 }) else {
            throw TextEmbeddingFault(.expected("integers from 0"), field: "\(name).\(member)")
        }
        return numbers.compactMap { $0 }
    }
}
