import LinuxSystem
import TestSupport
import Testing

@testable import TreeEnsembles

/// Every engine answers as the trainers did, and the sample models are served by the engine meant for them.
@Suite struct TreeEngineFixtureTests {
    @Test(arguments: FixtureCatalog.all)
    func `every engine has the trainer's margins and leaves`(fixture: Fixture) throws {
        let ensemble = try fixture.load().keepingDefaultTrees()
        let rows = fixture.rows.flatMap { $0 }
        let reference = ReferenceEvaluator(ensemble)
        let expected = fixture.sums ?? fixture.rows.flatMap { reference.margins(of: $0) }
        for instructionSet in InstructionSet.present {
            for engine in TreeEngines.compileAll(ensemble, instructionSet: instructionSet) {
                let name = "\(engine.name), \(instructionSet.rawValue)"
                let scratch = engine.makeScratch()
                for batchSize in [1, fixture.rowCount] {
                    var found: [UInt64] = []
                    for first in stride(from: 0, to: fixture.rowCount, by: batchSize) {
                        let values = first * ensemble.featureCount..<(first + batchSize) * ensemble.featureCount
                        found += try Self.margins(engine, scratch, rows[values], fixture).map(\.bitPattern)
                    }
                    #expect(found == expected.map(\.bitPattern), "\(name), batches of \(batchSize)")
                }
                #expect(try Self.leaves(engine, scratch, rows, fixture) == fixture.leaves(), "\(name), leaves")
            }
        }
    }

    private static func margins(
        _ engine: any TreeEngine, _ scratch: TreeScratch, _ rows: ArraySlice<Double>, _ fixture: Fixture
    ) throws -> [Double] {
        let rowCount = rows.count / fixture.featureCount
        var margins = [Double](repeating: .nan, count: rowCount * engine.marginCount)
        var span = margins.mutableSpan
        if fixture.inputIsFloat64 {
            let translating = try #require(engine as? any WideTreeEngine)
            let doubles = Array(rows)
            translating.evaluate(rows: doubles.span, rowCount: rowCount, scratch: scratch, margins: &span)
        } else {
            let floats = rows.map { Float($0) }
            engine.evaluate(rows: floats.span, rowCount: rowCount, scratch: scratch, margins: &span)
        }
        return margins
    }

    private static func leaves(
        _ engine: any TreeEngine, _ scratch: TreeScratch, _ rows: [Double], _ fixture: Fixture
    ) throws -> [Int32] {
        var leaves = [Int32](repeating: -1, count: fixture.rowCount * engine.treeCount)
        var span = leaves.mutableSpan
        if fixture.inputIsFloat64 {
            let translating = try #require(engine as? any WideTreeEngine)
            translating.leafIndices(rows: rows.span, rowCount: fixture.rowCount, scratch: scratch, leaves: &span)
        } else {
            let floats = rows.map { Float($0) }
            engine.leafIndices(rows: floats.span, rowCount: fixture.rowCount, scratch: scratch, leaves: &span)
        }
        return leaves
    }

    @Test(arguments: [
        ("xgboost_anomaly/1/model.json", BitPlaneEngine.name), ("catboost_anomaly/1/model.cbm", BitPlaneEngine.name),
        ("isolation_forest/1/model.onnx", BitPlaneEngine.name),
    ])
    func `a sample model is served by bit planes`(_ file: String, _ engineName: String) throws {
        let path = "\(RepositoryRoot.path)/model_repository/\(file)"
        let bytes = try FileSystem.read(path, byteCountLimit: 1 << 24)
        let ensemble = try bytes.withBytes { (bytes) throws(TreeEnsembleFault) in
            try TreeEnsembleFormats.load(fileName: file, bytes: bytes)
        }
        for instructionSet in InstructionSet.present {
            let choice = TreeEngines.compile(ensemble, instructionSet: instructionSet)
            #expect(choice.engine.name == engineName)
            #expect(choice.refusals.isEmpty)
        }
    }

