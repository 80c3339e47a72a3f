import Testing

@testable import TreeEnsembles

/// The exported isolation forest against ONNX Runtime, and loosely against scikit-learn itself.
@Suite struct ONNXFormatTests {
    /// What a forest answers to all rows of a fixture.
    private struct Answers {
        var margins: [Float]
        var scores: [Float]
        var labels: [Int64]

        init(_ fixture: Fixture) throws {
            let ensemble = try fixture.load()
            let evaluator = ReferenceEvaluator(ensemble)
            let outputs = ForestOutputs(of: ensemble)
            let sums = fixture.rows.flatMap { evaluator.margins(of: $0) }
            margins = Array(repeating: 0, count: sums.count)
            scores = margins
            labels = Array(repeating: 0, count: sums.count)
            var marginColumn = margins.mutableSpan
            outputs.writeMargins(sums: sums.span, into: &marginColumn)
            var scoreColumn = scores.mutableSpan
            outputs.writeScores(sums: sums.span, into: &scoreColumn)
            var labelColumn = labels.mutableSpan
            outputs.writeLabels(sums: sums.span, into: &labelColumn)
        }
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_isolation_forest"))
    func `margins are ONNX Runtime's within two units in the last place`(fixture: Fixture) throws {
        let answers = try Answers(fixture)
        for (margin, expected) in zip(answers.margins, fixture.margins()) {
            #expect(abs(margin - Float(expected)) <= 2 * Float(expected).ulp)
        }
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_isolation_forest"))
    func `labels are ONNX Runtime's`(fixture: Fixture) throws {
        #expect(try Answers(fixture).labels == fixture.integers(of: "expected_label.i64"))
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_isolation_forest"))
    func `scores are the negated score samples of scikit-learn, as near as the export is`(fixture: Fixture) throws {
        let answers = try Answers(fixture)
        for (score, samples) in zip(answers.scores, fixture.doubles(of: "sklearn_score_samples.f64")) {
            #expect(abs(Double(score) + samples) < 2e-6)
        }
        if fixture.has("expected_score_samples.f32") {
            for (score, samples) in zip(answers.scores, fixture.floats(of: "expected_score_samples.f32")) {
                #expect(abs(score + samples) <= 2 * score.ulp)
            }
        }
    }
}
