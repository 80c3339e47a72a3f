import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// What a model that compares doubles is given: every value in full, rounded once to the tensor's type.
@Suite struct WideRequestTests {
    static let names = ["cpu_user", "mem_used", "disk_io"]

    static let model = ModelSignature(
        name: "m", version: "1", platform: "forest",
        input: InputLayout(
            kind: .forest, featureCount: 3, isWide: true, featureNames: names, defaults: [nil, 0.1, nil]),
        outputs: RequestReading.outputs)

    private func read(
        _ body: [UInt8], headerLength: Int? = nil, usesFastPath: Bool = true
    ) throws -> [Double] {
        var request = InferenceRequest()
        request.usesFastPath = usesFastPath
        var matrix = FeatureMatrix(for: Self.model.input, rowCapacity: 0)
        try request.parse(body.span, headerLength: headerLength, for: Self.model, into: &matrix)
        matrix.advance(by: request.rowCount)
        return matrix.withWideRows { rows in rows.indices.map { rows[$0] } }
    }

    private func read(_ text: String, usesFastPath: Bool = true) throws -> [Double] {
        try read(Array(text.utf8), usesFastPath: usesFastPath)
    }

    @Test(arguments: [true, false])
    func `numbers of JSON are rounded once, to the tensor's type`(_ isFast: Bool) throws {
        let data = "[0.1, 9007199254740993, -1.7976931348623157e308]"
        let doubles = try read(RequestReading.request(data, datatype: "FP64"), usesFastPath: isFast)
        #expect(doubles == [0.1, 9_007_199_254_740_992, -Double.greatestFiniteMagnitude])
        let floats = try read(RequestReading.request("[0.1, 16777217, 1e39]"), usesFastPath: isFast)
        #expect(floats == [Double(Float(0.1)), 16_777_216, .infinity])
        let halves = try read(RequestReading.request("[0.1, 2049, null]", datatype: "FP16"), usesFastPath: isFast)
        #expect(Array(halves.prefix(2)) == [0.0999755859375, 2048] && halves[2].isNaN)
        let integers = try read(
            RequestReading.request("[-9007199254740993, 16777217, 7]", datatype: "INT64"), usesFastPath: isFast)
        #expect(integers == [-9_007_199_254_740_992, 16_777_217, 7])
        let unsigned = try read(
            RequestReading.request("[18446744073709551615, 16777217, 0]", datatype: "UINT64"), usesFastPath: isFast)
        #expect(unsigned == [18_446_744_073_709_551_616, 16_777_217, 0])
    }

    @Test func `binary tensors of every width arrive in full`() throws {
        func bytes(_ values: [Double]) -> [UInt8] {
            values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        }
        let values = [0.1, -.leastNonzeroMagnitude, 1e300]
        let header =
            #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP64","#
            + #""parameters":{"binary_data_size":24}}]}"#
        #expect(try read(Array(header.utf8) + bytes(values), headerLength: header.utf8.count) == values)
        let narrow =
            #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","#
            + #""parameters":{"binary_data_size":12}}]}"#
        let floats = BinaryRequestTests.bytes([0.1, -0.0, .infinity])
        #expect(
            try read(Array(narrow.utf8) + floats, headerLength: narrow.utf8.count).map(\.bitPattern)
                == [Double(Float(0.1)), -0.0, .infinity].map(\.bitPattern))
        // The raw request is of the datatype that the metadata shows.
        #expect(Self.model.input.metadata[0].datatype == .float64)
        #expect(try read(bytes(values + values), headerLength: 0) == values + values)
    }

    @Test func `columns and defaults are doubles`() throws {
        let rows = try read(
            #"{"inputs":[{"name":"disk_io","shape":[2],"datatype":"FP64","data":[0.3,0.7]},"#
                + #"{"name":"cpu_user","shape":[2],"datatype":"FP64","data":[0.2,0.6]}]}"#)
        #expect(rows == [0.2, 0.1, 0.3, 0.6, 0.1, 0.7])
    }

    @Test func `rows survive the matrix's growth`() {
        var matrix = FeatureMatrix(for: Self.model.input, rowCapacity: 1)
        for row in 0..<50 {
            matrix.withWideTail(rows: 1) { tail in
                for index in tail.indices { tail[index] = Double(row) + 0.1 }
            }
            matrix.advance(by: 1)
        }
        matrix.withWideRows { rows in
            for row in 0..<50 { #expect(rows[3 * row] == Double(row) + 0.1) }
        }
    }
}
