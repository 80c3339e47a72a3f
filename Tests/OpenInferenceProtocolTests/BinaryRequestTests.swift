import Testing

@testable import OpenInferenceProtocol

// The binary tensor extension; bytes are written out so that their order is seen.
@Suite struct BinaryRequestTests {
    let forest = RequestReading.model()

    static func bytes(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }

    func read(
        _ json: String, _ binary: [UInt8], for model: ModelSignature? = nil, headerLength: Int? = nil
    ) -> RequestReading.Outcome {
        let body = Array(json.utf8) + binary
        return RequestReading.read(body, headerLength: headerLength ?? json.utf8.count, for: model ?? forest)
    }

    func input(_ size: String, shape: String = "[1,3]", datatype: String = "FP32") -> String {
        #"{"inputs":[{"name":"x","shape":\#(shape),"datatype":"\#(datatype)","#
            + #""parameters":{"binary_data_size":\#(size)}}]}"#
    }

    @Test func `bytes behind the JSON are the rows`() {
        let bytes: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 0, 0, 0xc0, 0x7f]
        let outcome = read(input("12"), bytes)
        #expect(outcome.rows == [0x3f80_0000, 0xc020_0000, 0x7fc0_0000])
        #expect(outcome.outputs == OutputSelection(requested: 7, binary: 0))
    }

    @Test func `sizes that do not fit are refused with expected and given`() {
        let twelve = [UInt8](repeating: 0, count: 12)
        #expect(
            read(input("12"), Array(twelve.dropLast())).error?.message
                == "unexpected size for input 'x', expecting 1 additional bytes for model 'm'")
        #expect(read(input("12"), twelve + [0]).error?.message == "unexpected additional input data for model 'm'")
        #expect(
            read(input("8"), Array(twelve.prefix(8))).error?.message.contains(
                "input byte size mismatch for input 'x' for model 'm'. Expected 12, got 8") == true)
        #expect(read(input("99999999999"), twelve).error != nil)
        #expect(read(input("9223372036854775807"), twelve).error != nil)
        #expect(read(input("99999999999999999999"), twelve).error != nil)
        #expect(read(input("\"12\""), twelve).error != nil)
        #expect(read(input("0", shape: "[0,3]"), []).error == nil)
        #expect(read(input("12"), twelve, headerLength: 4).error != nil)
        #expect(
            read(input("12"), twelve, headerLength: -1).error?.message.contains(
                "inference header size should be in range") == true)
        #expect(read(input("12"), twelve, headerLength: 5000).error?.message.contains("got: 5000") == true)
        #expect(RequestReading.read(Array(input("12").utf8) + twelve, headerLength: nil, for: forest).error != nil)
    }

    @Test func `every datatype is converted`() {
        let cases: [(String, [UInt8], [Float])] = [
            ("INT8", [0x80, 0x7f, 0xff], [-128, 127, -1]), ("UINT8", [0, 255, 1], [0, 255, 1]),
            ("INT16", [0, 0x80, 0xff, 0x7f, 0xff, 0xff], [-32768, 32767, -1]),
            ("UINT16", [0xff, 0xff, 1, 0, 0, 1], [65535, 1, 256]),
            ("INT32", [0, 0, 0, 0x80, 1, 0, 0, 1, 0xff, 0xff, 0xff, 0xff], [-2_147_483_648, 16_777_216, -1]),
            ("UINT32", [0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 1, 0, 0], [4_294_967_296, 1, 256]),
            ("FP16", [0, 0x3c, 1, 0, 0, 0x7e], [1, 0x1p-24, .nan]),
            ("FP16", [0xff, 0x7b, 0, 0xfc, 0xff, 3], [65504, -.infinity, 0x1.ff8p-15]),
            ("BF16", [0x80, 0x3f, 0x20, 0xc0, 0x80, 0x7f], [1, -2.5, .infinity]), ("BOOL", [1, 0, 1], [1, 0, 1]),
        ]
        for (datatype, bytes, expected) in cases {
            let outcome = read(input("\(bytes.count)", datatype: datatype), bytes)
            #expect(outcome.rows == expected.map(\.bitPattern), "\(datatype) \(outcome.error?.message ?? "")")
        }
        #expect(read(input("3", datatype: "BOOL"), [0, 2, 1]).error?.message.contains("expected 0 or 1") == true)
    }

    @Test func `every half becomes the float that the standard library makes of it`() {
        for bits in UInt16.min...UInt16.max {
            let expected = Float(Float16(bitPattern: bits))
            let value = Float(halfBits: bits)
            #expect(value == expected || (value.isNaN && expected.isNaN))
        }
    }

    @Test func `JSON and binary columns mix`() {
        let named = RequestReading.model("named")
        let json = #"""
            {"inputs":[{"name":"cpu_user","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},
            {"name":"mem_used","shape":[2,1],"datatype":"INT8","data":[2,5]},
            {"name":"disk_io","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}
            """#
        let outcome = read(json, Self.bytes([1, 4, 3, 6]), for: named)
        #expect(outcome.rows == [1, 2, 3, 4, 5, 6].map { Float($0).bitPattern })
    }

    @Test func `a raw body is the only input`() {
        let outcome = RequestReading.read(Self.bytes([1, 2, 3, 4, 5, 6]), headerLength: 0, for: forest)
        #expect(outcome.rows == [1, 2, 3, 4, 5, 6].map { Float($0).bitPattern })
        #expect(outcome.outputs == OutputSelection(requested: 7, binary: 7))
        #expect(RequestReading.read(Self.bytes([1, 2]), headerLength: 0, for: forest).error != nil)
        let fil = RequestReading.model("fil", maxBatchSize: 8)
        #expect(RequestReading.read(Self.bytes([1, 2, 3]), headerLength: 0, for: fil).rowCount == 1)
        let two = RequestReading.read(Self.bytes([1, 2, 3, 4, 5, 6]), headerLength: 0, for: fil)
        #expect(
            two.error?.message.contains(
                "input byte size mismatch for input 'input__0' for model 'm'. Expected 12, got 24") == true)
        let limited = RequestReading.model(maxBatchSize: 1)
        #expect(RequestReading.read(Self.bytes([1, 2, 3, 4, 5, 6]), headerLength: 0, for: limited).error != nil)
        #expect(RequestReading.read([], headerLength: 0, for: forest).rowCount == 0)
    }
}
