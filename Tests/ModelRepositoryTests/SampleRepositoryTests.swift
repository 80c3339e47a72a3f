import TreeEnsembles
import Testing

@testable import ModelRepository

/// The sample repository as a newcomer finds it.
struct SampleRepositoryTests {
    @Test func `every sample model is served without a fault`() {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let loaded = RepositoryLoader(instructionSet: .detect()).load(repositories: [root + "/model_repository"])
        #expect(loaded.report.faults == [], "\(loaded.report.text)")
        #expect(loaded.report.served.map(\.name) == ["catboost_anomaly", "isolation_forest", "xgboost_anomaly"])
        #expect(loaded.table.isStrictlyReady)
        print(loaded.report.text)
        for model in loaded.table.models { print(String(decoding: model.configurationJSON, as: UTF8.self)) }
    }
}
