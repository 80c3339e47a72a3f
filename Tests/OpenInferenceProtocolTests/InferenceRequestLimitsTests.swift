import Testing

@testable import OpenInferenceProtocol

// Each limit of OpenInferenceProtocolLimits is reached, and exceeded by one.
@Suite struct InferenceRequestLimitsTests {
    let forest = RequestReading.model()

    @Test func `nesting ends at its limit`() {
        // Four containers are open around the data: the request, the list, the input and data's own array.
        let allowed = OpenInferenceProtocolLimits.nestingDepth - 3
        func nested(_ depth: Int) -> String {
            RequestReading.request(
                String(repeating: "[", count: depth) + "1,2,3" + String(repeating: "]", count: depth))
        }
        #expect(RequestReading.error(nested(allowed), for: forest) == "")
        #expect(RequestReading.error(nested(allowed + 1), for: forest).contains("nested deeper than 100"))
        #expect(RequestReading.error(nested(100_000), for: forest).contains("nested deeper than 100"))
    }

    @Test func `rows and features are limited before memory is taken`() {
        let limit = OpenInferenceProtocolLimits.rowCount
        let text = RequestReading.request("[]", shape: "[\(limit + 1),3]")
        #expect(RequestReading.error(text, for: forest).contains("\(limit + 1) rows for model 'm'"))
        #expect(
            RequestReading.error(RequestReading.request("[]", shape: "[\(limit),3]"), for: forest).contains(
                "expected \(3 * limit) elements, got 0"))
        let wide = RequestReading.model(features: 2000)
        let rows = OpenInferenceProtocolLimits.elementCount / 2000
        let tooMany = RequestReading.request("[]", shape: "[\(rows + 1),2000]")
        #expect(RequestReading.error(tooMany, for: wide).contains("rows for model 'm'"))
        let just = RequestReading.request("[]", shape: "[\(rows),2000]")
        #expect(RequestReading.error(just, for: wide).contains("expected \(rows * 2000) elements, got 0"))
    }

    @Test func `the elements of all outputs asked for are limited`() {
        let limit = OpenInferenceProtocolLimits.outputElementCount
        let outputs = [
            TensorMetadata(name: "margin", datatype: .float32, dims: [-1]),
            TensorMetadata(name: "treeshap", datatype: .float32, dims: [-1, 2, limit / 4]),
        ]
        let model = ModelSignature(
            name: "m", version: "1", platform: "", input: InputLayout(kind: .forest, featureCount: 1),
            outputs: outputs, unaskedOutputs: 0b10)
        func error(rows: Int, _ rest: String) -> String {
            let data = (0..<rows).map { "\($0)" }.joined(separator: ",")
            return RequestReading.error(
                RequestReading.request("[\(data)]", shape: "[\(rows),1]", rest: rest), for: model)
        }
        #expect(error(rows: 3, "") == "")
        #expect(error(rows: 2, #","outputs":[{"name":"treeshap"}]"#) == "")
        #expect(
            error(rows: 3, #","outputs":[{"name":"treeshap"}]"#)
                == "the outputs asked of model 'm' have \(limit / 2) elements per row, for 3 rows; a request gets "
                + "at most \(limit): send fewer rows, or list fewer outputs")
        #expect(error(rows: 2, #","outputs":[{"name":"treeshap"},{"name":"margin"}]"#).contains("elements per row"))
    }

    @Test func `defaults beyond the caller's limit are refused before they are filled in`() {
        let model = RequestReading.model("named", defaults: [nil, 1, 2])
        /// Whether the request was refused, and whether for its size alone; and whether memory was taken for it.
        func outcome(_ text: String, _ headerLength: Int? = nil) -> [Bool] {
            let body = Array(text.utf8)
            var request = InferenceRequest()
            var matrix = FeatureMatrix(featureCount: 3, isWide: false, rowCapacity: 0)
            var isRefused = false
            do throws(ProtocolError) {
                try request.parse(
                    body.span, headerLength: headerLength, for: model, into: &matrix, elementCountLimit: 6)
            } catch {
                isRefused = true
            }
            return [isRefused, request.exceedsElementCountLimit, matrix.rowCapacity > 0]
        }
        #expect(outcome(RequestReading.request("[1,2]", shape: "[2]", name: "cpu_user")) == [false, false, true])
        #expect(outcome(RequestReading.request("[1,2,3]", shape: "[3]", name: "cpu_user")) == [true, true, false])
        let header =
            #"{"inputs":[{"name":"cpu_user","shape":[4],"datatype":"UINT8","#
            + #""parameters":{"binary_data_size":4}}]}"#
        #expect(outcome(header + "1234", header.utf8.count) == [true, true, false])
        // A matrix spells out all that it holds, and a shape without data is refused for that.
        #expect(outcome(RequestReading.request("[1,2,3,4,5,6,7,8,9]", shape: "[3,3]")) == [false, false, true])
        #expect(outcome(RequestReading.request("[]", shape: "[1000]", name: "cpu_user")) == [true, false, false])
    }

    @Test func `the batch limit of the model holds`() {
        let model = RequestReading.model(maxBatchSize: 2)
        #expect(RequestReading.error(RequestReading.request("[1,2,3,4,5,6]", shape: "[2,3]"), for: model) == "")
        let error = RequestReading.error(RequestReading.request("[1,2,3,4,5,6,7,8,9]", shape: "[3,3]"), for: model)
        #expect(error.contains("inference request batch-size must be <= 2 for 'm', got 3"))
    }

    @Test func `inputs, dimensions, parameters and the identity are limited`() {
        let input = #"{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}"#
        let many = (0...OpenInferenceProtocolLimits.inputCount).map { _ in "{\"a\":1}" }.joined(separator: ",")
        #expect(RequestReading.read("{\"inputs\":[\(many)]}", for: forest).error != nil)
        let names = (0..<5000).map { "f\($0)" }
        let layout = InputLayout(kind: .forest, featureCount: 5000, featureNames: names)
        let model = ModelSignature(
            name: "m", version: "1", platform: "", input: layout, outputs: RequestReading.outputs)
        let columns = names.map { #"{"name":"\#($0)","shape":[1],"datatype":"INT8","data":[1]}"# }
        let limit = OpenInferenceProtocolLimits.inputCount
        let columnsError = RequestReading.error(
            "{\"inputs\":[\(columns.prefix(limit + 1).joined(separator: ","))]}", for: model)
        #expect(columnsError == "more than \(limit) inputs in one request")
        #expect(
            RequestReading.error("{\"inputs\":[\(columns.prefix(limit).joined(separator: ","))]}", for: model).contains(
                "missing required"))

        func dimensions(_ count: Int) -> String {
            let shape = "[" + (0..<count).map { _ in "1" }.joined(separator: ",") + "]"
            return RequestReading.error(RequestReading.request("[1]", shape: shape), for: forest)
        }
        let rank = OpenInferenceProtocolLimits.dimensionCount
        #expect(!dimensions(rank).contains("more than"))
        #expect(dimensions(rank + 1) == "Unable to parse 'shape': more than \(rank) dimensions")

        func parameters(_ count: Int) -> String {
            "{\"inputs\":[\(input)],\"parameters\":{" + (0..<count).map { "\"p\($0)\":\($0)" }.joined(separator: ",")
                + "}}"
        }
        #expect(RequestReading.error(parameters(OpenInferenceProtocolLimits.parameterCount), for: forest) == "")
        #expect(
            RequestReading.error(parameters(OpenInferenceProtocolLimits.parameterCount + 1), for: forest).contains(
                "parameters in one request"))

        func identity(_ length: Int) -> String {
            "{\"inputs\":[\(input)],\"id\":\"\(String(repeating: "i", count: length))\"}"
        }
        #expect(RequestReading.error(identity(OpenInferenceProtocolLimits.idByteCount), for: forest) == "")
        #expect(
            RequestReading.error(identity(OpenInferenceProtocolLimits.idByteCount + 1), for: forest).contains("'id'"))
    }

    @Test func `a message does not repeat names without end`() {
        let names = (0..<1000).map { #"{"name":"\#(String(repeating: "n", count: 50))\#($0)"}"# }.joined(separator: ",")
        let text =
            #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]},{"name":"y","#
            + #""shape":[1,3],"datatype":"FP32","data":[1]},\#(names)]}"#
        #expect(RequestReading.error(text, for: forest).utf8.count < 4096)
    }

    @Test func `a message names as many missing features as the limit says`() {
        let limit = OpenInferenceProtocolLimits.namesInMessage
        func named(_ count: Int) -> Int {
            let names = (0..<count + 1).map { "feature\($0)" }
            let layout = InputLayout(kind: .forest, featureCount: names.count, featureNames: names)
            let model = ModelSignature(
                name: "m", version: "1", platform: "", input: layout, outputs: RequestReading.outputs)
            let error = RequestReading.error(
                #"{"inputs":[{"name":"feature\#(count)","shape":[1],"datatype":"INT8","data":[1]}]}"#, for: model)
            #expect(error.contains("missing required input(s) ["), "\(error)")
            return error.split(separator: "'feature").count - 1
        }
        #expect(named(limit) == limit)
        #expect(named(limit + 1) == limit)
    }
}
