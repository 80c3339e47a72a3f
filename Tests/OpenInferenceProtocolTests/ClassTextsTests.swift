import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// The greatest elements of rows as texts; the expected ones are written out by hand from Triton's documentation.
@Suite struct ClassTextsTests {
    private func ranked<Element: Comparable>(_ row: [Element], _ count: Int) -> [Int] {
        var ranking = ClassRanking()
        ranking.rank(row.span, count: count)
        return ranking.leaders.map { Int($0) }
    }

    @Test func `the greatest come first, equals by their index, and what is no number last`() {
        let row: [Float] = [0.5, .nan, 0.7, 0.5, -.infinity, 0.7, .infinity, -0.0, 0.0, .nan]
        #expect(ranked(row, 10) == [6, 2, 5, 0, 3, 7, 8, 4, 1, 9])
        for count in 1...10 { #expect(ranked(row, count) == Array([6, 2, 5, 0, 3, 7, 8, 4, 1, 9].prefix(count))) }
        #expect(ranked([Float.nan, .nan], 2) == [0, 1])
        #expect(ranked([Int64.min, Int64.max, 0, Int64.max], 3) == [1, 3, 2])
        #expect(ranked([Int32](repeating: 4, count: 5), 3) == [0, 1, 2])
        #expect(ranked([1.5], 1) == [0])
    }

    @Test func `a row of any length is ranked as a stable sort does`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<300 {
            let length = random.int(in: 1...60)
            let row = (0..<length).map { _ in
                random.int(in: 0...9) == 0 ? Double.nan : Double(random.int(in: -6...6)) / 4
            }
            let expected = row.indices.sorted { one, other in
                if row[one].isNaN != row[other].isNaN { return row[other].isNaN }
                return row[one] == row[other] || row[one].isNaN ? one < other : row[one] > row[other]
            }
            let count = random.int(in: 1...length)
            #expect(ranked(row, count) == Array(expected.prefix(count)))
        }
    }

    /// Python's `'%f' % 1e300`.
    private static let large =
        "100000000000000005250476025520442024870446858110815915491585411551180245798890819578637137"
        + "508044786404370444383288387817694252323536043057564479218478670698284838720092657580373783"
        + "023379478809005936895323497079994508111903896764088007465274278014249457925878882005684283"
        + "8115669472196386865459400540160.000000"

    /// A model of which each output has labels.
    private static func model(_ columns: [OutputColumn]) -> ModelSignature {
        ModelSignature(
            name: "m", version: "1", platform: "", input: InputLayout(kind: .forest, featureCount: 1),
            outputs: columns.map(\.metadata),
            labels: [[], ["no", "a \"quote\""], [], ["\u{e9}t\u{e9}"], ["", "leaf one"]])
    }

