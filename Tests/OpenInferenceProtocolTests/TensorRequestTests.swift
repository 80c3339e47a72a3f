import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// Requests for a model that takes several tensors.
struct TensorRequestTests {
    private static let model = RequestReading.tensorModel()

    private static func tensor(_ name: String, _ datatype: String, _ shape: String, _ data: String) -> String {
        #"{"name":"\#(name)","datatype":"\#(datatype)","shape":\#(shape),"data":\#(data)}"#
    }

    private static func request(_ inputs: String...) -> String { #"{"inputs":[\#(inputs.joined(separator: ","))]}"# }

    private static let a = tensor("a", "FP32", "[2,2]", "[[1,2],[3,4]]")
    private static let b = tensor("b", "INT64", "[2,1]", "[5,6]")
    private static let c = tensor("c", "FP64", "[2,1]", "[0.1,null]")

    @Test(arguments: [true, false])
    func `tensors stand side by side, in whatever order they come`(_ isFast: Bool) {
        for inputs in [[Self.a, Self.b, Self.c], [Self.c, Self.a, Self.b], [Self.b, Self.c, Self.a]] {
            let text = #"{"inputs":[\#(inputs.joined(separator: ","))]}"#
            let outcome = RequestReading.read(Array(text.utf8), for: Self.model, usesFastPath: isFast)
            #expect(outcome.error == nil && outcome.rowCount == 2)
            let values = outcome.rows.map { Float(bitPattern: $0) }
            #expect(values[..<7] == [1, 2, 5, 0.1, 3, 4, 6] && values[7].isNaN)
        }
    }

    @Test func `a tensor that may be missing has its defaults`() {
        let model = RequestReading.tensorModel(optional: "c")
        let outcome = RequestReading.read(Self.request(Self.b, Self.a), for: model)
        #expect(outcome.rows.map { Float(bitPattern: $0) } == [1, 2, 5, 0.25, 3, 4, 6, 0.25])
        let all = RequestReading.read(Self.request(Self.b, Self.a, Self.c), for: model)
        #expect(all.rows.map { Float(bitPattern: $0) }[3] == 0.1)
        #expect(
            RequestReading.error(Self.request(Self.c, Self.a), for: model).contains("missing required input(s) ['b']"))
    }

    private static let refusals: [(String, String)] = [
        (
            request(a, b),
            "expected 3 inputs but got 2 inputs for model 'm'. Got input(s) ['a','b'], but missing required input(s) "
                + "['c']."
        ),
        (
            request(a, a, b, c),
            "input 'a' already exists in request"
        ),
        (
            request(a, b, tensor("d", "FP32", "[2,1]", "[1,2]")),
            "unexpected inference input 'd' for model 'm'"
        ),
        (
            request(a, tensor("b", "INT32", "[2,1]", "[1,2]"), c),
            "inference input 'b' data-type is 'INT32', but model 'm' expects 'INT64'"
        ),
        (
            request(a, tensor("b", "INT64", "[2]", "[1,2]"), c),
            "unexpected shape for input 'b' for model 'm'. Expected [-1,1], got [2]"
        ),
        (
            request(a, tensor("b", "INT64", "[1,1]", "[1]"), c),
            "input 'b' batch size does not match other inputs for 'm'"
        ),
        (
            request(a, tensor("b", "INT64", "[2,1]", "[1]"), c),
            "'b'"
        ),
        (
            request(a, tensor("b", "INT64", "[2,1]", "[1,2.5]"), c),
            "'b'"
        ),
        (
            request(tensor("a", "FP32", "[9,2]", "[1]"), b, c),
            "inference request batch-size must be <= 8 for 'm', got 9"
        ),
    ]

    @Test(arguments: refusals)
    func `what does not fit is refused in Triton's words`(_ text: String, _ message: String) {
        let found = RequestReading.error(text, for: Self.model)
        #expect(found.contains(message), "\(found)")
    }

