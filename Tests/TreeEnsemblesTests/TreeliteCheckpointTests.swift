import Testing

@testable import TreeEnsembles

/// Treelite's checkpoints against its own inference.
@Suite struct TreeliteCheckpointTests {
    private static let fixtures = FixtureCatalog.fixtures(format: "treelite_checkpoint")

    private static func fixture(_ name: String) throws -> Fixture {
        try #require(fixtures.first { $0.name == name })
    }

    /// Treelite compiles its own exponentials of two and vectors; one unit is what the C library leaves open.
    @Test(arguments: fixtures)
    func `predictions are GTIL's within one unit in the last place`(fixture: Fixture) throws {
        let ensemble = try fixture.load()
        let outputs = ForestOutputs(of: ensemble)
        let sums = try #require(fixture.sums)
        let isFloat = ensemble.sumPrecision == .float32
        let expected =
            isFloat
            ? fixture.floats(of: "expected_prediction.f32").map { Double($0) }
            : fixture.doubles(of: "expected_prediction.f64")
        let hasComplement = outputs.probabilityCount == 2 && outputs.marginCount == 1
        var found = [Double](repeating: .nan, count: hasComplement ? 2 * sums.count : sums.count)
        var column = found.mutableSpan
        if outputs.probabilityCount > 0 {
            outputs.writeProbabilities(sums: sums.span, into: &column)
        } else {
            outputs.writeScores(sums: sums.span, into: &column)
        }
        if hasComplement { found = stride(from: 1, to: found.count, by: 2).map { found[$0] } }
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) where found != expected {
            let ulp = isFloat ? Double(Float(expected).ulp) : expected.ulp
            #expect(abs(found - expected) <= ulp, "\(found) and \(expected)")
        }
    }

    @Test func `tasks and leaves are what the checkpoint says`() throws {
        func load(_ name: String) throws -> TreeEnsemble { try Self.fixture(name).load() }
        #expect(try load("xgb_binary").task == .classification(classCount: 2))
        #expect(try load("rf_binary").marginCount == 2 && load("rf_binary").leafWidth == 2)
        #expect(try load("xgb_targets").task == .regression && load("xgb_targets").marginCount == 2)
        #expect(try load("isolation").task == .isolation)
        #expect(try load("version_3_binary_missing").task == .classification(classCount: 2))
        #expect(try load("version_3_categories").categorySets.count > 1)
        #expect(try load("strict").comparison == .lessGoesLeft)
        #expect(try load("operators").covers.count == load("operators").nodeCount)
        #expect(try load("rf_targets").inputPrecision == .float64)
    }
}
