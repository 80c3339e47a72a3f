import JSONSyntax
import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

// Responses are compared with texts written out by hand from the protocol's specification.
@Suite struct ResponseTemplateTests {
    static func columns() -> [OutputColumn] {
        let metadata = [
            TensorMetadata(name: "label", datatype: .bytes, dims: [-1]),
            TensorMetadata(name: "probabilities", datatype: .float32, dims: [-1, 2]),
            TensorMetadata(name: "margin", datatype: .float64, dims: [-1]),
            TensorMetadata(name: "count", datatype: .int64, dims: [-1, 1]),
            TensorMetadata(name: "leaf_indices", datatype: .int32, dims: [-1, 2]),
        ]
        let columns = [
            OutputColumn(metadata: metadata[0], responseDims: [], classNames: ["normal", "an\"omaly"]),
            OutputColumn(metadata: metadata[1], responseDims: [2]),
            OutputColumn(metadata: metadata[2], responseDims: []),
            OutputColumn(metadata: metadata[3], responseDims: [1]),
            OutputColumn(metadata: metadata[4], responseDims: [2]),
        ]
        for column in columns { column.prepare(rows: 3) }
        columns[0].withInt64s { for row in 0..<3 { $0[row] = Int64(row % 2) } }
        columns[1].withFloats { for index in 0..<6 { $0[index] = [0.5, 0.25, 0.98, 0.02, .nan, .infinity][index] } }
        columns[2].withDoubles { for row in 0..<3 { $0[row] = [-1.5, 0.1, 1e300][row] } }
        columns[3].withInt64s { for row in 0..<3 { $0[row] = [Int64.min, 0, 42][row] } }
        columns[4].withInt32s { for index in 0..<6 { $0[index] = Int32(index) - 2 } }
        return columns
    }

    static func response(
        _ selection: OutputSelection, rows: Range<Int>, id: String = "", prediction: PredictionIdentity? = nil,
        fixed: [ResponseParameter] = []
    ) -> (text: String, binary: [UInt8], jsonLength: Int?) {
        let columns = columns()
        let template = ResponseTemplate(
            name: "m", version: "1", parameters: fixed, outputs: columns.map(\.metadata),
            labels: columns.map { _ in TextList([]) })
        var buffer = ByteBuffer()
        // Something stands in the buffer already: the head of the response.
        buffer.append("HEAD")
        let id = Array(id.utf8)
        let length = template.append(
            to: &buffer, id: id.span, prediction: prediction, selection: selection, columns: columns, rows: rows)
        let bytes = buffer.withBytes { all in all.indices.map { all[$0] } }
        let end = length.map { $0 + 4 } ?? bytes.count
        return (String(decoding: bytes[4..<end], as: UTF8.self), Array(bytes[end...]), length)
    }

