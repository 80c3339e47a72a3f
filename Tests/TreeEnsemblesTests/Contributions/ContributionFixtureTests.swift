import Testing

@testable import TreeEnsembles

/// Contributions are those of the trainers' own explanations.
@Suite struct ContributionFixtureTests {
    private static let explained = FixtureCatalog.all.filter { $0.contributions != nil }

    @Test func `the trainers have explained models of these formats`() {
        #expect(
            Set(Self.explained.map(\.format)).isSuperset(of: [
                "catboost_cbm", "catboost_json", "lightgbm_text", "rowan_forest", "xgboost_json", "xgboost_ubjson",
            ]))
    }

    @Test(arguments: explained)
    func `contributions are the trainer's and add up to what it explains`(fixture: Fixture) throws {
        let ensemble = try fixture.load().keepingDefaultTrees()
        let evaluator = try ContributionEvaluator(ensemble, instructionSet: .detect())
        let rows = fixture.rows.flatMap { $0 }
        if fixture.inputIsFloat64 {
            try expectTrainer(evaluator.contributions(of: rows), fixture, ensemble)
        } else {
            let rows = rows.map { Float($0) }
            try expectTrainer(evaluator.contributions(of: rows), fixture, ensemble)
            try expectTrainer(evaluator.floatContributions(of: rows).map { Double($0) }, fixture, ensemble)
        }
    }

    private func expectTrainer(_ found: [Double], _ fixture: Fixture, _ ensemble: TreeEnsemble) throws {
        let expected = try #require(fixture.contributions)
        let sums = try #require(fixture.sums)
        try #require(found.count == expected.count)
        // Of an isolation forest the mean path length is explained.
        let divisor = ensemble.task == .isolation ? Double(ensemble.treeCount) : 1
        let width = ensemble.featureCount + 1
        for (cell, sum) in sums.enumerated() {
            let cells = cell * width..<(cell + 1) * width
            let bound = 1e-5 * (expected[cells].map { abs($0) }.max() ?? 0)
            let difference = cells.map { abs(found[$0] - expected[$0]) }.max() ?? 0
            let remainder = abs(found[cells].reduce(0, +) - sum / divisor)
            if !(difference <= bound && remainder <= bound) {
                Issue.record("cell \(cell): \(difference) and \(remainder) above \(bound)")
                return
            }
        }
    }
}
