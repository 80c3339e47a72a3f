import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// Rules that say which rows are anomalous: what they mean, and what of a model they may be about.
@Suite struct AnomalyPlanTests {
    /// Three rows of two probabilities, and a score of doubles.
    private let outputs: [OutputColumn]

    init() {
        outputs = [
            OutputColumn(
                metadata: TensorMetadata(name: "probabilities", datatype: .float32, dims: [-1, 2]), responseDims: [2]),
            OutputColumn(metadata: TensorMetadata(name: "score", datatype: .float64, dims: [-1]), responseDims: []),
        ]
        for output in outputs { output.prepare(rows: 4) }
        let probabilities: [Float] = [0.1, 0.9, 0.15, 0.85, 0.6, 0.4, .nan, .nan]
        let scores = [1.0, 3, 5, .nan]
        outputs[0].withFloats { for index in $0.indices { $0[index] = probabilities[index] } }
        outputs[1].withDoubles { for index in $0.indices { $0[index] = scores[index] } }
    }

    private func firing(_ rules: [AnomalyRule]) -> [Int] {
        let plan = AnomalyPlan(rules)
        let rows = (0..<4).filter { plan.fires(outputs, row: $0) }
        #expect(plan.firingRowCount(outputs, rows: 0..<4) == rows.count)
        for row in 0..<4 {
            #expect(plan.firingRowCount(outputs, rows: row..<row + 1) == (rows.contains(row) ? 1 : 0))
        }
        return rows
    }

    private static func probability(
        _ threshold: Double?, _ combination: AnomalyRule.Combination = .any, zScore: AnomalyRule.ZScore? = nil
    ) -> AnomalyRule {
        AnomalyRule(
            output: 0, element: 1, threshold: threshold, zScore: zScore, combination: combination, isFloat32: true)
    }

    private static func score(_ threshold: Double, _ combination: AnomalyRule.Combination = .any) -> AnomalyRule {
        AnomalyRule(output: 1, threshold: threshold, combination: combination)
    }

    @Test func `a row fires above the threshold, not at it, and never without a number`() {
        // 0.85 is no float: the value that is shown as the threshold is not above it.
        #expect(firing([Self.probability(0.85)]) == [0])
        #expect(firing([Self.probability(0.84)]) == [0, 1])
        #expect(firing([Self.score(3)]) == [2])
        #expect(firing([Self.score(-1)]) == [0, 1, 2])
    }

    @Test func `any rule is enough, and those with ALL have to hold together`() {
        #expect(firing([Self.probability(0.85), Self.score(4)]) == [0, 2])
        #expect(firing([Self.probability(0.5, .all), Self.score(2, .all)]) == [1])
        #expect(firing([Self.probability(0.5, .all), Self.score(2, .all), Self.score(4)]) == [1, 2])
    }

    @Test func `z-scores are judged by whoever sees rows in their order`() {
        let far = AnomalyRule.ZScore(threshold: 3, windowRows: 100)
        #expect(firing([Self.probability(0.85, zScore: far)]) == [0])
        #expect(firing([Self.probability(nil, zScore: far)]).isEmpty)
        #expect(firing([Self.probability(0.5, .all, zScore: far), Self.score(0, .all)]).isEmpty)
    }

    @Test func `the outputs of all rules are computed for every request`() {
        #expect(AnomalyPlan([Self.score(1), Self.probability(0.5)]).wanted == 0b11)
        #expect(AnomalyPlan([Self.score(1), Self.score(2)]).wanted == 0b10)
    }

    // MARK: Models

    private static func load(
        _ rowan: String, of fixture: TrainerFixture = .binary, configuration: String? = nil
    ) throws -> (model: ServedModel?, report: String) {
        let folder = TemporaryFolder()
        try folder.writeModel(fixture, file: "model.json", configuration: configuration, rowan: rowan)
        let loaded = folder.load()
        return (loaded.table.servedModels.first, loaded.report.text)
    }

    @Test func `a rule finds its output`() throws {
        let (model, report) = try Self.load("anomaly { output: \"probabilities\" class_index: 1 threshold: 0.85 }")
        let anomaly = try #require(model?.anomaly, "\(report)")
        #expect(anomaly.rules.map(\.element) == [1] && anomaly.rules[0].threshold == Double(Float(0.85)))
        let outputs = try #require(model?.signature.outputs)
        #expect(outputs[anomaly.rules[0].output].name == "probabilities")
        #expect(try Self.load("").model?.anomaly == nil)
    }

    @Test(arguments: [
        ("output: \"margins\" threshold: 1", "the rule's output 'margins' is none of the model's"),
        ("output: \"label\" threshold: 1", "the rule's output 'label' holds no real numbers"),
        (
            "output: \"probabilities\" class_index: 2 threshold: 1",
            "class_index 2 is outside the output 'probabilities', which has 2 for each row"
        ),
        ("output: \"treeshap\" threshold: 1", "the rule's output 'treeshap' is not computed for every request"),
    ])
    func `a rule about what the model does not have makes it unavailable`(_ rule: String, _ sentence: String) throws {
        let names = [("label", "TYPE_INT64", 1), ("probabilities", "TYPE_FP32", 2), ("treeshap", "TYPE_FP32", 11)]
        let configuration = names.map { "output { name: \"\($0)\" data_type: \($1) dims: \($2) }" }
        let (model, report) = try Self.load("anomaly { \(rule) }", configuration: configuration.joined(separator: "\n"))
        #expect(model == nil && report.contains("rowan.pbtxt:1:9: \(sentence)"), "\(report)")
    }

    @Test func `there are as many rules as a row is compared with`() throws {
        let rule = "anomaly { output: \"probabilities\" threshold: 0.5 }\n"
        let most = String(repeating: rule, count: ModelMonitoringLimits.anomalyRules)
        #expect(try Self.load(most).model?.anomaly?.rules.count == ModelMonitoringLimits.anomalyRules)
        let (model, report) = try Self.load(most + rule)
        #expect(model == nil && report.contains("more than 16 sections anomaly"), "\(report)")
    }

    @Test func `a model that names no class is monitored by its rules`() throws {
        let without = try Self.load("monitoring { }", of: .rmse)
        #expect(without.model == nil && without.report.contains("or with what a section anomaly calls one"))
        let (model, report) = try Self.load(
            "monitoring { } anomaly { output: \"score\" threshold: 1 }", of: .rmse)
        let plan = try #require(model?.monitoring, "\(report)")
        #expect(plan.label == nil && plan.classes == .firing && plan.anomaly == model?.anomaly)
        #expect(plan.number(of: "1") == 1 && plan.number(of: 0) == 0 && plan.number(of: 2) == nil)
        #expect(plan.name(of: 1) == "1")
    }
}
