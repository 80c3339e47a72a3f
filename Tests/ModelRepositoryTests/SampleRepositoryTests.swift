import TestSupport
import Testing
import TreeEnsembles

@testable import ModelRepository

/// The sample repository as a newcomer finds it.
struct SampleRepositoryTests {
    @Test func `every sample model is served without a fault`() {
        let loaded = RepositoryLoader(instructionSet: .detect()).load(
            repositories: [RepositoryRoot.path + "/model_repository"])
        #expect(loaded.report.faults == [], "\(loaded.report.text)")
        #expect(
            loaded.report.served.map(\.name)
                == ["anomaly", "catboost_anomaly", "isolation_forest", "xgboost_anomaly"])
        #expect(loaded.table.isStrictlyReady)
    }
}
