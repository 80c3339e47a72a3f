import TestSupport
import Testing

@testable import TreeEnsembles

/// Forests whose leaves are linear functions give the reference's margins and leaves.
@Suite struct LinearLeafEngineTests {
    private static func forest(_ generator: inout SeededGenerator) -> RandomForest {
        var forest = RandomForest()
        forest.featureCount = generator.element(of: [1, 3, 37])
        forest.treeCount = generator.element(of: [0, 1, 8, 41])
        forest.depth = generator.int(in: 0...7)
        forest.marginCount = generator.element(of: [1, 3])
        forest.comparison = .lessOrEqualGoesLeft
        forest.inputPrecision = .float64
        forest.sumPrecision = .float64
        forest.summation = generator.element(of: [.baseFirst, .baseLast(scale: 1), .average(divisor: 7)])
        forest.categoricalChance = generator.element(of: [0, 3])
        forest.linearChance = generator.element(of: [1, 2, 9])
        return forest
    }

    @Test func `rows of either precision have the reference's margins and leaves at every batch size`() throws {
        var generator = SeededGenerator.forTest()
        for _ in 0..<20 {
            let forest = Self.forest(&generator)
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.doubleRows(130, of: ensemble, using: &generator)
            let reference = ReferenceEvaluator(ensemble)
            let engines = TreeEngines.compileAll(ensemble, instructionSet: .detect())
            let engine = try #require(engines.first as? any WideTreeEngine)
            #expect(
                engines.count == 1 || ensemble.linearLeaves == nil, "engines of sums do not take functions")
            let width = ensemble.featureCount
            func slice(_ row: Int) -> ArraySlice<Double> { rows[row * width..<(row + 1) * width] }
            let wide = (0..<130).map { Array(slice($0)) }
            let narrow = wide.map { row in row.map { Double(Float($0)) } }
            for (rows, isWide) in [(wide, true), (narrow, false)] {
                let margins = rows.flatMap { reference.margins(of: $0) }.map(\.bitPattern)
                let leaves = rows.flatMap { reference.leafNumbers(of: $0) }
                for batchSize in [1, 63, 64, 65, 130] {
                    var found: (margins: [UInt64], leaves: [Int32]) = ([], [])
                    for first in stride(from: 0, to: rows.count, by: batchSize) {
                        let batch = Array(rows[first..<min(first + batchSize, rows.count)])
                        let answers = Self.evaluate(engine, batch, isWide: isWide)
                        found.margins += answers.margins.map(\.bitPattern)
                        found.leaves += answers.leaves
                    }
                    #expect(found.margins == margins && found.leaves == leaves, "batches of \(batchSize)")
                }
            }
        }
    }

    private static func evaluate(
        _ engine: any WideTreeEngine, _ rows: [[Double]], isWide: Bool
    ) -> (margins: [Double], leaves: [Int32]) {
        var margins = [Double](repeating: .nan, count: rows.count * engine.marginCount)
        var leaves = [Int32](repeating: -1, count: rows.count * engine.treeCount)
        var marginSpan = margins.mutableSpan
        var leafSpan = leaves.mutableSpan
        let scratch = engine.makeScratch()
        let doubles = rows.flatMap { $0 }
        let floats = doubles.map { Float($0) }
        if isWide {
            engine.evaluate(rows: doubles.span, rowCount: rows.count, scratch: scratch, margins: &marginSpan)
            engine.leafIndices(rows: doubles.span, rowCount: rows.count, scratch: scratch, leaves: &leafSpan)
        } else {
            engine.evaluate(rows: floats.span, rowCount: rows.count, scratch: scratch, margins: &marginSpan)
            engine.leafIndices(rows: floats.span, rowCount: rows.count, scratch: scratch, leaves: &leafSpan)
        }
        return (margins, leaves)
    }

    @Test func `engines that refuse functions say so, and they are not explained`() throws {
        let fixture = try #require(FixtureCatalog.all.first { $0.description == "lightgbm_text/linear" })
        let ensemble = try fixture.load()
        let choice = TreeEngines.compile(ensemble, instructionSet: .baseline)
        #expect(choice.engine.name == TraversalEngine.name)
        #expect(
            choice.refusals.first?.message == "bit-planes: no kernel for leaves that are linear functions")
        #expect(throws: ContributionRefusal.kind(what: "leaves that are linear functions")) {
            try ContributionEvaluator(ensemble, instructionSet: .baseline)
        }
    }

    @Test func `a minimum is not explained, and engines of sums refuse it`() throws {
        var forest = RandomForest()
        forest.summation = .least
        forest.hasCovers = true
        var generator = SeededGenerator.forTest()
        let ensemble = try forest.ensemble(using: &generator)
        #expect(throws: ContributionRefusal.kind(what: "the least or greatest leaf")) {
            try ContributionEvaluator(ensemble, instructionSet: .baseline)
        }
        let choice = TreeEngines.compile(ensemble, instructionSet: .baseline)
        #expect(choice.refusals.map(\.message).first == "bit-planes: no kernel for the least or greatest leaf")
    }
}
