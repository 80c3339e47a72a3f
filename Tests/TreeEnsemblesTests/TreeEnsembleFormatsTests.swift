import Testing

@testable import TreeEnsembles

/// Every fixture, whatever its format: the file is read, and the forest answers as its trainer did, bit for bit.
@Suite struct TreeEnsembleFormatsTests {
    @Test func `every listed format has fixtures`() {
        for platform in TreeEnsembleFormats.platforms {
            #expect(FixtureCatalog.all.contains { $0.format.hasPrefix(platform) }, "no fixture for \(platform)")
        }
    }

    @Test(arguments: FixtureCatalog.all)
    func `a model file is recognised by its content`(fixture: Fixture) {
        let model = fixture.modelBytes
        let platform = TreeEnsembleFormats.platform(of: model.span)
        #expect(fixture.format.hasPrefix(platform ?? "no platform"))
    }

    @Test(arguments: FixtureCatalog.all)
    func `a model has the shape that its trainer states`(fixture: Fixture) throws {
        let ensemble = try fixture.load()
        #expect(ensemble.treeCount == fixture.treesInFile)
        #expect(ensemble.defaultTreeCount == fixture.treeCount)
        #expect(ensemble.featureCount == fixture.featureCount)
        #expect(ensemble.marginCount == fixture.marginsPerRow)
        #expect(ensemble.sumPrecision == (fixture.marginIsFloat32 ? .float32 : .float64))
    }

    @Test(arguments: FixtureCatalog.all)
    func `every row reaches the trainer's leaves`(fixture: Fixture) throws {
        let evaluator = ReferenceEvaluator(try fixture.load().keepingDefaultTrees())
        let leaves = fixture.rows.flatMap { evaluator.leafNumbers(of: $0) }
        #expect(leaves == fixture.leaves())
    }

    @Test(arguments: FixtureCatalog.all.filter { $0.sums != nil })
    func `every row has the trainer's margins, bit for bit`(fixture: Fixture) throws {
        let evaluator = ReferenceEvaluator(try fixture.load().keepingDefaultTrees())
        let margins = fixture.rows.flatMap { evaluator.margins(of: $0) }
        let expected = try #require(fixture.sums)
        #expect(margins.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test(arguments: FixtureCatalog.all.filter { $0.has("all_trees_margin.f32") })
    func `early stopping leaves the other trees within reach`(fixture: Fixture) throws {
        let evaluator = ReferenceEvaluator(try fixture.load())
        let rows = fixture.rows
        #expect(rows.flatMap { evaluator.leafNumbers(of: $0) } == fixture.leaves("all_trees"))
        #expect(
            rows.flatMap { evaluator.margins(of: $0) }.map(\.bitPattern)
                == fixture.margins("all_trees").map(\.bitPattern))
    }

    @Test(arguments: FixtureCatalog.all.filter { $0.format.hasPrefix("catboost") })
    func `oblivious trees written as nodes answer alike`(fixture: Fixture) throws {
        let ensemble = try fixture.load()
        let expanded = try #require(ensemble.expandedToNodes(nodeLimit: 1 << 20))
        let evaluator = ReferenceEvaluator(expanded)
        let rows = fixture.rows
        #expect(rows.flatMap { evaluator.leafNumbers(of: $0) } == fixture.leaves())
        #expect(rows.flatMap { evaluator.margins(of: $0) }.map(\.bitPattern) == fixture.margins().map(\.bitPattern))
    }
}