    @Test func `an engine whose single rows are slower than they could be says why`() throws {
        guard InstructionSet.v3.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        let featureCount = EngineLimits.rankedFeatureCount + 1
        let ensemble = try RandomForest(featureCount: featureCount, treeCount: 200).ensemble(using: &generator)
        let choice = TreeEngines.compile(ensemble, instructionSet: .v3)
        #expect(choice.engine.name == BitPlaneEngine.name)
        #expect(choice.refusals.map(\.message) == ["ranked-rows: 65 features, limit 64"])
    }

    @Test func `tables hold every leaf, and twice the trees take about twice the memory`() throws {
        for (precision, width) in [(TreeEnsemble.Precision.float32, 4), (.float64, 8)] {
            func sizes(treeCount: Int) throws -> [String: (leafCount: Int, byteCount: Int)] {
                var generator = SeededGenerator.forTest()
                var forest = RandomForest(treeCount: treeCount, depth: 5, leafChance: 0)
                forest.inputPrecision = precision
                forest.sumPrecision = precision
                let ensemble = try forest.ensemble(using: &generator)
                let engines = TreeEngines.compileAll(ensemble, instructionSet: .detect())
                return Dictionary(
                    uniqueKeysWithValues: engines.map { ($0.name, (ensemble.leafCount, $0.tableByteCount)) })
            }
            let (small, large) = (try sizes(treeCount: 100), try sizes(treeCount: 200))
            #expect(small.count > 1)
            for (name, size) in small {
                let double = try #require(large[name]).byteCount
                #expect(size.byteCount >= size.leafCount * width, "\(name)")
                #expect(double > size.byteCount * 3 / 2 && double < size.byteCount * 5 / 2, "\(name)")
            }
        }
    }

    @Test func `an engine that cannot serve a forest says why, and the next one serves it`() throws {
        var generator = SeededGenerator.forTest()
        let leafCount = EngineLimits.planeLeafCount + 1
        var forest = RandomForest(treeCount: 3)
        forest.leafCounts = [leafCount]
        let ensemble = try forest.ensemble(using: &generator)
        let choice = TreeEngines.compile(ensemble, instructionSet: .baseline)
        #expect(choice.engine.name == TraversalEngine.name)
        let expected = EngineRefusal(
            engine: BitPlaneEngine.name,
            reason: .limit(what: "leaves in a tree", value: leafCount, limit: EngineLimits.planeLeafCount))
        let withoutRanks = EngineRefusal(engine: RankedRowEngine.name, reason: .instructionSet(.baseline))
        #expect(choice.refusals == [expected, withoutRanks])
        #expect(withoutRanks.message == "ranked-rows: no kernel for baseline")
        #expect(choice.refusals[0].message == "bit-planes: 257 leaves in a tree, limit 256")
    }

    @Test(arguments: [(EngineLimits.planeTreeDepth, true), (EngineLimits.planeTreeDepth + 1, false)])
    func `oblivious trees of more levels than a byte has bits are walked`(_ depth: Int, _ fits: Bool) throws {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "deep", task: .regression, featureCount: 1, comparison: .lessGoesLeft,
                sumPrecision: .float64, summation: .baseFirst, link: .identity, baseMargins: [0]),
            form: .oblivious)
        let split = TreeEnsembleBuilder.ObliviousSplit(feature: 0, threshold: 0.5, missingGoesLeft: true)
        try builder.obliviousTree(
            splits: Array(repeating: split, count: depth), leafValues: Array(repeating: 1, count: 1 << depth))
        let choice = TreeEngines.compile(try builder.finish(), instructionSet: .baseline)
        #expect((choice.engine.name == BitPlaneEngine.name) == fits)
    }

    @Test func `a forest with more conditions than planes can be held is walked`() throws {
        var generator = SeededGenerator.forTest()
        let treeCount = EngineLimits.conditionCount / 200
        let forest = RandomForest(featureCount: 200, treeCount: treeCount, depth: 8, leafChance: 0)
        let choice = TreeEngines.compile(try forest.ensemble(using: &generator), instructionSet: .baseline)
        #expect(choice.engine.name == TraversalEngine.name)
        guard case .limit(let what, _, let limit) = choice.refusals.first?.reason else {
            Issue.record("no refusal")
            return
        }
        #expect(what == "different conditions")
        #expect(limit == EngineLimits.conditionCount)
    }
}
