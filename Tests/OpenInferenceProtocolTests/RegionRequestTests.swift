import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

/// Tensors that stand in shared memory: what of a region is read, where outputs go, and Triton's refusals.
@Suite struct RegionRequestTests {
    private let forest = RequestReading.model()
    private let rows: [Float] = [1, -2.5, .infinity, 4, 5, 6]

    private func region(leading: Int = 0) -> ArrayRegion {
        ArrayRegion("mem", [UInt8](repeating: 0xee, count: leading) + BinaryRequestTests.bytes(rows))
    }

    private func input(_ parameters: String, shape: String = "[2,3]", name: String = "x") -> String {
        #"{"name":"\#(name)","shape":\#(shape),"datatype":"FP32","parameters":{\#(parameters)}}"#
    }

    private func read(
        _ text: String, _ region: ArrayRegion?, for model: ModelSignature? = nil
    ) -> RequestReading.Outcome {
        var request = InferenceRequest(regions: region)
        return RequestReading.read(Array(text.utf8), for: model ?? forest, with: &request)
    }

    private let whole = #""shared_memory_region":"mem","shared_memory_byte_size":24"#

    @Test func `rows are read from a region, at any offset and in any order of parameters`() {
        let texts = [
            input(whole),
            input(#""shared_memory_byte_size":24,"shared_memory_offset":0,"shared_memory_region":"mem""#),
            input(
                #""other":[{}],"shared_memory_region":"m\u0065m","shared_memory_other":5,"#
                    + #""shared_memory_byte_size":24"#),
        ]
        for text in texts {
            let outcome = read(#"{"inputs":[\#(text)]}"#, region())
            #expect(outcome.error == nil && outcome.rowCount == 2)
            #expect(outcome.rows == rows.map(\.bitPattern))
        }
        for leading in [1, 7, 4_096] {
            let text = input(whole + ",\"shared_memory_offset\":\(leading)")
            #expect(read(#"{"inputs":[\#(text)]}"#, region(leading: leading)).rows == rows.map(\.bitPattern))
        }
    }

    @Test func `columns come from regions and from elsewhere`() {
        let named = RequestReading.model("named")
        func column(_ name: String, _ offset: Int) -> String {
            input(
                #""shared_memory_region":"mem","shared_memory_byte_size":8,"shared_memory_offset":\#(offset)"#,
                shape: "[2]", name: name)
        }
        let json = #"{"name":"mem_used","shape":[2],"datatype":"FP32","data":[7,8]}"#
        let text = #"{"inputs":[\#(column("disk_io", 0)),\#(json),\#(column("cpu_user", 16))]}"#
        let outcome = read(text, region(), for: named)
        #expect(outcome.rows == [5, 7, 1, 6, 8, -2.5].map { Float($0).bitPattern })
    }

    @Test(arguments: [
        (
            #""shared_memory_region":"other""#, "Unable to find shared memory region: 'other'",
            ProtocolError.Code.notFound
        ),
        (
            #""shared_memory_region":"mem","shared_memory_offset":24,"shared_memory_byte_size":0"#,
            "Invalid offset for shared memory region: 'mem'", .invalidArgument
        ),
        (
            #""shared_memory_region":"mem","shared_memory_offset":18446744073709551615,"shared_memory_byte_size":24"#,
            "Invalid offset for shared memory region: 'mem'", .invalidArgument
        ),
        (
            #""shared_memory_region":"mem","shared_memory_offset":23,"shared_memory_byte_size":18446744073709551593"#,
            "Integer overflow detected: byte_size (18446744073709551593) + offset (23) exceeds maximum value "
                + "(18446744073709551615) for region 'mem'", .invalidArgument
        ),
        (
            #""shared_memory_region":"mem","shared_memory_offset":23,"shared_memory_byte_size":18446744073709551592"#,
            "Invalid offset + byte size for shared memory region: 'mem'", .invalidArgument
        ),
        (
            #""shared_memory_region":"mem","shared_memory_offset":1,"shared_memory_byte_size":24"#,
            "Invalid offset + byte size for shared memory region: 'mem'", .invalidArgument
        ),
    ])
    func `what a region does not hold is refused in Triton's words`(
        parameters: String, message: String, code: ProtocolError.Code
    ) {
        #expect(read(#"{"inputs":[\#(input(parameters))]}"#, region()).error == ProtocolError(code, message))
        let output = #"{"name":"margin","parameters":{\#(parameters)}}"#
        let text = RequestReading.request("[1,2,3]", rest: ",\"outputs\":[\(output)]")
        #expect(read(text, region()).error == ProtocolError(code, message))
    }

    @Test func `sizes must be the tensor's own`() {
        for size in [0, 12, 20, 23] {
            let text = input(#""shared_memory_region":"mem","shared_memory_byte_size":\#(size)"#)
            let error = read(#"{"inputs":[\#(text)]}"#, region()).error
            #expect(error?.message.contains("Expected 24, got \(size)") == true)
        }
        let text = input(#""shared_memory_region":"mem""#)
        #expect(read(#"{"inputs":[\#(text)]}"#, region()).error?.message.contains("got 0") == true)
    }

    @Test func `exactly one source of data is permitted`() {
        let both = input(whole + #","binary_data_size":24"#)
        #expect(
            read(#"{"inputs":[\#(both)]}"#, region()).error?.message.hasSuffix(
                "But set 'binary_data_size' 'shared_memory_region'") == true)
        let data = input(whole).dropLast() + #","data":[1,2,3,4,5,6]}"#
        #expect(
            read(#"{"inputs":[\#(data)]}"#, region()).error?.message.hasSuffix("But set 'data' 'shared_memory_region'")
                == true)
        let none = input(#""shared_memory_byte_size":24"#)
        #expect(read(#"{"inputs":[\#(none)]}"#, region()).error?.message.hasSuffix("But no field is set") == true)
        // The second input names no region, whatever the first has named.
        let second = #"{"inputs":[\#(input(whole)),\#(input(#""shared_memory_byte_size":24"#))]}"#
        #expect(read(second, region()).error != nil)
    }

    @Test func `without regions none is found`() {
        #expect(
            read(#"{"inputs":[\#(input(whole))]}"#, nil).error
                == ProtocolError(.notFound, "Unable to find shared memory region: 'mem'"))
    }

    @Test(arguments: [
        #""shared_memory_region":1"#, #""shared_memory_region":null"#, #""shared_memory_offset":-1"#,
        #""shared_memory_offset":"1""#, #""shared_memory_byte_size":1.5"#,
        #""shared_memory_byte_size":18446744073709551616"#, #""shared_memory_region":"a","shared_memory_region":"a""#,
        #""shared_memory_offset":1,"shared_memory_offset":1"#,
        #""shared_memory_byte_size":1,"shared_memory_byte_size":1"#,
    ])
    func `parameters of another kind, or given twice, are refused`(parameters: String) {
        for text in [
            #"{"inputs":[\#(input(parameters))]}"#,
            RequestReading.request("[1,2,3]", rest: #","outputs":[{"name":"margin","parameters":{\#(parameters)}}]"#),
        ] {
            #expect(read(text, region()).error?.code == .invalidArgument)
        }
    }

    @Test func `outputs go into their regions and leave no values in the response`() throws {
        let columns = ResponseTemplateTests.columns()
        let model = ModelSignature(
            name: "m", version: "1", platform: "", input: InputLayout(kind: .forest, featureCount: 1),
            outputs: columns.map(\.metadata))
        let region = ArrayRegion("mem", [UInt8](repeating: 0, count: 64))
        var request = InferenceRequest(regions: region)
        func output(_ name: String, _ offset: Int, _ size: Int) -> String {
            #"{"name":"\#(name)","parameters":{"shared_memory_region":"mem","shared_memory_offset":\#(offset),"#
                + #""shared_memory_byte_size":\#(size),"binary_data":false}}"#
        }
        let list = [
            output("label", 0, 12), output("leaf_indices", 16, 8), output("margin", 24, 40), #"{"name":"count"}"#,
        ]
        let text = RequestReading.request(
            "[1]", shape: "[1,1]", rest: ",\"outputs\":[\(list.joined(separator: ","))]")
        #expect(RequestReading.read(Array(text.utf8), for: model, with: &request).error == nil)
        #expect(request.outputs == OutputSelection(requested: 0b11101, binary: 0, special: 0b10101))
        try model.store(request.specialOutputs, columns: columns, rows: 1..<2)
        let label: [UInt8] = [8, 0, 0, 0] + Array("an\"omaly".utf8)
        #expect(Array(region.bytes[..<12]) == label)
        #expect(Array(region.bytes[16..<24]) == [0, 0, 0, 0, 1, 0, 0, 0])
        let margin = (0..<8).map { UInt8(truncatingIfNeeded: (0.1).bitPattern >> (8 * $0)) }
        #expect(Array(region.bytes[24...]) == margin + [UInt8](repeating: 0, count: 32))
        var reply = ByteBuffer()
        let length = model.responseTemplate.append(
            to: &reply, id: Span(), selection: request.outputs, special: request.specialOutputs,
            columns: columns, rows: 1..<2)
        #expect(length == nil)
        #expect(
            reply.withBytes { $0.text($0.indices) }
                == #"""
                {"model_name":"m","model_version":"1","outputs":[{"name":"label","datatype":"BYTES","shape":[1]},\#
                {"name":"margin","datatype":"FP64","shape":[1]},{"name":"count","datatype":"INT64","shape":[1,1],\#
                "data":[0]},{"name":"leaf_indices","datatype":"INT32","shape":[1,2]}]}
                """#)
        // What is known only when the texts are.
        let small = [SpecialOutput(index: 0, form: .region(region, range: 0..<11))]
        #expect(throws: ProtocolError.self) { try model.store(small, columns: columns, rows: 1..<2) }
    }

    @Test func `an output that has no room is refused before anything is computed`() {
        let output = #"{"name":"margin","parameters":{"shared_memory_region":"mem","shared_memory_byte_size":15}}"#
        let text = RequestReading.request("[1,2,3,4,5,6]", shape: "[2,3]", rest: ",\"outputs\":[\(output)]")
        #expect(
            read(text, region()).error
                == ProtocolError(
                    .internalFault,
                    "shared memory size specified with the request for output 'margin' (15 bytes) should be at least "
                        + "16 bytes to hold the results"))
    }

    @Test func `an output in a region is neither binary nor classified`() {
        for (other, value) in [("binary_data", "true"), ("classification", "0"), ("classification", "2")] {
            let output = #"{"name":"margin","parameters":{\#(whole),"\#(other)":\#(value)}}"#
            let text = RequestReading.request("[1,2,3]", rest: ",\"outputs\":[\(output)]")
            #expect(
                read(text, region()).error
                    == ProtocolError(.invalidArgument, "Output can't set both 'shared_memory_region' and '\(other)'"))
        }
    }

    @Test func `more bytes in regions than the caller reads at once are for later`() {
        var request = InferenceRequest(regions: region())
        var matrix = FeatureMatrix(for: forest.input, rowCapacity: 2)
        let text = Array(#"{"inputs":[\#(input(whole))]}"#.utf8)
        for (limit, isRead) in [(12, true), (11, false)] {
            var error: ProtocolError?
            do throws(ProtocolError) {
                try request.parse(text.span, headerLength: nil, for: forest, into: &matrix, elementCountLimit: limit)
            } catch let fault {
                error = fault
            }
            #expect((error == nil) == isRead)
            #expect(request.exceedsElementCountLimit == !isRead)
            #expect(request.regionByteCount == 24)
        }
    }

    @Test func `rows that stay where they are stay in the copy of the region`() throws {
        var request = InferenceRequest(regions: region(leading: 5))
        var matrix = FeatureMatrix(for: forest.input, rowCapacity: 0)
        let text = Array(#"{"inputs":[\#(input(whole + ",\"shared_memory_offset\":5"))]}"#.utf8)
        try request.parse(text.span, headerLength: nil, for: forest, into: &matrix, leavesBinaryRows: true)
        let found = request.binaryRows
        let binary = try #require(found)
        #expect(binary == BinaryRows(datatype: .float32, bytes: 0..<24, areFromRegion: true))
        let lent = RequestRows(binary, in: request.takeRegionBytes(), for: forest.input)
        var scratch = FeatureMatrix(for: forest.input, rowCapacity: 0)
        lent.lend(1..<2, scratch: &scratch) { matrix, range in
            #expect(range == 0..<1)
            matrix.withRows { #expect($0[0] == 4 && $0[1] == 5 && $0[2] == 6) }
        }
    }

    @Test func `a request cut at any byte is refused, and the next one is read`() {
        let output = #"{"name":"margin","parameters":{"shared_memory_region":"mem","shared_memory_byte_size":16}}"#
        let classes = #"{"name":"probabilities","parameters":{"classification":2,"binary_data":true}}"#
        let text = Array(#"{"inputs":[\#(input(whole))],"outputs":[\#(output),\#(classes)]}"#.utf8)
        var request = InferenceRequest(regions: region())
        for length in 0..<text.count {
            let cut = RequestReading.read(Array(text[..<length]), for: forest, with: &request)
            #expect(cut.error?.code == .invalidArgument, "\(length)")
        }
        let outcome = RequestReading.read(text, for: forest, with: &request)
        #expect(outcome.error == nil && outcome.rows == rows.map(\.bitPattern))
        #expect(outcome.outputs == OutputSelection(requested: 6, binary: 2, special: 6))
        #expect(request.specialOutputs.map(\.index) == [2, 1])
        let plain = RequestReading.read(Array(RequestReading.request("[1,2,3]").utf8), for: forest, with: &request)
        #expect(plain.outputs == OutputSelection(requested: 7, binary: 0) && request.specialOutputs.isEmpty)
        #expect(request.regionByteCount == 0)
    }
}
