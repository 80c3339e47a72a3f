import JSONSyntax
import TestSupport
import Testing

@testable import OpenInferenceProtocol

// Accepted and refused requests, one by one; the texts of refusals are Triton's where it has one.
@Suite struct InferenceRequestTests {
    let forest = RequestReading.model()
    let named = RequestReading.model("named")
    let fil = RequestReading.model("fil", maxBatchSize: 8)

    func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

    @Test func `a row is read flat, nested, and with white space`() {
        for data in ["[1,2.5,-3]", "[[1,2.5,-3]]", "[[[1],[2.5,[-3]]]]", " [ [ 1 , 2.5 ,\n-3 ] ] ", "[1,2.5,-3.0e0]"] {
            let outcome = RequestReading.read(RequestReading.request(data), for: forest)
            #expect(outcome.rows == bits([1, 2.5, -3]))
            #expect(outcome.rowCount == 1)
            #expect(outcome.outputs == OutputSelection(requested: 7, binary: 0))
        }
    }

    @Test func `members come in any order and unknown ones are skipped`() {
        let texts = [
            #"{"inputs":[{"data":[[1,2],[3,4],[5,6]],"datatype":"FP32","shape":[2,3],"name":"x"}],"id":"a"}"#,
            #"{"id":"a","model_name":{"deep":[1,{"x":null}]},"inputs":[{"shape":[2,3],"data":[1,2,3,4,5,6],"#
                + #""extra":[[]],"name":"x","datatype":"FP32"}],"z":1.5e3}"#,
            #"{"\u0069d":"a","in\u0070uts":[{"n\u0061me":"x","sh\u0061pe":[2,3],"dat\u0061type":"FP32","#
                + #""d\u0061ta":[1,2,3,4,5,6]}]}"#,
            #" {"id" : "a" , "parameters" : null, "outputs" : null, "inputs" : [ { "name" : "x", "#
                + #""parameters": {}, "shape" : [ 2 , 3 ], "datatype" : "FP32", "data" : [1,2,3,4,5,6] } ] } "#,
        ]
        for text in texts {
            let outcome = RequestReading.read(text, for: forest)
            #expect(outcome.error == nil)
            #expect(outcome.rows == bits([1, 2, 3, 4, 5, 6]))
            #expect(outcome.id == "\"a\"")
        }
    }

