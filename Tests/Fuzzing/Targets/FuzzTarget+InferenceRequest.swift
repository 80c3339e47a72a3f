import OpenInferenceProtocol

@testable import OpenInferenceProtocol

extension FuzzTarget {
    /// A request in JSON gives the same rows, or the same refusal, by the fast path and by the slow one.
    static let inferenceJSON = FuzzTarget(name: "inference-json") { input in
        for model in requestModels { compare(input, headerLength: nil, model) }
    }

    /// A request with binary tensors likewise; the input's first two bytes are the length of its JSON.
    static let inferenceBinary = FuzzTarget(name: "inference-binary") { input in
        guard input.count >= 2 else { return }
        let body = Array(input[2...])
        let headerLength = min(Int(input[0]) | Int(input[1]) << 8, body.count)
        guard headerLength > 0 else { return }
        for model in requestModels { compare(body, headerLength: headerLength, model) }
    }

    /// What became of a request; all NaNs are one.
    struct RequestOutcome: Equatable {
        var rows: [UInt32] = []
        var rowCount = 0
        var requested: UInt64 = 0
        var binary: UInt64 = 0
        var special: [String] = []
        var id = 0..<0
        var error = ""
    }

    static let requestModels: [ModelSignature] = {
        let outputs = [
            TensorMetadata(name: "label", datatype: .int64, dims: [-1]),
            TensorMetadata(name: "probabilities", datatype: .float32, dims: [-1, 2]),
        ]
        let layouts = [
            InputLayout(kind: .forest, featureCount: 3, maxBatchSize: 8),
            InputLayout(
                kind: .forest, featureCount: 3, featureNames: ["cpu_user", "mem_used", "disk_io"],
                defaults: [nil, 1, .nan], maxBatchSize: 8),
            InputLayout(kind: .exact(name: "input__0", datatype: .float32), featureCount: 3, maxBatchSize: 8),
            InputLayout(
                kind: .tensors([
                    LayoutTensor(name: "a", datatype: .float32, columns: 0..<2),
                    LayoutTensor(name: "b", datatype: .int64, columns: 2..<3, isOptional: true),
                ]), featureCount: 3, defaults: [nil, nil, 1], maxBatchSize: 8),
        ]
        return layouts.map {
            ModelSignature(name: "m", version: "1", platform: "forest", input: $0, outputs: outputs)
        }
    }()

    private static func compare(_ body: [UInt8], headerLength: Int?, _ model: ModelSignature) {
        let fast = outcome(of: body, headerLength, model, usesFastPath: true)
        let slow = outcome(of: body, headerLength, model, usesFastPath: false)
        precondition(fast == slow, "both paths read the same")
        precondition(fast.rowCount <= 8, "a request keeps the model's limit of rows")
    }

    private static func outcome(
        of body: [UInt8], _ headerLength: Int?, _ model: ModelSignature, usesFastPath: Bool
    ) -> RequestOutcome {
        var request = InferenceRequest(regions: FuzzRegion())
        request.usesFastPath = usesFastPath
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 1)
        var outcome = RequestOutcome()
        do throws(ProtocolError) {
            try request.parse(body.span, headerLength: headerLength, for: model, into: &matrix)
        } catch {
            outcome.error = error.message
            return outcome
        }
        matrix.advance(by: request.rowCount)
        fill(&outcome, from: request, matrix)
        return outcome
    }

    /// Notes what was read.
    static func fill(
        _ outcome: inout RequestOutcome, from request: borrowing InferenceRequest, _ matrix: borrowing FeatureMatrix
    ) {
        outcome.rowCount = request.rowCount
        outcome.requested = request.outputs.requested
        outcome.binary = request.outputs.binary
        let special = request.specialOutputs.reduce(0 as UInt64) { $0 | 1 << UInt64($1.index) }
        precondition(request.outputs.special == special, "each special output is marked")
        precondition(special & ~request.outputs.requested == 0, "only what is wanted is special")
        outcome.special = request.specialOutputs.map(text)
        outcome.id = request.id
        matrix.withRows { rows in
            for index in rows.indices { outcome.rows.append(rows[index].isNaN ? 1 << 31 : rows[index].bitPattern) }
        }
    }

    private static func text(_ output: SpecialOutput) -> String {
        switch output.form {
        case .classes(let count):
            precondition(count >= 1 && count <= 2, "no more classes than there are")
            return "\(output.index): \(count) classes"
        case .region(let region, let range):
            precondition(range.lowerBound >= 0 && range.upperBound <= region.byteCount, "within the region")
            return "\(output.index): \(range)"
        }
    }
}
