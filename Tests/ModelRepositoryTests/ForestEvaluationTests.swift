import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// What several threads make of a request's rows has the bits of what one makes of them at once.
@Suite struct ForestEvaluationTests {
    /// A model, its file, and what its configuration asks for.
    struct Case: Sendable, CustomTestStringConvertible {
        var fixture: TrainerFixture
        var file: String
        var outputs: String
        var isWide = false
        var testDescription: String { fixture.folder }
    }

    static let cases = [
        Case(
            fixture: .binary, file: "model.json",
            outputs: """
                output [
                  { name: "leaf_indices" data_type: TYPE_INT32 dims: -1 },
                  { name: "label" data_type: TYPE_INT64 dims: 1 },
                  { name: "probabilities" data_type: TYPE_FP32 dims: 2 },
                  { name: "margin" data_type: TYPE_FP64 dims: 1 },
                  { name: "treeshap" data_type: TYPE_FP32 dims: 11 }
                ]
                """),
        Case(
            fixture: .softmax, file: "model.json",
            outputs: """
                output [
                  { name: "probabilities" data_type: TYPE_FP64 dims: -1 },
                  { name: "margin" data_type: TYPE_FP32 dims: -1 },
                  { name: "treeshap" data_type: TYPE_FP64 dims: [ 3, 11 ] }
                ]
                """),
        Case(
            fixture: .textLabels, file: "model.cbm",
            outputs: """
                output [
                  { name: "label" data_type: TYPE_STRING dims: 1 },
                  { name: "probabilities" data_type: TYPE_FP64 dims: 2 }
                ]
                """),
        Case(fixture: .rmse, file: "model.json", outputs: ""),
        Case(fixture: .isolation, file: "model.onnx", outputs: ""),
        Case(fixture: TrainerFixture("lightgbm_text/rf_multiclass"), file: "model.txt", outputs: "", isWide: true),
        Case(fixture: TrainerFixture("lightgbm_text/linear"), file: "model.txt", outputs: "", isWide: true),
    ]

    /// Rows of the fixture, over and over; enough for several blocks and one that is not full.
    private static let rowCount = 1_700

    private static func model(_ item: Case) throws -> ServedModel {
        let folder = TemporaryFolder()
        try folder.writeModel(
            item.fixture, file: item.file, configuration: item.outputs.isEmpty ? nil : item.outputs)
        let loaded = folder.load()
        return try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
    }

    private static func rows(_ item: Case, for model: ServedModel) throws -> [Double] {
        let values =
            item.isWide
            ? try item.fixture.doubles("inputs.f64") : try item.fixture.floats("inputs.f32").map { Double($0) }
        let count = rowCount * model.signature.input.featureCount
        return (0..<count).map { values[$0 % values.count] }
    }

    private static func matrix(_ rows: [Double], for model: ServedModel) -> FeatureMatrix {
        let layout = model.signature.input
        return layout.isWide
            ? FeatureMatrix(rows, for: layout) : FeatureMatrix(rows.map { Float($0) }, for: layout)
    }

