import JSONSyntax
import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

// Requests of gRPC: what fields mean, Triton's refusals, and the limits.
@Suite struct MessageRequestTests {
    typealias Bytes = MessageBytes

    private let forest = RequestReading.model()
    private let row: [Float] = [1, -2.5, 3]

    private func error(_ message: [UInt8], for model: ModelSignature? = nil) -> String {
        RequestReading.read(message: message, for: model ?? forest).error?.message ?? ""
    }

    /// A sound request with something more.
    private func request(_ rest: [UInt8] = []) -> [UInt8] { Bytes.input([1, 3]) + rest + Bytes.raw(row) }

    private func read(
        _ message: [UInt8], _ region: ArrayRegion? = nil, _ check: (borrowing InferenceRequest) -> Void
    ) throws {
        var request = InferenceRequest(regions: region)
        var matrix = FeatureMatrix(for: forest.input, rowCapacity: 1)
        try request.open(message.indices, in: message.span)
        try request.parseMessage(in: message.span, for: forest, into: &matrix)
        check(request)
    }

    // MARK: Fields

    @Test func `what a message says of itself is known before its model is`() throws {
        let message =
            Bytes.field(1, "other") + Bytes.field(1, "m") + Bytes.field(2, "12") + Bytes.field(3, "ä") + request()
        var request = InferenceRequest()
        try request.open(message.indices, in: message.span)
        #expect(message.span.text(request.modelName) == "m")
        #expect(message.span.text(request.modelVersion) == "12")
        #expect(message.span.text(request.id) == "ä")
    }

    @Test func `outputs that are not listed are the model's own, all as bytes`() throws {
        try read(request()) { #expect($0.outputs == OutputSelection(requested: 7, binary: 7)) }
        let listed = Bytes.field(6, Bytes.field(1, "margin")) + Bytes.field(6, Bytes.field(1, "label"))
        try read(request(listed)) { #expect($0.outputs == OutputSelection(requested: 5, binary: 5)) }
        #expect(
            error(request(Bytes.field(6, Bytes.field(1, "other"))))
                == "unexpected inference output 'other' for model 'm'")
        #expect(
            error(request(listed + listed)) == "[request id: <id_unknown>] output 'margin' already exists in request")
    }

    @Test func `parameters of a request are read by their type, the last of one name counts`() throws {
        let parameters =
            Bytes.parameter("priority", Bytes.integer(-1)) + Bytes.parameter("priority", Bytes.integer(3))
        #expect(error(request(parameters)) == "parameter 'priority' is -1: it must not be negative")
        let sound =
            Bytes.parameter("priority", Bytes.number(5, 3)) + Bytes.parameter("timeout", Bytes.integer(500))
            + Bytes.parameter("sequence_id", Bytes.text("s")) + Bytes.parameter("sequence_start", Bytes.flag(true))
            + Bytes.parameter("tenant", Bytes.text("a")) + Bytes.parameter("tenant", Bytes.text("b"))
            + Bytes.parameter("rate", [4 << 3 | 1] + [UInt8](repeating: 0, count: 8))
            + Bytes.parameter("triton_enable_empty_final_response", Bytes.flag(true))
        let message = request(sound)
        try read(message) { request in
            #expect(request.priority == 3 && request.timeoutMicroseconds == 500 && request.wantsFinalResponse)
            #expect(request.parameters.map { message.span.text($0.key.range) } == ["tenant", "rate"])
            #expect(message.span.text(request.parameters[0].value) == "b")
        }
    }

