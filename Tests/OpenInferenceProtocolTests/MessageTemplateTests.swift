import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

// The expected bytes are protobuf's own.
@Suite struct MessageTemplateTests {
    private static let expected: [String: [UInt8]] = {
        var result: [String: [UInt8]] = [:]
        for line in (try? FixtureFile.text("responses.txt"))?.split(separator: "\n") ?? [] {
            let fields = line.split(separator: " ")
            result[String(fields[0])] = MessageBytes.hexadecimal(fields[1])
        }
        return result
    }()

    private func response(
        _ requested: UInt64, rows: Int, id: String = "", special: [SpecialOutput] = [],
        frame: MessageTemplate.Frame = .single, isFinal: Bool = false
    ) -> [UInt8] {
        let columns = ResponseTemplateTests.columns()
        let labels = columns.indices.map { TextList($0 == 1 ? ["a", "b"] : []) }
        let template = MessageTemplate(
            name: "m", version: "1", parameters: [], outputs: columns.map(\.metadata), labels: labels)
        var selection = OutputSelection(requested: requested, binary: requested)
        selection.special = special.reduce(0) { $0 | 1 << UInt64($1.index) }
        var buffer = ByteBuffer()
        // Something stands in the buffer already.
        buffer.append("HEAD")
        var json = ByteBuffer()
        if !id.isEmpty { json.appendJSONString(id) }
        let isWritten = template.append(
            to: &buffer, frame, id: json.bytes, isFinal: isFinal, selection: selection, special: special,
            columns: columns, rows: 0..<rows)
        #expect(isWritten)
        return buffer.withBytes { all in (4..<all.count).map { all[$0] } }
    }

    @Test func `answers are the bytes that protobuf writes`() throws {
        #expect(Self.expected.count >= 9)
        #expect(response(31, rows: 3, id: "request-7") == Self.expected["all"])
        #expect(response(31, rows: 2) == Self.expected["anonymous"])
        #expect(response(2, rows: 1, id: "ä\"1") == Self.expected["one"])
        #expect(response(20, rows: 0) == Self.expected["no-rows"])
        #expect(response(31, rows: 3, id: "request-7", frame: .streamed) == Self.expected["streamed"])
        #expect(response(4, rows: 1, frame: .streamed, isFinal: true) == Self.expected["final"])
    }

    @Test func `texts of classes are a tensor of bytes, and an output in a region keeps its place`() {
        let classes = SpecialOutput(index: 1, form: .classes(count: 1))
        #expect(response(6, rows: 2, special: [classes]) == Self.expected["classes"])
        let region = ArrayRegion("mem", [UInt8](repeating: 0, count: 16))
        let placed = SpecialOutput(index: 2, form: .region(region, range: 0..<16))
        #expect(response(6, rows: 2, special: [placed]) == Self.expected["region"])
    }

    @Test func `parameters of every answer stand behind the version`() {
        let columns = ResponseTemplateTests.columns()
        let template = MessageTemplate(
            name: "m", version: "1", parameters: [ResponseParameter(name: "rowan_variant", value: "x")],
            outputs: columns.map(\.metadata), labels: columns.map { _ in TextList([]) })
        var buffer = ByteBuffer()
        let isWritten = template.append(
            to: &buffer, .single, id: Span(), prediction: PredictionIdentity(epoch: 1, sequence: 0xAB),
            selection: OutputSelection(requested: 2, binary: 2), columns: columns, rows: 0..<1)
        #expect(isWritten)
        let bytes = buffer.withBytes { all in (5..<all.count).map { all[$0] } }
        let expected =
            MessageBytes.field(1, "m") + MessageBytes.field(2, "1")
            + MessageBytes.parameter("rowan_variant", MessageBytes.text("x"))
            + MessageBytes.parameter("rowan_prediction_id", MessageBytes.text("00000001-ab"))
        #expect(Array(bytes.prefix(expected.count)) == expected)
    }

    @Test func `a failure within a stream tells its request`() {
        func failure(_ message: String, _ id: String) -> [UInt8] {
            var buffer = ByteBuffer()
            var json = ByteBuffer()
            if !id.isEmpty { json.appendJSONString(id) }
            MessageTemplate.appendFailure(message, id: json.bytes, to: &buffer)
            return buffer.withBytes { all in all.indices.map { all[$0] } }
        }
        #expect(failure("no ä", "request-7") == Self.expected["failure"])
        #expect(failure("no", "a\"\n") == Self.expected["failure-odd"])
        #expect(failure("no", "") == Self.expected["failure-anonymous"])
        let limit = OpenInferenceProtocolLimits.errorMessageByteCount
        #expect(failure(String(repeating: "x", count: limit * 2), "").count < limit + 20)
    }
}
