import LinuxSystem
import TestSupport
import Testing
import TreeEnsembles

@testable import ForestTiming

@Suite struct ForestRowsTests {
    static func forest(_ name: String) throws -> TreeEnsemble {
        let path = "\(RepositoryRoot.path)/\(name)"
        let bytes = try FileSystem.read(path, byteCountLimit: TreeEnsembleLimits.fileByteCount)
        return try bytes.withBytes { (bytes) throws(TreeEnsembleFault) in
            try TreeEnsembleFormats.load(fileName: name, bytes: bytes)
        }
    }

    static let sample = "model_repository/xgboost_anomaly/1/model.json"
    static let lightGBM = "Tests/TreeEnsemblesTests/Fixtures/lightgbm_text/categorical/model.txt"

    private func floats(_ rows: ForestRows) throws -> [Float] {
        guard case .float32(let values) = rows.values else {
            throw NotFloats()
        }
        return values
    }

    private struct NotFloats: Error {}

    @Test(arguments: [
        sample, "model_repository/catboost_anomaly/1/model.cbm", "model_repository/isolation_forest/1/model.onnx",
    ])
    func `both answers to the forest's questions are drawn`(name: String) throws {
        let forest = try Self.forest(name)
        let rows = ForestRows(around: forest, rowCount: 512, missingFraction: 0)
        let values = try floats(rows)
        #expect(values.count == 512 * forest.featureCount && values.allSatisfy(\.isFinite))
        let questions =
            zip(forest.features, forest.values).filter { $0.0 >= 0 } + zip(forest.splitFeatures, forest.splitThresholds)
        var oneSided = 0
        // CatBoost's border between missing values and all others has no value below it.
        for (feature, threshold) in questions where abs(threshold) < Double(Float.greatestFiniteMagnitude) {
            let column = (0..<512).map { Double(values[$0 * forest.featureCount + Int(feature)]) }
            if !column.contains(where: { $0 < threshold }) || !column.contains(where: { $0 > threshold }) {
                oneSided += 1
            }
        }
        // The outermost of a few hundred thresholds may see nobody beyond it.
        #expect(questions.count > 500 && oneSided * 50 < questions.count, "\(oneSided) of \(questions.count)")
    }

    @Test func `the same forest gets the same rows`() throws {
        let forest = try Self.forest(Self.sample)
        let rows = ForestRows(around: forest, rowCount: 4, missingFraction: 0)
        #expect(try floats(rows) == floats(ForestRows(around: forest, rowCount: 4, missingFraction: 0)))
        #expect(try floats(rows) != floats(ForestRows(around: forest, rowCount: 4, missingFraction: 0.5)))
    }

    @Test(arguments: [0, 0.25, 1])
    func `as many values are missing as were asked for`(fraction: Double) throws {
        let rows = ForestRows(around: try Self.forest(Self.sample), rowCount: 1000, missingFraction: fraction)
        let values = try floats(rows)
        let missing = Double(values.count { $0.isNaN }) / Double(values.count)
        #expect(abs(missing - fraction) < 0.01, "\(missing)")
    }

    @Test func `a forest that compares doubles gets doubles, and its categories whole numbers`() throws {
        let forest = try Self.forest(Self.lightGBM)
        let rows = ForestRows(around: forest, rowCount: 256, missingFraction: 0)
        guard case .float64(let values) = rows.values else {
            Issue.record("rows of float32 for LightGBM")
            return
        }
        #expect(values.contains { Double(Float($0)) != $0 })
        let categorical = Set(forest.nodeSets.indices.filter { forest.nodeSets[$0] >= 0 }.map { forest.features[$0] })
        #expect(!categorical.isEmpty)
        for feature in categorical {
            let column = (0..<256).map { values[$0 * forest.featureCount + Int(feature)] }
            #expect(column.allSatisfy { $0 >= 0 && $0 == $0.rounded() } && Set(column).count > 5)
        }
    }
}