    @Test func `parameters of another type are refused in Triton's words`() {
        let cases: [(String, [UInt8], String)] = [
            ("priority", Bytes.text("1"), "int64_param or uint64_param"),
            ("timeout", Bytes.flag(true), "int64_param or uint64_param"),
            ("sequence_id", Bytes.flag(true), "int64_param or string_param"),
            ("sequence_end", Bytes.integer(1), "bool_param"),
            ("triton_enable_empty_final_response", Bytes.integer(1), "bool_param"),
            ("own", Bytes.number(5, 1), "int64_param, bool_param, double_param or string_param"),
            ("own", [], "int64_param, bool_param, double_param or string_param"),
        ]
        for (name, value, expected) in cases {
            #expect(
                error(request(Bytes.parameter(name, value)))
                    == "invalid value type for '\(name)' parameter, expected \(expected).")
        }
        #expect(error(request(Bytes.parameter("triton_x", Bytes.flag(true)))).contains("are reserved for Triton"))
        let limit = OpenInferenceProtocolLimits.parameterCount
        let many = (0..<limit).flatMap { Bytes.parameter("p\($0)", Bytes.integer(1)) }
        #expect(error(request(many)) == "")
        #expect(
            error(request(many + Bytes.parameter("p", Bytes.integer(1))))
                == "more than \(limit) parameters in one request")
    }

    @Test func `a parameter that is given in pieces is merged`() throws {
        // The value twice: of a choice the last member counts. The key behind the value.
        let entry = Bytes.field(
            4, Bytes.field(2, Bytes.flag(true)) + Bytes.field(2, Bytes.integer(9)) + Bytes.field(1, "priority"))
        try read(request(entry)) { #expect($0.priority == 9) }
    }

    // MARK: Data

    @Test func `data comes from one place only`() {
        let contents = Bytes.field(5, Bytes.field(6, BinaryRequestTests.bytes(row)))
        #expect(error(Bytes.input([1, 3], rest: contents)) == "")
        #expect(
            error(Bytes.input([1, 3], rest: contents) + Bytes.raw(row))
                == "contents field must not be specified when using raw_input_contents for 'x' for model 'm'")
        #expect(
            error(Bytes.input([1, 3]))
                == "unable to find data for input tensor 'x' for model 'm' in request.")
        let region = Bytes.parameter("shared_memory_region", Bytes.text("mem"))
        #expect(
            error(Bytes.input([1, 3], rest: contents + region))
                == "unexpected 'content' provided when using shared memory for input tensor 'x' for model 'm'")
        // What no input takes is ignored, as in Triton.
        #expect(error(request(Bytes.rawBytes([]) + Bytes.rawBytes([1]))).contains("Expected 12, got 0"))
        #expect(error(request() + Bytes.rawBytes([1])) == "")
    }

    @Test func `elements that do not fit are refused with expected and given`() {
        let mismatch = "input byte size mismatch for input 'x' for model 'm'. Expected 24, got 12"
        #expect(error(Bytes.input([2, 3]) + Bytes.raw(row)) == "[request id: <id_unknown>] \(mismatch)")
        let contents = Bytes.field(5, Bytes.field(2, [1, 2, 3, 4]))
        #expect(
            error(Bytes.field(3, "7") + Bytes.input([1, 3], datatype: "INT8", rest: contents))
                == "[request id: 7] input byte size mismatch for input 'x' for model 'm'. Expected 3, got 4")
        #expect(
            error(Bytes.input([1, 3], rest: contents))
                == "unexpected explicit tensor data for input tensor 'x' for model 'm' of type 'INT32', expected "
                + "datatype 'FP32'")
        let mixed = Bytes.field(5, Bytes.field(6, BinaryRequestTests.bytes(row)) + Bytes.field(1, [1]))
        #expect(error(Bytes.input([1, 3], rest: mixed)).contains("of type 'BOOL', expected datatype 'FP32'"))
        #expect(error(Bytes.input([1, 3], datatype: "FP16", rest: mixed)).contains("expected datatype 'FP16'"))
        #expect(error(Bytes.input([1, 3], rest: Bytes.field(5, []))).contains("Expected 12, got 0"))
        #expect(error(Bytes.input([0, 3], rest: Bytes.field(5, []))) == "")
        #expect(
            error(Bytes.input([1, 3], datatype: "BYTES") + Bytes.rawBytes([])).contains("expects a numeric datatype"))
    }

    @Test func `integers beyond their datatype are refused`() {
        for (datatype, field, value) in [
            ("INT8", 2, 128), ("INT8", 2, -129), ("INT16", 2, 40000), ("UINT8", 4, 256), ("UINT16", 4, 65536),
        ] as [(String, UInt64, Int64)] {
            let run = [1, 1].flatMap { Bytes.varint($0) } + Bytes.varint(UInt64(bitPattern: value))
            #expect(
                error(Bytes.input([1, 3], datatype: datatype, rest: Bytes.field(5, Bytes.field(field, run))))
                    == "input 'x' of datatype \(datatype) cannot hold the value of element 2")
        }
        // As protobuf reads them: truth is anything but 0, and of an int32 the lowest 32 bits count.
        let flags = Bytes.field(5, Bytes.field(1, [0, 2, 1]))
        #expect(
            RequestReading.read(message: Bytes.input([1, 3], datatype: "BOOL", rest: flags), for: forest).rows
                == [0, 1, 1].map { Float($0).bitPattern })
        let wide = Bytes.field(5, Bytes.field(2, Bytes.varint(0x7f_ffff_ffff) + [1, 1]))
        #expect(
            RequestReading.read(message: Bytes.input([1, 3], datatype: "INT32", rest: wide), for: forest).rows
                == [-1, 1, 1].map { Float($0).bitPattern })
    }

    @Test func `regions take no raw contents`() throws {
        let region = ArrayRegion("mem", [0] + BinaryRequestTests.bytes([7, 8, 9]))
        let named = RequestReading.model("named")
        let inRegion =
            Bytes.parameter("shared_memory_region", Bytes.text("mem"))
            + Bytes.parameter("shared_memory_offset", Bytes.integer(5))
            + Bytes.parameter("shared_memory_byte_size", Bytes.integer(4))
        let message =
            Bytes.input([1], name: "cpu_user") + Bytes.input([1], name: "mem_used", rest: inRegion)
            + Bytes.input([1], name: "disk_io") + Bytes.raw([1]) + Bytes.raw([3])
        var request = InferenceRequest(regions: region)
        let outcome = RequestReading.read(message, for: named, with: &request, isMessage: true)
        #expect(outcome.rows == [1, 8, 3].map { Float($0).bitPattern })
        #expect(
            error(Bytes.input([1, 3], rest: Bytes.parameter("shared_memory_region", Bytes.integer(1))))
                == "invalid value type for 'shared_memory_region' parameter, expected string_param.")
        #expect(
            error(Bytes.input([1, 3], rest: Bytes.parameter("shared_memory_region", Bytes.text("no"))))
                == "Unable to find shared memory region: 'no'")
    }

    @Test func `outputs go to regions or become texts of classes`() throws {
        func output(_ parameters: [UInt8]) -> [UInt8] { Bytes.field(6, Bytes.field(1, "probabilities") + parameters) }
        func classes(_ value: [UInt8]) -> [UInt8] { Bytes.parameter("classification", value, map: 2) }
        let region = ArrayRegion("mem", [UInt8](repeating: 0, count: 64))
        let inRegion =
            Bytes.parameter("shared_memory_region", Bytes.text("mem"), map: 2)
            + Bytes.parameter("shared_memory_byte_size", Bytes.integer(64), map: 2)
        try read(request(output(inRegion)), region) { #expect($0.outputs.special == 2 && $0.specialOutputs.count == 1) }
        try read(request(output(classes(Bytes.integer(5))))) { request in
            guard case .classes(let count) = request.specialOutputs.first?.form else {
                Issue.record("no classes")
                return
            }
            #expect(count == 2)
        }
        #expect(
            error(request(output(classes(Bytes.integer(0))))) == "parameter 'classification' must be greater than 0")
        #expect(error(request(output(classes(Bytes.integer(-3))))).contains("must not be negative"))
        #expect(error(request(output(classes(Bytes.text("3"))))).contains("expected int64_param"))
        #expect(error(request(output(classes(Bytes.integer(1)) + inRegion))).contains("Output can't set both"))
    }

    // MARK: Shapes and limits

    @Test func `shapes are refused as they were written`() {
        let fil = RequestReading.model("fil", maxBatchSize: 4)
        func message(_ shape: [Int64], name: String = "input__0") -> [UInt8] {
            Bytes.input(shape, name: name) + Bytes.raw(row)
        }
        #expect(error(message([1, 4]), for: fil).contains("Expected [-1,3], got [1,4]. NOTE"))
        #expect(error(message([]), for: fil).contains("has no shape"))
        #expect(error(message([5, 3]), for: fil).contains("batch-size must be <= 4 for 'm', got 5"))
        #expect(error(message([1, 3], name: "y"), for: fil).contains("unexpected inference input 'y'"))
        #expect(error(message([-1, 3])).contains("must be an integer from 0 to \(Int64.max), got -1"))
        #expect(error(message([Int64.max, Int64.max])).contains("shape [\(Int64.max),\(Int64.max)] causes"))
        let alone = Bytes.field(
            5, Bytes.field(1, "x") + Bytes.field(2, "FP32") + Bytes.number(3, 1) + Bytes.number(3, 3))
        #expect(error(alone + Bytes.raw(row)) == "")
        #expect(
            error(Bytes.field(5, Bytes.shape([1]) + Bytes.number(3, 4) + Bytes.field(2, "FP32")) + Bytes.raw(row))
                .contains("Expected [-1,3], got [1,4]"))
        let limit = OpenInferenceProtocolLimits.dimensionCount
        #expect(error(message([Int64](repeating: 1, count: limit))).contains("unexpected shape"))
        #expect(error(message([Int64](repeating: 1, count: limit + 1))).contains("more than \(limit) dimensions"))
    }

    @Test func `inputs are counted and named`() {
        let two = Bytes.input([1, 3], name: "a") + Bytes.input([1, 3], name: "b") + Bytes.raw(row) + Bytes.raw(row)
        #expect(error(two).contains("expected 1 inputs but got 2 inputs for model 'm'. Got input(s) ['a','b']"))
        #expect(error([]).contains("expected 1 inputs but got 0 inputs for model 'm'. Got input(s) []"))
        let limit = OpenInferenceProtocolLimits.inputCount
        let model = ModelSignature(
            name: "m", version: "1", platform: "",
            input: InputLayout(
                kind: .forest, featureCount: limit + 1, featureNames: (0...limit).map { "f\($0)" },
                defaults: [Double?](repeating: 0, count: limit + 1)), outputs: RequestReading.outputs)
        func message(_ count: Int) -> [UInt8] {
            (0..<count).flatMap { Bytes.input([0], name: "f\($0)") }
                + [UInt8]((0..<count).map { _ in Bytes.rawBytes([]) }.joined())
        }
        #expect(error(message(limit), for: model) == "")
        #expect(error(message(limit + 1), for: model) == "more than \(limit) inputs in one request")
    }

    @Test func `identities end at their limit`() {
        let limit = OpenInferenceProtocolLimits.idByteCount
        #expect(error(request(Bytes.field(3, String(repeating: "i", count: limit)))) == "")
        #expect(
            error(request(Bytes.field(3, String(repeating: "i", count: limit + 1)))).contains("\(limit + 1) bytes long")
        )
    }

    @Test func `large rows are left in the body where nothing can be wrong with them`() throws {
        for message in [
            request(), Bytes.input([1, 3], rest: Bytes.field(5, Bytes.field(6, BinaryRequestTests.bytes(row)))),
        ] {
            var request = InferenceRequest()
            var matrix = FeatureMatrix(for: forest.input, rowCapacity: 0)
            try request.open(message.indices, in: message.span)
            try request.parseMessage(in: message.span, for: forest, into: &matrix, leavesBinaryRows: true)
            let left = request.binaryRows
            let rows = try #require(left)
            #expect(Array(message[rows.bytes]) == BinaryRequestTests.bytes(row))
            #expect(matrix.rowCapacity == 0 && request.rowCount == 1)
        }
    }
}
