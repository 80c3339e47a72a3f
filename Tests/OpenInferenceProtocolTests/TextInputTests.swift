import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

// Texts as the input of a model: JSON, binary, and messages of gRPC; what is refused, and the limits.
@Suite struct TextInputTests {
    static func model(maxBatchSize: Int = 0) -> ModelSignature {
        ModelSignature(
            name: "m", version: "1", platform: "text_encoder",
            input: InputLayout(kind: .texts(name: "text"), featureCount: 1, maxBatchSize: maxBatchSize),
            outputs: [TensorMetadata(name: "embedding", datatype: .float32, dims: [-1, 2])], costlyOutputs: 1)
    }

    static func texts(_ matrix: borrowing FeatureMatrix) -> [String] {
        (0..<matrix.texts.count).map { row in
            var text = ""
            matrix.texts.withText(row) { bytes in text = bytes.text(bytes.indices) }
            return text
        }
    }

    private func read(
        _ body: [UInt8], headerLength: Int? = nil, isMessage: Bool = false, for model: ModelSignature = model()
    ) -> (texts: [String], error: String) {
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
        do throws(ProtocolError) {
            if isMessage {
                try request.open(0..<body.count, in: body.span)
                try request.parseMessage(in: body.span, for: model, into: &matrix, leavesBinaryRows: true)
            } else {
                try request.parse(
                    body.span, headerLength: headerLength, for: model, into: &matrix, leavesBinaryRows: true)
            }
        } catch {
            return ([], error.message)
        }
        matrix.advance(by: request.rowCount)
        #expect(matrix.rowCount == matrix.texts.count)
        return (Self.texts(matrix), "")
    }

    private func json(
        _ data: String, shape: String = "[2]", datatype: String = "BYTES", name: String = "text"
    ) -> [UInt8] {
        Array(RequestReading.request(data, shape: shape, datatype: datatype, name: name).utf8)
    }

    private static func binary(_ texts: [String]) -> [UInt8] {
        texts.flatMap { text in
            let bytes = Array(text.utf8)
            return (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
        }
    }

    private func binaryRequest(_ bytes: [UInt8], shape: String = "[2]") -> (body: [UInt8], headerLength: Int) {
        let header = Array(
            (#"{"inputs":[{"name":"text","shape":\#(shape),"datatype":"BYTES","parameters":"#
                + #"{"binary_data_size":\#(bytes.count)}}]}"#).utf8)
        return (header + bytes, header.count)
    }

    @Test func `texts are read from JSON, flat and nested`() {
        let expected = ["", "a \"b\"\n\u{e9}\u{1F642}"]
        for (data, shape) in [
            (#"["","a \"b\"\n\u00e9\ud83d\ude42"]"#, "[2]"), (#"[[""],["a \"b\"\né🙂"]]"#, "[2,1]"),
        ] {
            #expect(read(json(data, shape: shape)).texts == expected)
        }
        #expect(read(json("[]", shape: "[0]")).texts == [])
    }

    @Test func `texts are read behind their lengths`() {
        let texts = ["", "conn\u{0}ection"]
        for shape in ["[2]", "[2,1]"] {
            let (body, headerLength) = binaryRequest(Self.binary(texts), shape: shape)
            #expect(read(body, headerLength: headerLength).texts == texts)
        }
        let whole = Self.binary(texts)
        for count in 0..<whole.count {
            let (body, headerLength) = binaryRequest(Array(whole.prefix(count)))
            #expect(read(body, headerLength: headerLength).error != "", "\(count) bytes")
        }
        let (body, headerLength) = binaryRequest(whole + [0])
        #expect(read(body, headerLength: headerLength).error.contains("got \(whole.count + 1)"))
    }

    @Test func `a body without JSON is one text`() {
        #expect(read(Array("disk full".utf8), headerLength: 0).texts == ["disk full"])
    }

    @Test func `texts are read from messages`() {
        let head = MessageBytes.field(1, "text") + MessageBytes.field(2, "BYTES") + MessageBytes.shape([2])
        let contents = MessageBytes.field(5, MessageBytes.field(8, "a") + MessageBytes.field(8, "b\u{e9}"))
        #expect(read(MessageBytes.field(5, head + contents), isMessage: true).texts == ["a", "b\u{e9}"])
        let raw = MessageBytes.field(5, head) + MessageBytes.rawBytes(Self.binary(["a", "b"]))
        #expect(read(raw, isMessage: true).texts == ["a", "b"])
        let one = MessageBytes.field(5, MessageBytes.field(8, "a"))
        #expect(read(MessageBytes.field(5, head + one), isMessage: true).error != "")
    }

    @Test func `what is no text is refused`() {
        #expect(read(json("[1,2]")).error.contains("text"))
        #expect(read(json(#"["a"]"#)).error != "")
        #expect(read(json(#"["a","b","c"]"#)).error != "")
        #expect(read(json(#""a""#)).error != "")
        #expect(read(json("[1,2]", datatype: "FP32")).error.contains("'BYTES'"))
        #expect(read(json(#"["a","b"]"#, name: "x")).error.contains("unexpected inference input 'x'"))
        #expect(read(json(#"["a","b"]"#, shape: "[1,2]")).error.contains("[-1]"))
        #expect(read(json(#"["a","b"]"#), for: Self.model(maxBatchSize: 1)).error.contains("<= 1"))
    }

    @Test func `a failed request leaves nothing to the next`() throws {
        let model = Self.model()
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 0)
        let faulty = json(#"["a",1]"#)
        #expect(throws: ProtocolError.self) {
            try request.parse(faulty.span, headerLength: nil, for: model, into: &matrix)
        }
        let sound = json(#"["b","c"]"#)
        try request.parse(sound.span, headerLength: nil, for: model, into: &matrix)
        matrix.advance(by: request.rowCount)
        #expect(Self.texts(matrix) == ["b", "c"])
        matrix.removeAll()
        #expect(matrix.texts.count == 0)
    }

    @Test func `texts keep to their limits`() {
        let count = OpenInferenceProtocolLimits.textCount
        let texts = Array(repeating: #""a""#, count: count + 1)
        #expect(read(json("[\(texts.dropLast().joined(separator: ","))]", shape: "[\(count)]")).texts.count == count)
        let tooMany = read(json("[\(texts.joined(separator: ","))]", shape: "[\(count + 1)]"))
        #expect(tooMany.error == "input 'text' has \(count + 1) texts, at most \(count) are accepted")
        let size = OpenInferenceProtocolLimits.textByteCount
        let long = String(repeating: "a", count: size)
        #expect(read(json(#"["\#(long)"]"#, shape: "[1]")).error == "")
        let tooLong = read(json(#"["b","\#(long)a"]"#))
        #expect(tooLong.error == "text 1 of input 'text' has \(size + 1) bytes, at most \(size) are accepted")
    }
}