    @Test func `missing values are NaN for floating-point types only`() {
        for datatype in ["FP32", "FP64", "FP16", "BF16"] {
            for value in ["null", "NaN", "\"NaN\""] {
                let text = RequestReading.request("[1,\(value),2]", datatype: datatype)
                #expect(RequestReading.read(text, for: forest).rows == bits([1, .nan, 2]))
            }
            for value in ["Infinity", "\"Infinity\"", "1e999"] {
                let text = RequestReading.request(
                    "[\(value),1,-\(value.hasPrefix("\"") ? "1" : value)]", datatype: datatype)
                let last: Float = value.hasPrefix("\"") ? -1 : -.infinity
                #expect(RequestReading.read(text, for: forest).rows == bits([.infinity, 1, last]))
            }
            let text = RequestReading.request("[\"-Infinity\",-Infinity,1]", datatype: datatype)
            #expect(RequestReading.read(text, for: forest).rows == bits([-.infinity, -.infinity, 1]))
        }
        for datatype in ["INT32", "UINT8", "BOOL"] {
            for value in ["null", "NaN", "\"NaN\"", "Infinity", "[]]", "{}", "\"1\""] {
                let text = RequestReading.request("[1,\(value),2]", datatype: datatype)
                #expect(RequestReading.read(text, for: forest).error?.code == .invalidArgument)
            }
        }
        #expect(RequestReading.error(RequestReading.request("[1,\"nan\",2]"), for: forest).contains("cannot hold"))
        #expect(RequestReading.error(RequestReading.request("[1,true,2]"), for: forest).contains("cannot hold"))
        #expect(RequestReading.error(RequestReading.request("[1,{\"a\":1},2]"), for: forest).contains("cannot hold"))
    }

    @Test func `booleans are true and false`() {
        let text = RequestReading.request("[true,false,[true]]", datatype: "BOOL")
        #expect(RequestReading.read(text, for: forest).rows == bits([1, 0, 1]))
        #expect(RequestReading.error(RequestReading.request("[1,0,1]", datatype: "BOOL"), for: forest).contains("BOOL"))
    }

    @Test func `integers out of range are refused with the input's name`() {
        let error = RequestReading.error(
            RequestReading.request("[1,300,2]", datatype: "UINT8", name: "disk"), for: forest)
        #expect(error.contains("'disk' of datatype UINT8: integer out of range"))
        let fraction = RequestReading.error(RequestReading.request("[1,1.5,2]", datatype: "INT32"), for: forest)
        #expect(fraction.contains("not an integer"))
    }

    @Test func `one tensor per feature fills its column`() {
        let text = #"""
            {"inputs":[{"name":"disk_io","shape":[2],"datatype":"INT32","data":[3,6]},
            {"name":"cpu_user","shape":[2,1],"datatype":"FP32","data":[[1],[4]]},
            {"name":"mem_used","shape":[2,1],"datatype":"FP64","data":[2,5]}]}
            """#
        #expect(RequestReading.read(text, for: named).rows == bits([1, 2, 3, 4, 5, 6]))
        let whole = RequestReading.request("[1,2,3]", name: "anything")
        #expect(RequestReading.read(whole, for: named).rows == bits([1, 2, 3]))
    }

    @Test func `an absent column takes its default or is named in the refusal`() {
        let text = #"{"inputs":[{"name":"mem_used","shape":[2],"datatype":"FP32","data":[3,6]}]}"#
        let defaults = RequestReading.model("named", defaults: [0.5, nil, .nan])
        #expect(RequestReading.read(text, for: defaults).rows == bits([0.5, 3, .nan, 0.5, 6, .nan]))
        let error = RequestReading.error(text, for: named)
        #expect(error.contains("missing required input(s) ['cpu_user','disk_io']"))
    }

    @Test func `columns must agree and may not repeat`() {
        func inputs(_ second: String, _ shape: String) -> String {
            #"{"inputs":[{"name":"mem_used","shape":[2],"datatype":"FP32","data":[3,6]},{"name":"\#(second)","#
                + #""shape":\#(shape),"datatype":"FP32","data":[1,2,3]}]}"#
        }
        #expect(
            RequestReading.error(inputs("cpu_user", "[3]"), for: named).contains(
                "input 'cpu_user' batch size does not match other inputs for 'm'"))
        #expect(
            RequestReading.error(inputs("mem_used", "[2]"), for: named).contains(
                "input 'mem_used' already exists in request"))
        #expect(
            RequestReading.error(inputs("other", "[2]"), for: named).contains(
                "unexpected inference input 'other' for model 'm'"))
        #expect(
            RequestReading.error(inputs("x", "[1,3]"), for: named).contains(
                "expected 1 inputs but got 2 inputs for model 'm'. Got input(s) ['mem_used','x']"))
        #expect(
            RequestReading.error(inputs("cpu_user", "[3]"), for: forest).contains(
                "unexpected shape for input 'mem_used'"))
    }

    @Test func `Triton's FIL layout is held to the letter`() {
        let good = RequestReading.request("[1,2,3]", name: "input__0")
        #expect(RequestReading.read(good, for: fil).rows == bits([1, 2, 3]))
        let cases = [
            (
                RequestReading.request("[1,2,3]", datatype: "FP64", name: "input__0"),
                "[request id: <id_unknown>] inference input 'input__0' data-type is 'FP64', but model 'm' "
                    + "expects 'FP32'"
            ),
            (
                RequestReading.request("[1,2,3]", shape: "[3,1]", name: "input__0"),
                "[request id: <id_unknown>] unexpected shape for input 'input__0' for model 'm'. Expected "
                    + "[-1,3], got [3,1]. NOTE: "
            ),
            (
                RequestReading.request("[1,2,3]", shape: "[3]", name: "input__0"),
                "unexpected shape for input 'input__0' for model 'm'. Expected [-1,3], got [3]. "
            ),
            (RequestReading.request("[1,2,3]", shape: "[]", name: "input__0"), "input 'input__0' has no shape"),
            (
                RequestReading.request("[1,2,3]", name: "x", rest: ",\"id\":\"later\""),
                "[request id: <id_unknown>] unexpected inference input 'x' for model 'm'"
            ),
            (
                #"{"id":"q\"1","inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
                "[request id: q\"1] unexpected inference input 'x' for model 'm'"
            ),
            (
                RequestReading.request("[]", shape: "[9,3]", name: "input__0"),
                "[request id: <id_unknown>] inference request batch-size must be <= 8 for 'm', got 9"
            ),
            (
                #"{"inputs":[]}"#,
                "[request id: <id_unknown>] expected 1 inputs but got 0 inputs for model 'm'. Got input(s) "
                    + "[], but missing required input(s) ['input__0']. Please provide all required input(s)."
            ),
            (
                #"{"inputs":[{"name":"input__0","shape":[1,3],"datatype":"FP32","data":[1,2,3]},{"name":"b","#
                    + #""shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
                "expected 1 inputs but got 2 inputs for model 'm'. Got input(s) ['input__0','b'], but "
                    + "missing required input(s) []"
            ),
            (RequestReading.request("[1,2,3]", datatype: "FP16", name: "input__0"), "data-type is 'FP16'"),
            (RequestReading.request("[1,2,3]", datatype: "FLOAT", name: "input__0"), "data-type is 'FLOAT'"),
        ]
        for (text, message) in cases {
            #expect(RequestReading.error(text, for: fil).contains(message), "\(RequestReading.error(text, for: fil))")
        }
    }

    @Test func `element counts are compared with the shape`() {
        for (data, given) in [
            ("[1,2]", 2), ("[1,2,3,4]", 4), ("[[1,2,3],[4,5,6]]", 6), ("[]", 0), ("[null,null]", 2),
            ("[1,2,3,\"NaN\"]", 4),
        ] {
            let error = RequestReading.error(RequestReading.request(data), for: forest)
            #expect(error.contains("expected 3 elements, got \(given)"), "\(error)")
        }
        let promise = RequestReading.error(RequestReading.request("[1,2,3,[4]]", shape: "[5000,3]"), for: forest)
        #expect(promise.contains("expected 15000 elements, got 4"))
    }

    @Test(arguments: [
        "[-1,3]", "[1.0,3]", "[\"1\",3]", "3", "null", "[[1,3]]", "[1,3", "[9223372036854775807,8]",
        "[4294967297,4294967297]",
        "[99999999999999999999,3]", "[1e0,3]",
    ])
    func `shapes that are none are refused`(shape: String) {
        #expect(
            RequestReading.read(RequestReading.request("[1,2,3]", shape: shape), for: forest).error?.code
                == .invalidArgument)
    }

    @Test(arguments: ["-1", "1.5", "1e0", "99999999999999999999"])
    func `a dimension that is none is refused with the input's name and the rule`(dimension: String) {
        let message =
            "Unable to parse 'shape': each dimension of input 'load' must be an integer from 0 to "
            + "9223372036854775807, got \(dimension)"
        for model in [forest, fil] {
            for input in [
                #"{"name":"load","shape":[\#(dimension),3],"datatype":"FP32","data":[1,2,3]}"#,
                #"{"shape":[\#(dimension),3],"datatype":"FP32","data":[1,2,3],"name":"load"}"#,
            ] {
                #expect(RequestReading.error(#"{"inputs":[\#(input)]}"#, for: model) == message)
            }
        }
    }

    @Test func `names and datatypes may be written with escape sequences`() {
        let text = #"""
            {"inputs":[{"name":"input\u005f_0","shape":[1,3],"datatype":"F\u00503\u0032","data":[1,2,3]}],
            "outputs":[{"name":"mar\u0067in"}]}
            """#
        for model in [fil, forest] {
            let outcome = RequestReading.read(text, for: model)
            #expect(outcome.error == nil)
            #expect(outcome.rows == bits([1, 2, 3]))
            #expect(outcome.outputs.requested == 4)
        }
        let column = #"""
            {"inputs":[{"name":"cpu\u005fuser","shape":[1],"datatype":"F\u005032","data":[1]},
            {"name":"\u006dem_used","shape":[1],"datatype":"\u0049NT8","data":[2]},
            {"name":"disk_i\u006F","shape":[1],"datatype":"FP64","data":[3]}]}
            """#
        #expect(RequestReading.read(column, for: named).rows == bits([1, 2, 3]))
        let unknown = RequestReading.request("[1,2,3]", datatype: #"F\u005031"#, name: "input__0")
        #expect(RequestReading.error(unknown, for: fil).contains("data-type is 'FP31'"))
    }

    @Test func `a shape may be empty of rows`() {
        let outcome = RequestReading.read(RequestReading.request("[]", shape: "[0,3]"), for: forest)
        #expect(outcome.error == nil && outcome.rowCount == 0 && outcome.rows.isEmpty)
        let huge = RequestReading.error(RequestReading.request("[]", shape: "[9223372036854775807,8]"), for: forest)
        #expect(huge.contains("shape [9223372036854775807,8] causes total element count to exceed maximum size"))
    }

    @Test func `outputs are chosen, once each, and default to JSON when listed`() {
        func outputs(_ list: String, _ parameters: String = "{}") -> RequestReading.Outcome {
            RequestReading.read(
                RequestReading.request("[1,2,3]", rest: ",\"outputs\":\(list),\"parameters\":\(parameters)"),
                for: forest)
        }
        let binary = #"{"binary_data_output":true}"#
        #expect(outputs("[]", binary).outputs == OutputSelection(requested: 7, binary: 7))
        #expect(outputs("[]").outputs == OutputSelection(requested: 7, binary: 0))
        #expect(outputs(#"[{"name":"margin"}]"#, binary).outputs == OutputSelection(requested: 4, binary: 0))
        let both =
            #"[{"name":"margin","parameters":{"binary_data":true}},{"parameters":{"classification":0,"x":[1]},"#
            + #""name":"label"}]"#
        #expect(outputs(both).outputs == OutputSelection(requested: 5, binary: 4))
        #expect(outputs(#"[{"name":"nope"}]"#).error?.message == "unexpected inference output 'nope' for model 'm'")
        #expect(
            outputs(#"[{"name":"label"},{"name":"label"}]"#).error?.message.contains(
                "output 'label' already exists in request") == true)
        #expect(outputs(#"[{"name":"label","parameters":{"binary_data":1}}]"#).error?.code == .invalidArgument)
        #expect(outputs(#"[{}]"#).error?.code == .invalidArgument)
        #expect(outputs("[1]").error?.code == .invalidArgument)
        #expect(outputs("{}").error?.code == .invalidArgument)
    }

    @Test func `parameters are kept with their kinds`() throws {
        let text = RequestReading.request(
            "[1,2,3]",
            rest:
                #","parameters":{"sticky_key":"a\"b","log":true,"n":-1.5,"off":false,"priority":3,"#
                + #""timeout":250,"sequence_id":7,"sequence_start":true,"sequence_end":false}"#
        )
        let body = Array(text.utf8)
        var request = InferenceRequest()
        let outcome = RequestReading.read(body, for: forest, with: &request)
        #expect(outcome.error == nil)
        #expect(request.priority == 3 && request.timeoutMicroseconds == 250)
        let kept = request.parameters.map {
            let key = String(decoding: body[$0.key.range], as: UTF8.self)
            let value = String(decoding: body[$0.value], as: UTF8.self)
            return "\(key)=\(value) \($0.kind)"
        }
        #expect(kept == ["sticky_key=a\\\"b string", "log=true boolean", "n=-1.5 number", "off=false boolean"])
        #expect(request.parameters[0].hasEscapes)
    }

    @Test(arguments: [
        #"{"triton_x":1}"#, #"{"tr\u0069ton_":1}"#, #"{"a":null}"#, #"{"a":[1]}"#, #"{"a":{}}"#, #"{"priority":-1}"#,
        #"{"priority":"1"}"#,
        #"{"timeout":1.5}"#, #"{"binary_data_output":1}"#, #"{"sequence_start":0}"#, #"{"sequence_id":-1}"#,
        #"{"sequence_id":true}"#, "[]", "1",
    ])
    func `parameters that Triton refuses are refused`(parameters: String) {
        let text = RequestReading.request("[1,2,3]", rest: ",\"parameters\":\(parameters)")
        #expect(RequestReading.read(text, for: forest).error?.code == .invalidArgument)
    }

    @Test(arguments: [
        "", "{", "[]", "1", "null", "{}", #"{"inputs":null}"#, #"{"inputs":{}}"#, #"{"inputs":[1]}"#,
        #"{"inputs":[{}]}"#,
        #"{"id":7,"inputs":[]}"#, #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32"}]}"#,
        #"{"inputs":[{"name":1,"shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"BYTES","data":["a","b","c"]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":5}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3],"data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}],"inputs":[]}"#,
        #"{"id":"a","id":"a","inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]} x"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,03]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3.]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3,]}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3],"#
            + #""parameters":{"binary_data_size":12}}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]}"#,
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":-1}}]}"#,
    ])
    func `requests that are none are refused with 400`(text: String) {
        #expect(RequestReading.read(text, for: forest).error?.code.httpStatus == 400)
    }

    @Test func `a request is reused without traces of the one before`() {
        var request = InferenceRequest()
        let first = RequestReading.request(
            "[1,2,3]",
            rest: #","id":"a","outputs":[{"name":"label"}],"parameters":{"x":1,"priority":2,"binary_data_output":true}"#
        )
        #expect(RequestReading.read(Array(first.utf8), for: named, with: &request).error == nil)
        let second = RequestReading.request("[4,5]", shape: "[2]", name: "mem_used")
        #expect(RequestReading.read(Array(second.utf8), for: named, with: &request).error != nil)
        let third = RequestReading.read(Array(RequestReading.request("[4,5,6]").utf8), for: named, with: &request)
        #expect(third == RequestReading.read(RequestReading.request("[4,5,6]"), for: named))
        #expect(request.parameters.isEmpty && request.priority == 0)
    }
}
