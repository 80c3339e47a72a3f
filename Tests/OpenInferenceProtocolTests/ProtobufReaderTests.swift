import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

// What is accepted, and what each fault is called, was seen with protobuf 6.33's own reader, but for fields with
// another wire type and for groups, which it skips.
@Suite struct ProtobufReaderTests {
    typealias Bytes = MessageBytes

    private func parameter(_ bytes: [UInt8]) -> String {
        var found: [String] = []
        let guarded = [0x01] + bytes + [0x01]
        var reader = ProtobufReader(1..<1 + bytes.count)
        do throws(ProtobufFault) {
            while let field = try reader.next(ModelInferMessage.Parameter.self, in: guarded.span) {
                switch field.content {
                case .number(let bits): found.append("\(field.name.rawValue)=\(bits)")
                case .bytes(let range): found.append("\(field.name.rawValue)='\(guarded.span.text(range))'")
                }
            }
        } catch {
            return "\(error.field): \(error.cause)"
        }
        return found.joined(separator: " ")
    }

    @Test func `integers take up to ten bytes, of which 64 bits count`() {
        #expect(parameter([0x10, 0x01]) == "2=1")
        #expect(parameter([0x10, 0x80, 0x01]) == "2=128")
        #expect(parameter([0x10, 0x81, 0x80, 0x00]) == "2=1")
        let ones = [UInt8](repeating: 0xff, count: 9)
        #expect(parameter([0x10] + ones + [0x01]) == "2=\(UInt64.max)")
        #expect(parameter([0x10] + ones + [0x7f]) == "2=\(UInt64.max)")
        #expect(parameter([0x10] + ones + [0x02]) == "2=\(UInt64.max >> 1)")
        #expect(parameter([0x10] + ones + [0x80, 0x00]) == "int64_param: longVarint")
        #expect(parameter([0x10, 0x80]) == "int64_param: truncated")
        #expect(parameter([0x10]) == "int64_param: truncated")
    }

    @Test func `values of fixed size, texts and lengths`() {
        #expect(parameter([0x21, 1, 0, 0, 0, 0, 0, 0, 0x80]) == "4=\(UInt64(1) << 63 | 1)")
        #expect(parameter([0x21, 1, 0, 0, 0, 0, 0, 0]) == "double_param: truncated")
        #expect(parameter([0x1a, 0x03] + Array("ä1".utf8)) == "3='ä1'")
        #expect(parameter([0x1a, 0x83, 0x80, 0x00] + Array("abc".utf8)) == "3='abc'")
        #expect(parameter([0x1a, 0x04, 0x61]) == "string_param: truncated")
        #expect(parameter([0x1a] + Bytes.varint(UInt64.max) + [0x61]) == "string_param: truncated")
        for text: [UInt8] in [
            [0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80],
            Array("12345678".utf8) + [0x80],
        ] {
            #expect(parameter(Bytes.field(3, text)) == "string_param: badText")
        }
        #expect(parameter(Bytes.field(3, Array("long enough for words of eight: 😀".utf8))).hasSuffix("😀'"))
    }

    @Test func `tags have a number, and no more than five bytes`() {
        #expect(parameter([0x00, 0x01]) == ": badNumber")
        #expect(parameter([0x80, 0x00, 0x01]) == ": badNumber")
        #expect(parameter([0x90, 0x80, 0x80, 0x80, 0x00, 0x05]) == "2=5")
        #expect(parameter([0x90, 0x80, 0x80, 0x80, 0x80, 0x00, 0x05]) == ": longVarint")
        #expect(parameter([0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01, 0x10, 0x07]) == "2=7")
        #expect(parameter([0xf8, 0xff, 0xff, 0xff, 0x1f, 0x01]) == ": longVarint")
        #expect(parameter([0x90]) == ": truncated")
    }

    @Test func `fields that are not known are skipped, whatever they hold`() {
        let unknown: [[UInt8]] = [
            Bytes.number(6, UInt64.max), Bytes.field(7, [0xff, 0xff]), [8 << 3 | 1] + [UInt8](repeating: 1, count: 8),
            [9 << 3 | 5, 1, 2, 3, 4], Bytes.field(100_000, []),
        ]
        for field in unknown { #expect(parameter(field + [0x10, 0x07] + field) == "2=7") }
        #expect(parameter([6 << 3]) == "6: truncated")
        #expect(parameter([7 << 3 | 2, 5]) == "7: truncated")
        #expect(parameter([9 << 3 | 5, 1, 2, 3]) == "9: truncated")
        #expect(parameter([0x7b, 0x7c]) == "15: group")
        #expect(parameter([0x7c]) == "15: group")
        #expect(parameter([0x7e]) == "15: badWireType")
    }

    @Test func `a field with another wire type is refused by its name`() {
        #expect(parameter([0x0a, 0x00]) == "bool_param: wrongWireType")
        #expect(parameter([0x18, 0x01]) == "string_param: wrongWireType")
        #expect(parameter([0x0d, 0, 0, 0, 0]) == "bool_param: wrongWireType")
        #expect(parameter([0x0b]) == "bool_param: wrongWireType")
        #expect(parameter([0x0e]) == "bool_param: wrongWireType")
        let fault = ProtobufFault(message: "InferParameter", field: "bool_param", cause: .wrongWireType)
        let rule = "field 'bool_param' of InferParameter has the wire type of another type"
        #expect(ProtocolError(fault) == ProtocolError(.internalFault, "failed to parse the request: \(rule)"))
    }

    @Test func `runs of numbers are whole`() {
        func contents(_ bytes: [UInt8]) -> ProtobufFault.Cause? {
            var contents = TypedContents()
            do throws(ProtobufFault) {
                try contents.read(bytes.indices, in: bytes.span)
                return nil
            } catch {
                return error.cause
            }
        }
        #expect(contents(Bytes.field(6, [1, 2, 3, 4])) == nil)
        #expect(contents(Bytes.field(6, [1, 2, 3])) == .unevenRun)
        #expect(contents(Bytes.field(7, [1, 2, 3, 4])) == .unevenRun)
        #expect(contents(Bytes.field(2, [0x80])) == .truncated)
        #expect(contents(Bytes.field(2, [UInt8](repeating: 0x80, count: 10) + [0])) == .longVarint)
        #expect(contents([8 << 3, 1]) == .wrongWireType)
    }

    @Test func `every fault has a sentence of its own`() {
        let sentences = ProtobufFault.Cause.allCases.map {
            ProtobufFault(message: "M", field: "f", cause: $0).sentence
        }
        #expect(Set(sentences).count == sentences.count)
        #expect(sentences.allSatisfy { $0.hasPrefix("field 'f' of M ") })
        #expect(
            ProtobufFault(message: "M", field: "", cause: .badNumber).sentence
                == "a field of M has a number that no field has")
    }
}
