import Testing

@testable import TreeEnsembles

/// Forests in tree operators against ONNX Runtime.
@Suite struct ONNXEnsembleTests {
    private static func ulps(_ found: [Float], _ expected: [Float]) -> Float {
        zip(found, expected).map { found, expected in
            found == expected || found.isNaN && expected.isNaN ? 0 : abs(found - expected) / expected.ulp
        }.max() ?? 0
    }

    private static func doublePredictions(_ fixture: Fixture) throws -> [Double] {
        let ensemble = try fixture.load()
        let evaluator = ReferenceEvaluator(ensemble)
        var found = [Double](repeating: .nan, count: fixture.rowCount * ensemble.marginCount)
        var column = found.mutableSpan
        let sums = fixture.rows.flatMap { evaluator.margins(of: $0) }
        ForestOutputs(of: ensemble).writeScores(sums: sums.span, into: &column)
        return found
    }

    private static func predictions(_ fixture: Fixture) throws -> [Float] {
        let ensemble = try fixture.load()
        let evaluator = ReferenceEvaluator(ensemble)
        let outputs = ForestOutputs(of: ensemble)
        let sums = fixture.rows.flatMap { evaluator.margins(of: $0) }
        let width = max(outputs.probabilityCount, outputs.marginCount)
        var found = [Float](repeating: .nan, count: fixture.rowCount * width)
        var column = found.mutableSpan
        if outputs.probabilityCount > 0 {
            outputs.writeProbabilities(sums: sums.span, into: &column)
        } else {
            outputs.writeScores(sums: sums.span, into: &column)
        }
        return found
    }

    /// Transforms are made of the same steps with the same library's exponential; `Exp` is an operator of its own whose
    /// vectors differ from the library in the last place.
    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_trees"))
    func `predictions are ONNX Runtime's within one unit in the last place`(fixture: Fixture) throws {
        let found = try Self.predictions(fixture)
        let expected = fixture.floats(of: "expected_prediction.f32")
        #expect(found.count == expected.count)
        #expect(Self.ulps(found, expected) <= 1)
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_trees").filter { $0.has("expected_class.i64") })
    func `classes are ONNX Runtime's`(fixture: Fixture) throws {
        let ensemble = try fixture.load()
        let evaluator = ReferenceEvaluator(ensemble)
        let sums = fixture.rows.flatMap { evaluator.margins(of: $0) }
        var found = [Int32](repeating: -1, count: fixture.rowCount)
        var column = found.mutableSpan
        ForestOutputs(of: ensemble).writeClassIndices(sums: sums.span, into: &column)
        #expect(found.map { Int64($0) } == fixture.integers(of: "expected_class.i64"))
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_doubles"))
    func `sums of doubles are ONNX Runtime's, which rounds them`(fixture: Fixture) throws {
        let evaluator = ReferenceEvaluator(try fixture.load())
        let sums = fixture.rows.flatMap { evaluator.margins(of: $0) }
        #expect(sums.map { Float($0) } == fixture.margins().map { Float($0) })
        #expect(try Self.predictions(fixture) == fixture.floats(of: "expected_prediction.f32"))
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "onnx_tree_ensemble_doubles"))
    func `predictions from doubles are ONNX Runtime's, which makes most of them in float32`(
        fixture: Fixture
    ) throws {
        let found = try Self.doublePredictions(fixture)
        let expected =
            fixture.has("expected_prediction.f64")
            ? fixture.doubles(of: "expected_prediction.f64")
            : fixture.floats(of: "expected_prediction.f32").map { Double($0) }
        // NaN has no one pattern.
        #expect(found.map { $0.isNaN ? nil : $0 } == expected.map { $0.isNaN ? nil : $0 })
    }

    @Test func `labels, names of links and the raw call are the operator's`() throws {
        func load(_ name: String) throws -> TreeEnsemble {
            try #require(FixtureCatalog.fixtures(format: "onnx_trees").first { $0.name == name }).load()
        }
        #expect(try load("rf_words").classLabels == ["high", "low", "middle"])
        #expect(try load("raw_classes").classLabels == ["3", "1", "7"])
        #expect(try !load("rf_words").hasMargin && load("gb_binary").hasMargin)
        #expect(try load("cat_binary").marginCount == 1 && load("rf_binary").marginCount == 1)
        #expect(try load("gb_classes").leafWidth == 1 && load("rf_words").leafWidth == 3)
        #expect(try load("modes").categorySets.count > 3)
        #expect(try load("ensemble_classes").classLabels == ["low", "middle", "high"])
        #expect(try load("ensemble_targets").task == .regression && load("ensemble_classes").hasMargin)
        #expect(try load("ensemble_modes").categorySets.contains(where: \.truncatesValues))
    }
}
