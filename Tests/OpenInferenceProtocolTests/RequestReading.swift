import LinuxSystem

@testable import OpenInferenceProtocol

/// Models of the tests and reading requests for them.
enum RequestReading {
    /// What became of a request.
    struct Outcome: Equatable {
        var rows: [UInt32] = []
        var rowCount = 0
        var outputs = OutputSelection(requested: 0, binary: 0)
        var id = ""
        var error: ProtocolError?
    }

    static let outputs = [
        TensorMetadata(name: "label", datatype: .int64, dims: [-1]),
        TensorMetadata(name: "probabilities", datatype: .float32, dims: [-1, 2]),
        TensorMetadata(name: "margin", datatype: .float64, dims: [-1]),
    ]

    static func model(
        _ kind: String = "forest", features: Int = 3, maxBatchSize: Int = 0, defaults: [Double?] = []
    ) -> ModelSignature {
        let names = features == 3 ? ["cpu_user", "mem_used", "disk_io"] : []
        let layout =
            switch kind {
            case "fil":
                InputLayout(
                    kind: .exact(name: "input__0", datatype: .float32), featureCount: features,
                    maxBatchSize: maxBatchSize)
            case "named":
                InputLayout(
                    kind: .forest, featureCount: features, featureNames: names, defaults: defaults,
                    maxBatchSize: maxBatchSize)
            default: InputLayout(kind: .forest, featureCount: features, maxBatchSize: maxBatchSize)
            }
        return ModelSignature(name: "m", version: "1", platform: "forest", input: layout, outputs: outputs)
    }

    static func read(
        _ body: [UInt8], headerLength: Int? = nil, for model: ModelSignature, usesFastPath: Bool = true
    ) -> Outcome {
        var request = InferenceRequest()
        request.usesFastPath = usesFastPath
        return read(body, headerLength: headerLength, for: model, with: &request)
    }

    /// Reads with a request that may have read others before.
    static func read(
        _ body: [UInt8], headerLength: Int? = nil, for model: ModelSignature, with request: inout InferenceRequest,
        isMessage: Bool = false
    ) -> Outcome {
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 1)
        // A row of another request is there already and must not be touched.
        matrix.withTail(rows: 1) { row in
            for index in row.indices { row[index] = 7 }
        }
        matrix.advance(by: 1)
        var outcome = Outcome()
        do throws(ProtocolError) {
            if isMessage {
                // Bytes on both sides are no part of the message.
                let guarded = [0xff] + body + [0xff]
                try request.open(1..<1 + body.count, in: guarded.span)
                try request.parseMessage(in: guarded.span, for: model, into: &matrix)
                outcome.id = String(decoding: guarded[request.id], as: UTF8.self)
            } else {
                try request.parse(body.span, headerLength: headerLength, for: model, into: &matrix)
                outcome.id = String(decoding: body[request.id], as: UTF8.self)
            }
            outcome.rowCount = request.rowCount
            outcome.outputs = request.outputs
            matrix.advance(by: request.rowCount)
        } catch {
            outcome.error = error
        }
        matrix.withRows { rows in
            precondition(rows[0] == 7, "a row of another request was overwritten")
            for index in model.input.featureCount..<rows.count { outcome.rows.append(rows[index].bitPattern) }
        }
        return outcome
    }

    static func read(_ text: String, for model: ModelSignature) -> Outcome { read(Array(text.utf8), for: model) }

    /// Reads a message.
    static func read(message: [UInt8], for model: ModelSignature) -> Outcome {
        var request = InferenceRequest()
        return read(message, for: model, with: &request, isMessage: true)
    }

    /// The error's text, "" where there is none.
    static func error(_ text: String, for model: ModelSignature) -> String {
        read(text, for: model).error?.message ?? ""
    }

    /// A request with one input.
    static func request(
        _ data: String, shape: String = "[1,3]", datatype: String = "FP32", name: String = "x", rest: String = ""
    ) -> String {
        #"{"inputs":[{"name":"\#(name)","shape":\#(shape),"datatype":"\#(datatype)","data":\#(data)}]\#(rest)}"#
    }
}