    @Test func `binary tensors follow each other, and long integers are rounded once to a narrow tensor`() throws {
        var body = Array(
            """
            {"inputs":[{"name":"b","datatype":"INT64","shape":[1,1],"parameters":{"binary_data_size":8}},\
            {"name":"a","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}},\
            {"name":"c","datatype":"FP64","shape":[1,1],"data":[0.1]}]}
            """.utf8)
        let headerLength = body.count
        let long = Int64(1 << 60) + (1 << 36) + 1
        body += (0..<8).map { UInt8(truncatingIfNeeded: long >> (8 * $0)) }
        for value in [Float(1.5), -2] {
            body += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        let model = RequestReading.tensorModel(isWide: true, narrow: "b")
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
        try request.parse(body.span, headerLength: headerLength, for: model, into: &matrix, leavesBinaryRows: true)
        #expect(request.binaryRows == nil)
        matrix.advance(by: request.rowCount)
        let values = matrix.withWideRows { rows in rows.indices.map { rows[$0] } }
        #expect(values == [1.5, -2, Double(Float(long)), 0.1])
        #expect(Double(Float(long)) != Double(Float(Double(long))), "rounding twice would give another number")
        let json =
            #"{"inputs":[{"name":"b","datatype":"INT64","shape":[1,1],"data":[\#(long)]},"#
            + #"{"name":"a","datatype":"FP32","shape":[1,2],"data":[0,0]},"#
            + #"{"name":"c","datatype":"FP64","shape":[1,1],"data":[0]}]}"#
        matrix.removeAll()
        try request.parse(Array(json.utf8).span, headerLength: nil, for: model, into: &matrix)
        matrix.advance(by: request.rowCount)
        #expect(matrix.withWideRows { $0[2] } == Double(Float(long)))
    }

    @Test func `a raw request has one input`() {
        let outcome = RequestReading.read([0, 0, 0, 0], headerLength: 0, for: Self.model)
        #expect(outcome.error?.message.hasPrefix("Raw request must only have 1 input (found 3)") == true)
    }

    @Test func `one narrow tensor cannot promise rows that fill the memory`() {
        let model = RequestReading.tensorModel(columns: 1 << 20, maxBatchSize: 0)
        let many = OpenInferenceProtocolLimits.elementCount / (1 << 20) + 1
        let text = Self.request(Self.tensor("b", "INT64", "[\(many),1]", "[1]"))
        #expect(RequestReading.error(text, for: model).contains("'m'"))
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
        let few = Self.request(Self.tensor("b", "INT64", "[3,1]", "[1,2,3]"))
        do throws(ProtocolError) {
            try request.parse(
                Array(few.utf8).span, headerLength: nil, for: model, into: &matrix, elementCountLimit: 1 << 21)
            Issue.record("a request that is too large for the loop was read")
        } catch {
            #expect(request.exceedsElementCountLimit && matrix.rowCapacity == 0)
        }
    }

    @Test func `a request that ends anywhere leaves nothing behind`() {
        let text = Array(Self.request(Self.a, Self.b, Self.c).utf8)
        for count in text.indices {
            let outcome = RequestReading.read(Array(text[..<count]), for: Self.model)
            #expect(outcome.error != nil && outcome.rows.isEmpty)
        }
    }

    @Test(arguments: [false, true]) func `columns are put together from rows, outputs and constants`(_ isWide: Bool) {
        var other = FeatureMatrix(featureCount: 3, isWide: !isWide, rowCapacity: 4)
        for row in 0..<4 {
            for column in 0..<3 { other.setColumns(column..<column + 1, rows: 1, to: Double(10 * row + column) + 0.1) }
            other.advance(by: 1)
        }
        let output = OutputColumn(
            metadata: TensorMetadata(name: "o", datatype: .int64, dims: [-1, 2]), responseDims: [2])
        output.prepare(rows: 3)
        output.withInt64s { values in for index in values.indices { values[index] = Int64(index) << 54 + 1 } }
        var matrix = FeatureMatrix(featureCount: 4, isWide: isWide, rowCapacity: 0)
        matrix.setColumns(at: 1, from: other, rows: 2..<4, columns: 1..<3)
        matrix.setColumns(at: 0, from: output, rows: 1..<3, elements: 1..<2)
        matrix.setColumns(3..<4, rows: 2, to: -7.3)
        matrix.advance(by: 2)
        func rounded(_ value: Double) -> Double { isWide ? value : Double(Float(value)) }
        // One of the two matrices holds float32.
        func tenth(_ value: Double) -> Double { Double(Float(value)) }
        func long(_ number: Int64) -> Double {
            let value = number << 54 + 1
            return isWide ? Double(value) : Double(Float(value))
        }
        let first: [Double] = [long(3), tenth(21.1), tenth(22.1), rounded(-7.3)]
        let second: [Double] = [long(5), tenth(31.1), tenth(32.1), rounded(-7.3)]
        let expected = first + second
        let found =
            isWide
            ? matrix.withWideRows { rows in rows.indices.map { rows[$0] } }
            : matrix.withRows { rows in rows.indices.map { Double(rows[$0]) } }
        #expect(found == expected)
    }

    @Test(arguments: [Datatype.float32, .float64, .int32, .int64, .bytes])
    func `rows of an output become rows of another`(_ datatype: Datatype) {
        let metadata = TensorMetadata(name: "o", datatype: datatype, dims: [-1, 2])
        let names = datatype == .bytes ? ["a", "b", "c", "d"] : []
        let source = OutputColumn(metadata: metadata, responseDims: [2], classNames: names)
        source.prepare(rows: 2)
        let target = OutputColumn(metadata: metadata, responseDims: [2], classNames: names)
        target.prepare(rows: 5)
        switch datatype {
        case .float32: source.withFloats { for index in $0.indices { $0[index] = Float(index) } }
        case .float64: source.withDoubles { for index in $0.indices { $0[index] = Double(index) } }
        case .int32: source.withInt32s { for index in $0.indices { $0[index] = Int32(index) } }
        default: source.withInt64s { for index in $0.indices { $0[index] = Int64(index) } }
        }
        target.setRows(from: 2, of: source)
        let values: [Int] =
            switch datatype {
            case .float32: target.withFloats { values in values.indices.map { Int(values[$0]) } }
            case .float64: target.withDoubles { values in values.indices.map { Int(values[$0]) } }
            case .int32: target.withInt32s { values in values.indices.map { Int(values[$0]) } }
            default: target.withInt64s { values in values.indices.map { Int(values[$0]) } }
            }
        #expect(values == [0, 0, 0, 0, 0, 1, 2, 3, 0, 0])
    }
}

extension RequestReading {
    /// A model of the tensors a (FP32, two columns), b (INT64) and c (FP64).
    ///
    /// - Parameter columns: of tensor a.
    static func tensorModel(
        columns: Int = 2, isWide: Bool = false, optional: String = "", narrow: String = "", maxBatchSize: Int = 8
    ) -> ModelSignature {
        let kinds: [(String, Datatype, Range<Int>)] = [
            ("a", .float32, 0..<columns), ("b", .int64, columns..<columns + 1),
            ("c", .float64, columns + 1..<columns + 2),
        ]
        let tensors = kinds.map { name, datatype, columns in
            LayoutTensor(
                name: name, datatype: datatype, columns: columns, isOptional: name == optional,
                isNarrow: name == narrow)
        }
        let defaults: [Double?] = optional.isEmpty ? [] : [nil, nil, nil, 0.25]
        return ModelSignature(
            name: "m", version: "1", platform: "ensemble",
            input: InputLayout(
                kind: .tensors(tensors), featureCount: columns + 2, isWide: isWide, defaults: defaults,
                maxBatchSize: maxBatchSize), outputs: outputs)
    }
}
