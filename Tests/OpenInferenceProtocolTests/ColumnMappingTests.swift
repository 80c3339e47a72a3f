import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// Requests whose columns are not the model's: read straight to where they belong, as the slow way reads them.
struct ColumnMappingTests {
    private typealias Bytes = MessageBytes

    /// A model of four features that takes three of a request's five columns, in another order.
    private static let columns = [2, -1, 0, 1, -1]
    private static let names = ["c", "x", "a", "b", "y"]

    static func model(
        columns: [Int] = columns, names: [String] = names, optional: [Bool]? = nil, features: Int = 4,
        defaults: [Double?] = [nil, nil, nil, 0.5], isWide: Bool = false, kind: InputLayout.Kind = .forest
    ) -> ModelSignature {
        let own = (0..<features).map { "own\($0)" }
        let layout = InputLayout(
            kind: kind, featureCount: features, isWide: isWide, featureNames: own, defaults: defaults,
            mapping: ColumnMapping(
                names: names, columns: columns,
                optionalColumns: optional ?? Array(repeating: false, count: columns.count)))
        return ModelSignature(
            name: "m", version: "1", platform: "", input: layout, outputs: RequestReading.outputs)
    }

    /// What a row of a request becomes.
    private static func mapped(_ row: [Float], _ columns: [Int], features: Int, defaults: [Double?]) -> [Float] {
        var target = (0..<features).map { defaults[$0].map { Float($0) } ?? .nan }
        for (source, column) in columns.enumerated() where column >= 0 { target[column] = row[source] }
        return target
    }

    private static func bits(_ rows: [[Float]]) -> [UInt32] { rows.flatMap { $0.map(\.bitPattern) } }

    /// A model that takes three of five columns, all of its own features among them.
    private static let three = model(columns: columns, features: 3, defaults: [nil, nil, nil])
    private static let rows: [[Float]] = [[1, 2, 3, 4, 5], [-1.5, 0, 1e10, 7, 8]]
    private static let expected = rows.map { mapped($0, columns, features: 3, defaults: [nil, nil, nil]) }

    private static func text(_ rows: [[Float]], isNested: Bool) -> String {
        let parts = rows.map { $0.map { "\($0)" }.joined(separator: ",") }
        let data = isNested ? parts.map { "[\($0)]" }.joined(separator: ", ") : parts.joined(separator: ",")
        return RequestReading.request("[\(data)]", shape: "[\(rows.count),\(rows[0].count)]")
    }

    @Test(arguments: [true, false]) func `a matrix in JSON is mapped column by column`(_ isNested: Bool) {
        for usesFastPath in [true, false] {
            let outcome = RequestReading.read(
                Array(Self.text(Self.rows, isNested: isNested).utf8), for: Self.three, usesFastPath: usesFastPath)
            #expect(outcome.error == nil && outcome.rowCount == 2)
            #expect(outcome.rows == Self.bits(Self.expected))
        }
    }

    @Test func `a matrix of bytes is mapped, of whatever datatype`() {
        let json = #"{"inputs":[{"name":"x","shape":[2,5],"datatype":"FP32","parameters":{"binary_data_size":40}}]}"#
        let body = Array(json.utf8) + BinaryRequestTests.bytes(Self.rows.flatMap { $0 })
        let outcome = RequestReading.read(body, headerLength: json.utf8.count, for: Self.three)
        #expect(outcome.error == nil && outcome.rows == Self.bits(Self.expected))
        let bytes = #"{"inputs":[{"name":"x","shape":[1,5],"datatype":"UINT8","parameters":{"binary_data_size":5}}]}"#
        let small = RequestReading.read(
            Array(bytes.utf8) + [1, 2, 3, 4, 5], headerLength: bytes.utf8.count, for: Self.three)
        #expect(small.rows == Self.bits([Self.expected[0]]))
        let raw = RequestReading.read(
            BinaryRequestTests.bytes(Self.rows[0]), headerLength: 0, for: Self.three)
        #expect(raw.rows == Self.bits([Self.expected[0]]))
    }

    @Test func `typed contents and raw contents of a message are mapped`() {
        let raw = Bytes.input([2, 5]) + Bytes.raw(Self.rows.flatMap { $0 })
        #expect(RequestReading.read(message: raw, for: Self.three).rows == Self.bits(Self.expected))
        let integers = Bytes.field(2, [1, 2, 3, 4, 5])
        let typed = Bytes.input([1, 5], datatype: "INT32", rest: Bytes.field(5, integers))
        let outcome = RequestReading.read(message: typed, for: Self.three)
        #expect(outcome.error == nil && outcome.rows == Self.bits([Self.expected[0]]))
    }

