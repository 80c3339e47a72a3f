import Testing

@testable import TextEmbedding

@Suite struct WeightFileTests {
    private func file(_ header: String, dataByteCount: Int = 0) -> [UInt8] {
        let header = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
            + [UInt8](repeating: 0, count: dataByteCount)
    }

    private func read(_ header: String, _ dataByteCount: Int = 0) throws(TextEmbeddingFault) -> WeightFile {
        try WeightFile(file(header, dataByteCount: dataByteCount).span)
    }

    @Test func `tensors are found by name`() throws {
        let header = """
            {"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[1],"data_offsets":[8,16]},\
            "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"c":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}
            """
        let file = try read(header, 16)
        let start = 8 + header.utf8.count
        #expect(file.tensors.map(\.name) == ["a", "c", "b"])
        #expect(
            file["a"]
                == WeightFile.Tensor(name: "a", datatype: "F32", shape: [2, 1], bytes: start..<start + 8))
        #expect(file["d"] == nil)
    }

    @Test(arguments: [
        ("[]", 0, TextEmbeddingFault(.expected("a JSON object"), field: "header")),
        ("{\"a\":1", 0, TextEmbeddingFault(.expected("a JSON object"), field: "header")),
        ("{}", 1, TextEmbeddingFault(.malformed("bytes behind the last tensor"))),
        ("{\"a\":1}", 0, TextEmbeddingFault(.expected("a string"), field: "a.dtype")),
        ("{\"a\":{\"dtype\":\"F4\"}}", 0, TextEmbeddingFault(.unsupported("the type F4"), field: "a.dtype")),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5]}}", 0,
            TextEmbeddingFault(.expected("integers from 0"), field: "a.shape")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4,
            TextEmbeddingFault(.expected("a range of the file's bytes"), field: "a.data_offsets")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 4,
            TextEmbeddingFault(.expected("a range of the file's bytes"), field: "a.data_offsets")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,16],\"data_offsets\":[0,0]}}", 0,
            TextEmbeddingFault(.expected("as many bytes as the shape has"), field: "a.data_offsets")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
            TextEmbeddingFault(.expected("its bytes behind those of the tensor before"), field: "a")
        ),
    ])
    func `what breaks the format is refused`(_ header: String, _ count: Int, _ fault: TextEmbeddingFault) {
        #expect(throws: fault) { try read(header, count) }
    }

    @Test func `a file that is cut anywhere is refused`() {
        let whole = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", dataByteCount: 8)
        for count in 0..<whole.count {
            #expect(throws: TextEmbeddingFault.self) { try WeightFile(whole.span.extracting(0..<count)) }
        }
    }

    @Test func `a header keeps to its limit`() {
        let limit = TextEmbeddingLimits.weightHeaderByteCount
        var bytes = file("{}")
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: (limit + 1) >> (8 * index)) }
        let fault = TextEmbeddingFault(.limit(what: "bytes", value: limit + 1, limit: limit), field: "header")
        #expect(throws: fault) { try WeightFile(bytes.span) }
        for index in 0..<8 { bytes[index] = 0xFF }
        #expect(throws: TextEmbeddingFault(.limit(what: "bytes", value: .max, limit: limit), field: "header")) {
            try WeightFile(bytes.span)
        }
    }

    @Test func `a header keeps to the limits of tensors and dimensions`() {
        let count = TextEmbeddingLimits.tensorCount
        let tensors = (0...count).map { "\"\($0)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}" }
        #expect(throws: TextEmbeddingFault(.limit(what: "tensors", value: count + 1, limit: count), field: "header")) {
            try read("{\(tensors.joined(separator: ","))}")
        }
        let dimensions = Array(repeating: "1", count: TextEmbeddingLimits.dimensionCount + 1).joined(separator: ",")
        let fault = TextEmbeddingFault(
            .limit(
                what: "dimensions", value: TextEmbeddingLimits.dimensionCount + 1,
                limit: TextEmbeddingLimits.dimensionCount), field: "a.shape")
        #expect(throws: fault) {
            try read("{\"a\":{\"dtype\":\"U8\",\"shape\":[\(dimensions)],\"data_offsets\":[0,1]}}", 1)
        }
    }

    @Test func `no file is larger than an offset can say`() {
        #expect(TextEmbeddingLimits.weightFileByteCount <= Int32.max)
    }
}