    private func response(_ outputs: String, rows: Range<Int>) throws -> (text: String, binary: [UInt8], length: Int?) {
        let columns = ResponseTemplateTests.columns()
        let model = Self.model(columns)
        var request = InferenceRequest()
        let text = RequestReading.request("[1]", shape: "[1,1]", rest: ",\"outputs\":[\(outputs)]")
        let outcome = RequestReading.read(Array(text.utf8), for: model, with: &request)
        if let error = outcome.error { throw error }
        var reply = ByteBuffer()
        let length = model.responseTemplate.append(
            to: &reply, id: Span(), selection: request.outputs, special: request.specialOutputs,
            columns: columns, rows: rows)
        let bytes = reply.withBytes { all in all.indices.map { all[$0] } }
        let end = length ?? bytes.count
        return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[end...]), length)
    }

    private func output(_ name: String, _ count: String, binary: Bool = false) -> String {
        #"{"name":"\#(name)","parameters":{"classification":\#(count),"binary_data":\#(binary)}}"#
    }

    @Test func `texts stand in JSON with their labels`() throws {
        let outputs = [
            output("probabilities", "2"), output("margin", "1"), output("count", "18446744073709551615"),
            output("leaf_indices", "5"),
        ]
        let (text, binary, length) = try response(outputs.joined(separator: ","), rows: 1..<3)
        #expect(
            text
                == #"""
                {"model_name":"m","model_version":"1","outputs":[{"name":"probabilities","datatype":"BYTES",\#
                "shape":[2,2],"data":["0.980000:0:no","0.020000:1:a \"quote\"","inf:1:a \"quote\"","nan:0:no"]},\#
                {"name":"margin","datatype":"BYTES","shape":[2,1],"data":["0.100000:0",\#
                "\#(Self.large):0"]},{"name":"count","datatype":"BYTES","shape":[2,1],\#
                "data":["0:0:été","42:0:été"]},{"name":"leaf_indices","datatype":"BYTES","shape":[2,2],\#
                "data":["1:1:leaf one","0:0","3:1:leaf one","2:0"]}]}
                """#)
        #expect(binary.isEmpty && length == nil)
    }

    @Test func `texts come as a BYTES tensor among others`() throws {
        let outputs = [
            output("leaf_indices", "1", binary: true), #"{"name":"count","parameters":{"binary_data":true}}"#,
            output("probabilities", "1", binary: true), #"{"name":"margin"}"#,
        ]
        let (text, binary, length) = try response(outputs.joined(separator: ","), rows: 0..<2)
        #expect(
            text
                == #"""
                {"model_name":"m","model_version":"1","outputs":[{"name":"probabilities","datatype":"BYTES",\#
                "shape":[2,1],"parameters":{"binary_data_size":34}},{"name":"margin","datatype":"FP64","shape":[2],\#
                "data":[-1.5,0.1]},{"name":"count","datatype":"INT64","shape":[2,1],\#
                "parameters":{"binary_data_size":16}},{"name":"leaf_indices","datatype":"BYTES","shape":[2,1],\#
                "parameters":{"binary_data_size":33}}]}
                """#)
        #expect(length == text.utf8.count)
        func element(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }
        let count: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x80] + [UInt8](repeating: 0, count: 8)
        #expect(
            binary == element("0.500000:0:no") + element("0.980000:0:no") + count + element("-1:1:leaf one")
                + element("1:1:leaf one"))
    }

    @Test func `no rows give no texts`() throws {
        let (text, _, length) = try response(output("probabilities", "2", binary: true), rows: 0..<0)
        #expect(text.hasSuffix(#""shape":[0,2],"parameters":{"binary_data_size":0}}]}"#) && length == nil)
        let (json, _, _) = try response(output("probabilities", "2"), rows: 0..<0)
        #expect(json.hasSuffix(#""shape":[0,2],"data":[]}]}"#))
    }

    @Test func `zero classes are the output itself`() throws {
        let (text, _, _) = try response(output("probabilities", "0"), rows: 0..<1)
        #expect(text.hasSuffix(#""datatype":"FP32","shape":[1,2],"data":[0.5,0.25]}]}"#))
    }

    @Test(arguments: [
        (#"{"name":"label","parameters":{"classification":1}}"#, "due to unsupported type 'BYTES'"),
        (#"{"name":"margin","parameters":{"classification":-1}}"#, "Unable to parse 'classification'"),
        (#"{"name":"margin","parameters":{"classification":1.0}}"#, "Unable to parse 'classification'"),
        (#"{"name":"margin","parameters":{"classification":"1"}}"#, "classification must be an integer"),
        (#"{"name":"margin","parameters":{"classification":1,"classification":1}}"#, "occurs twice"),
    ])
    func `what cannot be classified is refused`(output: String, message: String) {
        let error = #expect(throws: ProtocolError.self) { _ = try response(output, rows: 0..<1) }
        #expect(error?.code == .invalidArgument && error?.message.contains(message) == true)
    }

    @Test func `datatypes are those that Triton classifies`() {
        let refused = Datatype.allCases.filter { !OutputColumn.isClassifiable($0) }
        #expect(refused == [.bool, .float16, .bytes, .bfloat16])
    }

    @Test func `elements of a row and texts of an answer are limited`() {
        let limit = OpenInferenceProtocolLimits.classifiedElementCount
        func error(width: Int, rows: Int, count: Int, label: String = "") -> String {
            let model = ModelSignature(
                name: "m", version: "1", platform: "", input: InputLayout(kind: .forest, featureCount: 1),
                outputs: [TensorMetadata(name: "margin", datatype: .float32, dims: [-1, width])],
                labels: [[label]])
            let data = (0..<rows).map { "\($0)" }.joined(separator: ",")
            let text = RequestReading.request(
                "[\(data)]", shape: "[\(rows),1]", rest: ",\"outputs\":[\(output("margin", "\(count)"))]")
            return RequestReading.error(text, for: model)
        }
        #expect(error(width: limit, rows: 1, count: 2) == "")
        #expect(error(width: limit + 1, rows: 1, count: 2) == "classification output tensor too large")
        // A text counts as sixteen elements, more with long labels.
        let texts = OpenInferenceProtocolLimits.outputElementCount / 16
        #expect(error(width: limit, rows: 4, count: limit) == "")
        #expect(error(width: limit, rows: 5, count: limit).contains("too many for one answer"))
        #expect(texts / limit == 4)
        let label = String(repeating: "x", count: 1_024)
        #expect(error(width: limit, rows: 1, count: limit, label: label).contains("too many for one answer"))
        #expect(error(width: limit, rows: 1, count: limit / 2, label: label) == "")
    }
}