    /// The rows as a request leaves them in its body.
    private static func unread(_ rows: [Double], for model: ServedModel) throws -> RequestRows {
        let layout = model.signature.input
        var body = ByteBuffer()
        for value in rows {
            let bits = layout.isWide ? value.bitPattern : UInt64(Float(value).bitPattern)
            for byte in 0..<(layout.isWide ? 8 : 4) { body.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
        }
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: layout, rowCapacity: 0)
        try body.withBytes { (bytes) throws(ProtocolError) in
            try request.parse(bytes, headerLength: 0, for: model.signature, into: &matrix, leavesBinaryRows: true)
        }
        let left = request.binaryRows
        return RequestRows(try #require(left), in: body, for: layout)
    }

    /// All elements of all outputs as bits.
    private static func bits(_ outputs: [OutputColumn]) -> [[UInt64]] {
        outputs.map { column in
            switch column.metadata.datatype {
            case .float32: column.floatValues.map { UInt64($0.bitPattern) }
            case .float64: column.doubleValues.map(\.bitPattern)
            case .int32: column.smallIntegerValues.map { UInt64(bitPattern: Int64($0)) }
            default: column.integerValues.map { UInt64(bitPattern: $0) }
            }
        }
    }

    private static func expected(_ rows: [Double], of model: ServedModel, wanted: UInt64 = .max) -> [[UInt64]] {
        let workspace = model.engine.makeWorkspace(rowCapacity: 0)
        workspace.evaluate(matrix(rows, for: model), wanted: wanted)
        return bits(workspace.outputs)
    }

    @Test(arguments: cases)
    func `parts in any order give the bits of the whole`(item: Case) throws {
        let model = try Self.model(item)
        let rows = try Self.rows(item, for: model)
        let expected = Self.expected(rows, of: model)
        #expect(expected.allSatisfy { $0.count >= Self.rowCount })
        for evaluation in [
            model.engine.share(RequestRows(Self.matrix(rows, for: model)), wanted: .max),
            model.engine.share(try Self.unread(rows, for: model), wanted: .max),
        ] {
            #expect(evaluation.rowCount == Self.rowCount && 512 % evaluation.blockRowCount == 0)
            for part in [1_024..<1_700, 0..<512, 512..<1_024] { evaluation.evaluate(rows: part) }
            #expect(Self.bits(evaluation.outputs) == expected)
        }
    }

    @Test(arguments: cases)
    func `threads that share the rows give the bits of one`(item: Case) throws {
        let model = try Self.model(item)
        let rows = try Self.rows(item, for: model)
        let expected = Self.expected(rows, of: model)
        let evaluation = model.engine.share(try Self.unread(rows, for: model), wanted: .max)
        // Parts of 64 rows, so that threads meet within what an engine evaluates at once.
        let partCount = (Self.rowCount + 63) / 64
        _ = ConcurrentMap.results(count: partCount, threadCount: 4) { part in
            evaluation.evaluate(rows: part * 64..<min(part * 64 + 64, Self.rowCount))
        }
        #expect(Self.bits(evaluation.outputs) == expected)
    }

    @Test func `outputs that are not wanted hold no rows`() throws {
        let model = try Self.model(Self.cases[0])
        let rows = try Self.rows(Self.cases[0], for: model)
        let evaluation = model.engine.share(try Self.unread(rows, for: model), wanted: 0b1000)
        // Without explanations a block is what engines evaluate at once.
        #expect(evaluation.blockRowCount == 512)
        evaluation.evaluate(rows: 0..<Self.rowCount)
        #expect(evaluation.outputs.map(\.rowCount) == [0, 0, 0, Self.rowCount, 0])
        #expect(Self.bits(evaluation.outputs) == Self.expected(rows, of: model, wanted: 0b1000))
        let explained = model.engine.share(try Self.unread(rows, for: model), wanted: 0b1_0000)
        #expect(explained.blockRowCount == 64)
    }

    // MARK: Memory of threads

    @Test func `memory of threads is kept from one request to the next, and goes with its engine`() throws {
        weak var engine: ForestEngine?
        do {
            let model = try Self.model(Self.cases[0])
            let rows = try Self.rows(Self.cases[0], for: model)
            let own = try #require(model.engine as? ForestEngine)
            engine = own
            let expected = Self.expected(rows, of: model)
            for wanted: UInt64 in [.max, 0b00110, .max] {
                let evaluation = own.share(try Self.unread(rows, for: model), wanted: wanted)
                for part in [0..<512, 512..<1_700] { evaluation.evaluate(rows: part) }
                #expect(own.freeDeskCount == 1, "one thread has worked")
                if wanted == .max { #expect(Self.bits(evaluation.outputs) == expected) }
            }
            let evaluation = own.share(try Self.unread(rows, for: model), wanted: .max)
            _ = ConcurrentMap.results(count: 27, threadCount: 4) { part in
                evaluation.evaluate(rows: part * 64..<min(part * 64 + 64, Self.rowCount))
            }
            #expect((1...4).contains(own.freeDeskCount) && Self.bits(evaluation.outputs) == expected)
        }
        #expect(engine == nil)
    }

    @Test func `memory for very wide rows is not kept`() throws {
        let folder = TemporaryFolder()
        let width = 1 + ModelRepositoryLimits.keptDeskByteCount / (64 * 4)
        folder.write(SyntheticForest(featureCount: width), as: "wide")
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let engine = try #require(model.engine as? ForestEngine)
        let rows = FeatureMatrix(Array(repeating: Float(1), count: 2 * width), for: model.signature.input)
        engine.share(RequestRows(rows), wanted: 1).evaluate(rows: 0..<2)
        #expect(engine.freeDeskCount == 0)
    }
}