    @Test func `columns by name reach their features, and those that nobody takes are read and dropped`() {
        let inputs = zip(Self.names, Self.rows[0]).reversed().map { name, value in
            #"{"name":"\#(name)","shape":[1],"datatype":"FP32","data":[\#(value)]}"#
        }
        let outcome = RequestReading.read(#"{"inputs":[\#(inputs.joined(separator: ","))]}"#, for: Self.three)
        #expect(outcome.error == nil && outcome.rows == Self.bits([Self.expected[0]]))
        let bad = #"{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":["no"]}]}"#
        #expect(RequestReading.error(bad, for: Self.three).contains("cannot hold the value"))
        let unknown = #"{"inputs":[{"name":"own0","shape":[1],"datatype":"FP32","data":[1]}]}"#
        #expect(RequestReading.error(unknown, for: Self.three).contains("unexpected inference input 'own0'"))
    }

    @Test func `what may be left out is decided by the request's columns`() {
        let model = Self.model(optional: [true, true, false, false, true], defaults: [nil, nil, 9, 0.5])
        func request(_ names: String) -> String {
            let inputs = names.map { #"{"name":"\#($0)","shape":[1],"datatype":"FP32","data":[4]}"# }
            return #"{"inputs":[\#(inputs.joined(separator: ","))]}"#
        }
        let outcome = RequestReading.read(request("ab"), for: model)
        #expect(outcome.error == nil && outcome.rows == Self.bits([[4, 4, 9, 0.5]]))
        #expect(RequestReading.error(request("ay"), for: model).contains("missing required input(s) ['b']"))
        #expect(RequestReading.read(request("yab"), for: model).rows == Self.bits([[4, 4, 9, 0.5]]))
        #expect(RequestReading.error(request("aa"), for: model).contains("'a' already exists"))
    }

    @Test func `a wrong width is refused naming the request's`() {
        let error = RequestReading.error(RequestReading.request("[1,2,3]"), for: Self.three)
        #expect(error.contains("Expected [-1,5], got [1,3]"))
        let short = RequestReading.error(RequestReading.request("[1,2,3,4]", shape: "[1,5]"), for: Self.three)
        #expect(short.contains("expected 5 elements, got 4"))
        let long = RequestReading.error(RequestReading.request("[1,2,3,4,5,6]", shape: "[1,5]"), for: Self.three)
        #expect(long.contains("expected 5 elements, got 6"))
    }

    @Test func `a large request's rows are left in its bytes and mapped when they are read`() throws {
        let body = BinaryRequestTests.bytes(Self.rows.flatMap { $0 })
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: Self.three.input, rowCapacity: 0)
        let json = #"{"inputs":[{"name":"x","shape":[2,5],"datatype":"FP32","parameters":{"binary_data_size":40}}]}"#
        var buffer = ByteBuffer()
        buffer.append((Array(json.utf8) + body).span)
        try request.parse(
            buffer.bytes, headerLength: json.utf8.count, for: Self.three, into: &matrix, leavesBinaryRows: true)
        let found = request.binaryRows
        let binary = try #require(found)
        let rows = RequestRows(binary, in: buffer, for: Self.three.input)
        #expect(rows.rowCount == 2)
        var scratch = FeatureMatrix(for: Self.three.input, rowCapacity: 0)
        var read: [UInt32] = []
        rows.lend(1..<2, scratch: &scratch) { matrix, range in
            #expect(range == 0..<1)
            matrix.withRows { rows in for index in rows.indices { read.append(rows[index].bitPattern) } }
        }
        #expect(read == Self.bits([Self.expected[1]]))
    }

    @Test func `any mapping gives what the slow way gives`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<300 {
            let width = Int.random(in: 1...40, using: &generator)
            let features = Int.random(in: 1...40, using: &generator)
            var columns = Array(repeating: -1, count: width)
            var targets = Array(0..<features)
            // Runs of neighbours and single columns.
            if Bool.random(using: &generator) { targets.shuffle(using: &generator) }
            var place = 0
            for source in 0..<width where place < targets.count && Int.random(in: 0..<4, using: &generator) > 0 {
                columns[source] = targets[place]
                place += 1
            }
            let defaults: [Double?] = (0..<features).map { columns.contains($0) ? nil : Double($0) }
            let model = Self.model(
                columns: columns, names: (0..<width).map { "n\($0)" }, features: features, defaults: defaults)
            let rows = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (0..<width).map { _ in Float(Int.random(in: -1_000...1_000, using: &generator)) / 8 }
            }
            let expected = Self.bits(rows.map { Self.mapped($0, columns, features: features, defaults: defaults) })
            for (isNested, usesFastPath) in [(true, true), (false, true), (true, false), (false, false)] {
                let outcome = RequestReading.read(
                    Array(Self.text(rows, isNested: isNested).utf8), for: model, usesFastPath: usesFastPath)
                #expect(outcome.error == nil && outcome.rows == expected)
            }
            let json =
                #"{"inputs":[{"name":"x","shape":[\#(rows.count),\#(width)],"datatype":"FP32","#
                + #""parameters":{"binary_data_size":\#(4 * rows.count * width)}}]}"#
            let body = Array(json.utf8) + BinaryRequestTests.bytes(rows.flatMap { $0 })
            let binary = RequestReading.read(body, headerLength: json.utf8.count, for: model)
            #expect(binary.error == nil && binary.rows == expected)
            let message = Bytes.input([Int64(rows.count), Int64(width)]) + Bytes.raw(rows.flatMap { $0 })
            #expect(RequestReading.read(message: message, for: model).rows == expected)
        }
    }
}
