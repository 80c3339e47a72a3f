import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import TreeEnsembles

@testable import ModelRepository

/// A model file with rows and the trainer's answers, from the fixtures of the forest tests.
struct TrainerFixture {
    let folder: String

    init(_ name: String) {
        folder = RepositoryRoot.path + "/Tests/TreeEnsemblesTests/Fixtures/" + name
    }

    func bytes(_ file: String) throws -> [UInt8] { try RepositoryFixture.file(folder + "/" + file) }

    func floats(_ file: String) throws -> [Float] {
        try words(file, byteCount: 4).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    }

    func doubles(_ file: String) throws -> [Double] {
        try words(file, byteCount: 8).map { Double(bitPattern: $0) }
    }

    func integers(_ file: String) throws -> [Int32] {
        try words(file, byteCount: 4).map { Int32(truncatingIfNeeded: $0) }
    }

    private func words(_ file: String, byteCount: Int) throws -> [UInt64] {
        let all = try bytes(file)
        return stride(from: 0, to: all.count, by: byteCount).map { start in
            (start..<start + byteCount).reversed().reduce(0) { $0 << 8 | UInt64(all[$1]) }
        }
    }

    static let binary = TrainerFixture("xgboost_json/binary_missing")
    static let softmax = TrainerFixture("xgboost_json/softmax")
    static let textLabels = TrainerFixture("catboost_cbm/text_labels")
    static let rmse = TrainerFixture("catboost_json/rmse")
    static let isolation = TrainerFixture("onnx_isolation_forest/trees_10_samples_32")
}

extension TemporaryFolder {
    /// Writes a model `m` of version 1 with a configuration.
    func writeModel(
        _ fixture: TrainerFixture, file: String, as name: String = "m", configuration: String? = nil,
        rowan: String? = nil
    ) throws {
        write(try fixture.bytes(file), to: "\(name)/1/\(file)")
        if let configuration { write(configuration, to: "\(name)/config.pbtxt") }
        if let rowan { write(rowan, to: "\(name)/rowan.pbtxt") }
    }

    /// Loads the folder as a repository.
    func load() -> RepositoryLoader.Loaded {
        RepositoryLoader(instructionSet: .detect()).load(repositories: [path])
    }
}

extension OutputColumn {
    var floatValues: [Float] { withFloats { Self.copy($0.span) } }
    var doubleValues: [Double] { withDoubles { Self.copy($0.span) } }
    var integerValues: [Int64] { withInt64s { Self.copy($0.span) } }
    var smallIntegerValues: [Int32] { withInt32s { Self.copy($0.span) } }

    private static func copy<Element>(_ span: Span<Element>) -> [Element] { span.indices.map { span[$0] } }
}

extension FeatureMatrix {
    /// A matrix of rows, widened if the model compares doubles.
    init(_ rows: [Float], for layout: InputLayout) {
        let rowCount = rows.count / layout.featureCount
        self.init(for: layout, rowCapacity: rowCount)
        if layout.isWide {
            withWideTail(rows: rowCount) { tail in
                for index in rows.indices { tail[index] = Double(rows[index]) }
            }
        } else {
            withTail(rows: rowCount) { tail in
                for index in rows.indices { tail[index] = rows[index] }
            }
        }
        advance(by: rowCount)
    }

    /// A matrix of rows of doubles, for a model that compares doubles.
    init(_ rows: [Double], for layout: InputLayout) {
        precondition(layout.isWide, "rows of doubles are for models that compare doubles")
        let rowCount = rows.count / layout.featureCount
        self.init(for: layout, rowCapacity: rowCount)
        withWideTail(rows: rowCount) { tail in
            for index in rows.indices { tail[index] = rows[index] }
        }
        advance(by: rowCount)
    }
}

extension ServedModel {
    /// All outputs for rows, by name.
    func evaluate(_ rows: [Float], wanted: UInt64 = .max, capacity: Int = 0) -> [String: OutputColumn] {
        let workspace = engine.makeWorkspace(rowCapacity: capacity)
        workspace.evaluate(FeatureMatrix(rows, for: signature.input), wanted: wanted)
        return Dictionary(uniqueKeysWithValues: workspace.outputs.map { ($0.metadata.name, $0) })
    }
}
