import ModelMonitoring
import Testing

@testable import ModelRepository

/// The section `explanation`.
@Suite struct ExplanationConfigurationTests {
    private func read(_ text: String) throws -> RowanConfiguration {
        try RowanConfiguration.read(Array(text.utf8).span)
    }

    @Test func `an empty section asks for the usual`() throws {
        #expect(try read("explanation { }").explanation?.settings == ExplanationPlan.Settings())
        #expect(try read("").explanation == nil)
    }

    @Test func `the rows that a z-score remembers have bounds`() throws {
        let rows = ModelMonitoringLimits.zScoreRows
        func rule(_ count: Int) -> String {
            "anomaly { output: \"score\" z_score { threshold: 4 window_rows: \(count) } }"
        }
        for count in [rows.lowerBound, rows.upperBound] {
            #expect(try read(rule(count)).anomalyRules.first?.zScore?.windowRows == count)
        }
        for count in [rows.lowerBound - 1, rows.upperBound + 1] {
            #expect(throws: TextFormatFault.self) { try read(rule(count)) }
        }
    }

    @Test func `durability and window are read, generators are noted`() throws {
        let window = ModelRepositoryLimits.explanationWindowSeconds
        let text = "explanation { durability: DISK window_seconds: \(window.upperBound) generator { extractive { } } }"
        let configuration = try read(text)
        #expect(configuration.explanation?.settings.durability == .disk)
        #expect(configuration.explanation?.settings.windowSeconds == window.upperBound)
        #expect(configuration.notices.count == 1)
        for seconds in [window.lowerBound - 1, window.upperBound + 1] {
            #expect(throws: TextFormatFault.self) { try read("explanation { window_seconds: \(seconds) }") }
        }
    }
}
