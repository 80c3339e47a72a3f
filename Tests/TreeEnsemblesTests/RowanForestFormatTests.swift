import Testing

@testable import TreeEnsembles

/// Rowan's own file against scikit-learn, which it speaks for, and everything that such a file must not say.
@Suite struct RowanForestFormatTests {
    private static let fixtures = FixtureCatalog.fixtures(format: "rowan_forest")

    /// Sums of a fixture as scikit-learn has them, which the suite of all formats holds engines to, and the outputs
    /// that are made of them.
    private static func outputs(_ fixture: Fixture) throws -> (of: ForestOutputs, sums: [Double]) {
        (ForestOutputs(of: try fixture.load()), try #require(fixture.sums))
    }

    private static func ulps(_ found: [Double], _ expected: [Double]) -> Double {
        zip(found, expected).map { found, expected in
            found == expected || found.isNaN && expected.isNaN ? 0 : abs(found - expected) / expected.ulp
        }.max() ?? 0
    }

    /// numpy's exponential of arrays differs from the C library's, and softmax divides one of its results by a sum of
    /// them.
    @Test(arguments: fixtures)
    func `predictions are scikit-learn's within one unit in the last place, of softmax two`(fixture: Fixture) throws {
        let (outputs, sums) = try Self.outputs(fixture)
        let expected = fixture.doubles(of: "expected_prediction.f64")
        var found = [Double](repeating: .nan, count: expected.count)
        var column = found.mutableSpan
        if outputs.probabilityCount > 0 {
            outputs.writeProbabilities(sums: sums.span, into: &column)
        } else {
            outputs.writeScores(sums: sums.span, into: &column)
        }
        #expect(Self.ulps(found, expected) <= (try fixture.load().link == .softmax ? 2 : 1))
    }

    @Test(arguments: fixtures.filter { $0.has("expected_class.i64") })
    func `classes are scikit-learn's`(fixture: Fixture) throws {
        let (outputs, sums) = try Self.outputs(fixture)
        var found = [Int32](repeating: -1, count: fixture.rowCount)
        var column = found.mutableSpan
        outputs.writeClassIndices(sums: sums.span, into: &column)
        #expect(found.map { Int64($0) } == fixture.integers(of: "expected_class.i64"))
    }

    @Test(arguments: fixtures.filter { $0.has("expected_sum.f64") })
    func `decisions of isolation forests are scikit-learn's`(fixture: Fixture) throws {
        let (outputs, sums) = try Self.outputs(fixture)
        var margins = [Double](repeating: .nan, count: fixture.rowCount)
        var column = margins.mutableSpan
        outputs.writeMargins(sums: sums.span, into: &column)
        // A margin is a score less the offset: its error is the score's, which is below 1.
        for (margin, expected) in zip(margins, fixture.margins()) {
            #expect(abs(margin - expected) <= 1.0.ulp / 2)
        }
        var labels = [Int64](repeating: 0, count: fixture.rowCount)
        var labelColumn = labels.mutableSpan
        outputs.writeLabels(sums: sums.span, into: &labelColumn)
        #expect(labels == fixture.integers(of: "expected_label.i64"))
    }

    @Test func `labels, names and the raw call are what the estimator has`() throws {
        func load(_ name: String) throws -> TreeEnsemble {
            try #require(Self.fixtures.first { $0.name == name }).load()
        }
        #expect(try load("rf_text_labels").classLabels == ["high", "low", "middle"])
        #expect(try ForestOutputs(of: load("dt_classes")).integerLabels == [-10, 0, 10])
        #expect(try load("hgb_categories_binary").classLabels == ["False", "True"])
        #expect(try load("feature_names").featureNames[4] == "lat \"p99\"")
        #expect(try !load("rf_binary").hasMargin && load("gb_binary").hasMargin && load("hgb_poisson").hasMargin)
        #expect(try load("gb_classes").iterationCount == 6)
        #expect(try load("rf_multi_output").covers.count == load("rf_multi_output").nodeCount)
    }

    @Test func `a threshold becomes the greatest float32 that is not above it`() {
        let tenth = Float(0.1)
        #expect(Float(notAbove: Double(tenth)) == tenth)
        #expect(Float(notAbove: Double(tenth).nextUp) == tenth)
        #expect(Float(notAbove: Double(tenth).nextDown) == tenth.nextDown)
        #expect(Float(notAbove: 1e300) == .greatestFiniteMagnitude)
        #expect(Float(notAbove: -1e300) == -.infinity)
        #expect(Float(notAbove: .infinity) == .infinity)
        #expect(Float(notAbove: -1e-300) == -.leastNonzeroMagnitude)
        #expect(Float(notAbove: 1e-300) == 0)
        #expect(Float(notAbove: .nan).isNaN)
    }
}
