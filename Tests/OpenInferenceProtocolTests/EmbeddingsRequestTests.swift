import JSONSyntax
import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

// OpenAI's form: what is read, what is refused, and what is written.
@Suite struct EmbeddingsRequestTests {
    private func read(_ text: String, maxBatchSize: Int = 0) -> (texts: [String], isBase64: Bool, error: String) {
        let model = TextInputTests.model(maxBatchSize: maxBatchSize)
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
        let body = Array(text.utf8)
        do throws(ProtocolError) {
            let request = try EmbeddingsRequest(body.span, for: model, into: &matrix)
            matrix.advance(by: request.count)
            #expect(request.count == matrix.texts.count)
            return (TextInputTests.texts(matrix), request.isBase64, "")
        } catch {
            return ([], false, error.message)
        }
    }

    @Test func `one text or a list is read, members in any order`() {
        #expect(read(#"{"model":"m","input":"a\u00e9"}"#) == (["a\u{e9}"], false, ""))
        let list = #"{"input":["a",""],"encoding_format":"base64","user":{"x":[1]},"dimensions":2,"model":"m"}"#
        #expect(read(list) == (["a", ""], true, ""))
        #expect(read(#"{"input":["a"],"encoding_format":"float"}"#) == (["a"], false, ""))
        #expect(read(#"{"input":["a"],"encoding_format":null,"dimensions":null}"#) == (["a"], false, ""))
    }

    @Test(arguments: [
        ("{}", "'input'"), (#"{"input":[]}"#, "'input' is an empty list"), (#"{"input":[1,2]}"#, "tokens"),
        (#"{"input":[[1]]}"#, "tokens"), (#"{"input":1}"#, "'input' must be"),
        (#"{"input":[null]}"#, "'input' must be"),
        (#"{"input":"a","input":"b"}"#, "twice"), (#"{"input":"a","encoding_format":"hex"}"#, "'encoding_format'"),
        (#"{"input":"a","dimensions":1}"#, "'dimensions' of model 'm' are 2"), ("[]", "the request must be an object"),
        (#"{"input":"a"} x"#, "parse"), (#"{"input":"a""#, "parse"), ("", "parse"),
    ])
    func `what is no such request is refused`(_ text: String, _ part: String) {
        #expect(read(text).error.contains(part), "\(read(text).error)")
    }

    @Test func `texts keep to their limits`() {
        let count = OpenInferenceProtocolLimits.textCount
        let texts = Array(repeating: #""a""#, count: count + 1).joined(separator: ",")
        let refusal = "'input' has \(count + 1) texts, at most \(count) are accepted"
        #expect(read(#"{"input":[\#(texts)]}"#).error == refusal)
        #expect(read(#"{"input":["a","b"]}"#, maxBatchSize: 1).error == "'input' has 2 texts, at most 1 are accepted")
        let long = String(repeating: "a", count: OpenInferenceProtocolLimits.textByteCount + 1)
        #expect(read(#"{"input":"\#(long)"}"#).error.contains("bytes, at most"))
    }

    @Test func `the model is found wherever it stands`() throws {
        func name(_ text: String) throws -> String {
            let body = Array(text.utf8)
            return String(decoding: try EmbeddingsRequest.modelName(in: body.span), as: UTF8.self)
        }
        #expect(try name(#"{"input":[[{"model":"x"}]],"model":"m\u0031"}"#) == "m1")
        for text in [#"{"input":"a"}"#, #"{"model":1}"#, "[]", #"{"model""#] {
            #expect(throws: ProtocolError.self) { try name(text) }
        }
    }

    @Test func `vectors are written as numbers and as base64`() throws {
        let model = TextInputTests.model()
        let column = OutputColumn(metadata: model.outputs[0], responseDims: [2])
        column.prepare(rows: 2)
        column.withFloats { values in
            for (index, value) in [1, -0.5, 0.25, 2].enumerated() { values[index] = Float(value) }
        }
        func text(_ isBase64: Bool) -> String {
            var reply = ByteBuffer()
            EmbeddingsAnswer.append(column, of: model, isBase64: isBase64, tokenCount: 7, to: &reply)
            return reply.withBytes { $0.text($0.indices) }
        }
        let end = #""model":"m","usage":{"prompt_tokens":7,"total_tokens":7}}"#
        #expect(
            text(false) == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.5]},"#
                + #"{"object":"embedding","index":1,"embedding":[0.25,2]}],"# + end)
        // Python: base64.b64encode(struct.pack("<2f", 1, -0.5)), (0.25, 2)
        #expect(
            text(true) == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAAL8="},"#
                + #"{"object":"embedding","index":1,"embedding":"AACAPgAAAEA="}],"# + end)
    }

    @Test(arguments: [
        (400, "invalid_request_error", "null"), (404, "invalid_request_error", "\"model_not_found\""),
        (401, "authentication_error", "null"), (403, "permission_error", "null"), (429, "rate_limit_error", "null"),
        (503, "server_error", "null"),
    ])
    func `refusals have OpenAI's form`(_ status: Int, _ type: String, _ code: String) {
        var reply = ByteBuffer()
        EmbeddingsAnswer.appendError("no \"m\"", status: status, to: &reply)
        let text = reply.withBytes { $0.text($0.indices) }
        #expect(text == #"{"error":{"message":"no \"m\"","type":"\#(type)","param":null,"code":\#(code)}}"#)
    }
}
