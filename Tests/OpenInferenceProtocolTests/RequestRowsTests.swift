import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

/// Rows that stay in the body are the rows that reading at once gives, whoever asks for which of them.
@Suite struct RequestRowsTests {
    private static let forest = RequestReading.model()
    private static let wide = WideRequestTests.model

    /// Datatypes whose bits are all values, with their width.
    private static let datatypes = [
        ("FP32", 4), ("FP64", 8), ("FP16", 2), ("BF16", 2), ("INT8", 1), ("UINT8", 1), ("INT16", 2), ("UINT16", 2),
        ("INT32", 4), ("UINT32", 4), ("INT64", 8), ("UINT64", 8),
    ]

    /// A request of rows of three features in a binary tensor, and the length of its JSON.
    private static func request(rows: Int, datatype: String, width: Int) -> (body: [UInt8], headerLength: Int) {
        let bytes = (0..<rows * 3 * width).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let json =
            #"{"inputs":[{"name":"x","shape":[\#(rows),3],"datatype":"\#(datatype)","#
            + #""parameters":{"binary_data_size":\#(bytes.count)}}]}"#
        return (Array(json.utf8) + bytes, json.utf8.count)
    }

    private static func buffer(_ bytes: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.append(bytes.span)
        return buffer
    }

    /// The values of a matrix's rows, as bits of doubles.
    private static func bits(_ matrix: borrowing FeatureMatrix, _ rows: Range<Int>) -> [UInt64] {
        let elements = rows.lowerBound * matrix.featureCount..<rows.upperBound * matrix.featureCount
        return matrix.isWide
            ? matrix.withWideRows { all in elements.map { all[$0].bitPattern } }
            : matrix.withRows { all in elements.map { Double(all[$0]).bitPattern } }
    }

    @Test(arguments: datatypes)
    func `rows of every datatype are read where they stand`(datatype: String, width: Int) throws {
        for model in [Self.forest, Self.wide] {
            let (body, headerLength) = Self.request(rows: 10, datatype: datatype, width: width)
            var request = InferenceRequest()
            var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
            try request.parse(body.span, headerLength: headerLength, for: model, into: &matrix)
            #expect(request.binaryRows == nil)
            matrix.advance(by: request.rowCount)
            let expected = Self.bits(matrix, 0..<10)

            var untouched = FeatureMatrix(for: model.input, rowCapacity: 0)
            try request.parse(
                body.span, headerLength: headerLength, for: model, into: &untouched, leavesBinaryRows: true)
            #expect(request.rowCount == 10 && untouched.rowCapacity == 0)
            let left = request.binaryRows
            let binaryRows = try #require(left)
            let rows = RequestRows(binaryRows, in: Self.buffer(body), for: model.input)
            #expect(rows.rowCount == 10 && rows.featureCount == 3 && rows.isWide == model.input.isWide)
            var scratch = FeatureMatrix(for: model.input, rowCapacity: 0)
            for part in [3..<7, 0..<10, 9..<10, 0..<3, 5..<5] {
                var lent: [UInt64] = []
                rows.lend(part, scratch: &scratch) { lent = Self.bits($0, $1) }
                #expect(lent == Array(expected[part.lowerBound * 3..<part.upperBound * 3]))
            }
        }
    }

    @Test func `rows that were read are lent as they are`() {
        var matrix = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: 0)
        matrix.withTail(rows: 4) { tail in
            for index in tail.indices { tail[index] = Float(index) }
        }
        matrix.advance(by: 4)
        let rows = RequestRows(matrix)
        #expect(rows.rowCount == 4 && rows.featureCount == 2 && !rows.isWide)
        var scratch = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: 0)
        var lent: [UInt64] = []
        rows.lend(1..<3, scratch: &scratch) { lent = Self.bits($0, $1) }
        #expect(lent == [2, 3, 4, 5].map { Double($0).bitPattern } && scratch.rowCapacity == 0)
    }

    @Test func `a raw body is left too`() throws {
        let body = BinaryRequestTests.bytes([1, 2, 3, 4, 5, 6])
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: Self.forest.input, rowCapacity: 0)
        try request.parse(body.span, headerLength: 0, for: Self.forest, into: &matrix, leavesBinaryRows: true)
        #expect(request.binaryRows == BinaryRows(datatype: .float32, bytes: 0..<24, areFromRegion: false))
        #expect(request.rowCount == 2 && request.outputs == OutputSelection(requested: 7, binary: 7))
    }

    /// What is not a binary tensor of whole rows, or may be faulty, is read at once.
    @Test func `booleans, columns and JSON are read at once`() throws {
        let named = RequestReading.model("named", defaults: [nil, 0, 0])
        let columns =
            #"{"inputs":[{"name":"cpu_user","shape":[2],"datatype":"INT8","parameters":{"binary_data_size":2}}]}"#
        let booleans =
            #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"BOOL","parameters":{"binary_data_size":3}}]}"#
        let requests: [(String, [UInt8], ModelSignature)] = [
            (columns, [1, 2], named), (booleans, [1, 0, 1], Self.forest),
            (RequestReading.request("[1,2,3]"), [], Self.forest),
        ]
        for (json, bytes, model) in requests {
            var request = InferenceRequest()
            var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
            try request.parse(
                (Array(json.utf8) + bytes).span, headerLength: json.utf8.count, for: model, into: &matrix,
                leavesBinaryRows: true)
            #expect(request.binaryRows == nil)
            matrix.advance(by: request.rowCount)
            #expect(matrix.rowCount == request.rowCount && request.rowCount > 0)
        }
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: Self.forest.input, rowCapacity: 0)
        #expect(throws: ProtocolError.self) {
            try request.parse(
                (Array(booleans.utf8) + [1, 2, 1]).span, headerLength: booleans.utf8.count, for: Self.forest,
                into: &matrix, leavesBinaryRows: true)
        }
    }

    @Test func `a request that is read after another leaves nothing of it`() throws {
        let (body, headerLength) = Self.request(rows: 2, datatype: "FP32", width: 4)
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: Self.forest.input, rowCapacity: 0)
        try request.parse(
            body.span, headerLength: headerLength, for: Self.forest, into: &matrix, leavesBinaryRows: true)
        #expect(request.binaryRows != nil)
        try request.parse(
            Array(RequestReading.request("[1,2,3]").utf8).span, headerLength: nil, for: Self.forest, into: &matrix)
        #expect(request.binaryRows == nil && request.rowCount == 1)
    }

    @Test(arguments: [-1..<1, 1..<3])
    func `rows outside the request are not lent`(part: Range<Int>) async {
        await #expect(processExitsWith: .failure) { [part = part as Range<Int>] in
            var matrix = FeatureMatrix(featureCount: 1, isWide: false, rowCapacity: 2)
            matrix.advance(by: 2)
            let rows = RequestRows(matrix)
            var scratch = FeatureMatrix(featureCount: 1, isWide: false, rowCapacity: 0)
            rows.lend(part, scratch: &scratch) { _, _ in }
        }
    }
}