    @Test func `all outputs are written in JSON`() {
        let (text, binary, length) = Self.response(OutputSelection(requested: 31, binary: 0), rows: 0..<2)
        #expect(
            text
                == #"""
                {"model_name":"m","model_version":"1","outputs":[{"name":"label","datatype":"BYTES",\#
                "shape":[2],"data":["normal","an\"omaly"]},{"name":"probabilities","datatype":"FP32",\#
                "shape":[2,2],"data":[0.5,0.25,0.98,0.02]},{"name":"margin","datatype":"FP64","shape":[2],\#
                "data":[-1.5,0.1]},{"name":"count","datatype":"INT64","shape":[2,1],\#
                "data":[-9223372036854775808,0]},{"name":"leaf_indices","datatype":"INT32","shape":[2,2],\#
                "data":[-2,-1,0,1]}]}
                """#
        )
        #expect(binary.isEmpty && length == nil)
    }

    @Test func `parameters of every answer stand before those of one`() {
        let fixed = [ResponseParameter(name: "rowan_variant", value: "x\""), ResponseParameter(name: "b", value: "c")]
        let selection = OutputSelection(requested: 2, binary: 0)
        let alone = Self.response(selection, rows: 2..<3, fixed: fixed).text
        #expect(alone.contains(#""model_version":"1","parameters":{"rowan_variant":"x\"","b":"c"},"outputs":["#))
        let prediction = PredictionIdentity(epoch: 0xF_3A1C_02, sequence: 0x1A2B)
        let both = Self.response(selection, rows: 2..<3, prediction: prediction, fixed: fixed).text
        #expect(
            both.contains(
                #""parameters":{"rowan_variant":"x\"","b":"c","rowan_prediction_id":"0f3a1c02-1a2b"},"outputs":["#))
    }

    @Test func `identity and parameters stand where the protocol has them`() {
        let (text, _, _) = Self.response(
            OutputSelection(requested: 2, binary: 0), rows: 2..<3, id: #""a\"b""#,
            prediction: PredictionIdentity(epoch: .max, sequence: 0))
        #expect(
            text
                == #"""
                {"id":"a\"b","model_name":"m","model_version":"1","parameters":{\#
                "rowan_prediction_id":"ffffffff-0"},\#
                "outputs":[{"name":"probabilities","datatype":"FP32","shape":[1,2],"data":[null,\#
                "Infinity"]}]}
                """#
        )
        let (plain, _, _) = Self.response(OutputSelection(requested: 4, binary: 0), rows: 0..<1, id: "\"7\"")
        #expect(plain.hasPrefix(#"{"id":"7","model_name":"m","model_version":"1","outputs":["#))
    }

    @Test func `binary outputs follow the JSON in order`() {
        let (text, binary, length) = Self.response(OutputSelection(requested: 19, binary: 17), rows: 1..<3)
        #expect(
            text
                == #"""
                {"model_name":"m","model_version":"1","outputs":[{"name":"label","datatype":"BYTES",\#
                "shape":[2],"parameters":{"binary_data_size":22}},{"name":"probabilities","datatype":"FP32",\#
                "shape":[2,2],"data":[0.98,0.02,null,"Infinity"]},{"name":"leaf_indices","datatype":"INT32",\#
                "shape":[2,2],"parameters":{"binary_data_size":16}}]}
                """#
        )
        #expect(length == text.utf8.count)
        let labels: [UInt8] = [8, 0, 0, 0] + Array("an\"omaly".utf8) + [6, 0, 0, 0] + Array("normal".utf8)
        #expect(binary == labels + [0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
    }

    @Test func `floats and doubles are written little-endian`() {
        let (_, binary, _) = Self.response(OutputSelection(requested: 14, binary: 14), rows: 0..<1)
        #expect(
            binary == [
                0, 0, 0, 0x3f, 0, 0, 0x80, 0x3e, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0x80,
            ])
    }

    @Test func `no rows give empty data, and no header length as in Triton`() {
        let (text, binary, length) = Self.response(OutputSelection(requested: 3, binary: 2), rows: 0..<0)
        #expect(
            text
                == #"""
                {"model_name":"m","model_version":"1","outputs":[{"name":"label","datatype":"BYTES",\#
                "shape":[0],"data":[]},{"name":"probabilities","datatype":"FP32","shape":[0,2],\#
                "parameters":{"binary_data_size":0}}]}
                """#
        )
        #expect(binary.isEmpty && length == nil)
    }

    @Test func `many rows are well-formed JSON with every value`() throws {
        let column = OutputColumn(
            metadata: TensorMetadata(name: "score", datatype: .float32, dims: [-1]), responseDims: [])
        column.prepare(rows: 5000)
        var random = SeededGenerator.forTest()
        let values = (0..<5000).map { _ in Float(random.int(in: -1_000_000...1_000_000)) / 977 }
        column.withFloats { for row in 0..<5000 { $0[row] = values[row] } }
        var buffer = ByteBuffer()
        buffer.append("[")
        column.appendJSON(rows: 0..<5000, to: &buffer)
        buffer.append("]")
        let bytes = buffer.withBytes { all in all.indices.map { all[$0] } }
        var cursor = JSONCursor(depthLimit: 1)
        var read: [Float] = []
        while true {
            let token = try cursor.next(in: bytes.span)
            if token == .end { break }
            if case .number(let range) = token { read.append(JSONNumber.float(in: bytes.span, range)) }
        }
        #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
    }
}
