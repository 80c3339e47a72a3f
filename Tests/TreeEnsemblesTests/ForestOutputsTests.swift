import Testing

@testable import TreeEnsembles

/// Outputs against the trainers' own predictions, and FIL's rules against its documentation.
@Suite struct ForestOutputsTests {
    /// Sums and outputs of one fixture.
    private static func outputs(_ fixture: Fixture) throws -> (
        ensemble: TreeEnsemble, of: ForestOutputs, sums: [Double]
    ) {
        let ensemble = try fixture.load().keepingDefaultTrees()
        let evaluator = ReferenceEvaluator(ensemble)
        return (ensemble, ForestOutputs(of: ensemble), fixture.rows.flatMap { evaluator.margins(of: $0) })
    }

    private static func classification(classCount: Int, marginCount: Int, link: TreeEnsemble.Link) throws
        -> ForestOutputs
    {
        let builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "test", task: .classification(classCount: classCount), featureCount: 1,
                marginCount: marginCount, comparison: .lessGoesLeft, sumPrecision: .float32, summation: .baseFirst,
                link: link, baseMargins: Array(repeating: 0, count: marginCount)))
        return ForestOutputs(of: try builder.finish())
    }

    private static func fil(_ outputs: ForestOutputs, _ sums: [Double], _ rule: FILOutput) -> [Float] {
        var column = [Float](repeating: -1, count: sums.count / outputs.marginCount * rule.columnCount)
        var span = column.mutableSpan
        outputs.writeFILOutput(sums: sums.span, rule: rule, into: &span)
        return column
    }

    private static func labels(_ outputs: ForestOutputs, _ sums: [Double], rowCount: Int) -> [Int64] {
        var labels = [Int64](repeating: 0, count: rowCount)
        var column = labels.mutableSpan
        outputs.writeLabels(sums: sums.span, into: &column)
        return labels
    }

    private static func classes(_ outputs: ForestOutputs, _ sums: [Double], rowCount: Int) -> [Int64] {
        var classes = [Int32](repeating: 0, count: rowCount)
        var column = classes.mutableSpan
        outputs.writeClassIndices(sums: sums.span, into: &column)
        return classes.map { Int64($0) }
    }

    @Test(arguments: FixtureCatalog.all)
    func `positive rows are those whose label is not 0`(fixture: Fixture) throws {
        let (_, outputs, sums) = try Self.outputs(fixture)
        let count = outputs.positiveRowCount(sums: sums.span)
        let labels: [Int64]
        switch outputs.task {
        case .regression, .multiLabel:
            #expect(count == 0)
            return
        case .classification where outputs.integerLabels.isEmpty:
            labels = Self.classes(outputs, sums, rowCount: fixture.rowCount)
        case .classification, .isolation: labels = Self.labels(outputs, sums, rowCount: fixture.rowCount)
        }
        // An isolation forest's labels are 1 for a normal row and -1 for an anomaly.
        #expect(count == labels.count { outputs.task == .isolation ? $0 == -1 : $0 != 0 })
    }

    @Test(arguments: FixtureCatalog.all.filter { $0.format.hasPrefix("xgboost") })
    func `XGBoost's prediction is met bit for bit`(fixture: Fixture) throws {
        let (ensemble, outputs, sums) = try Self.outputs(fixture)
        let expected = fixture.floats(of: "expected_prediction.f32")
        if ensemble.decision == .margin {
            // multi:softmax predicts the class.
            var classes = [Int32](repeating: 0, count: fixture.rowCount)
            var column = classes.mutableSpan
            outputs.writeClassIndices(sums: sums.span, into: &column)
            #expect(classes.map { Float($0) } == expected)
        } else if ensemble.link == .softmax {
            var probabilities = [Float](repeating: 0, count: sums.count)
            var column = probabilities.mutableSpan
            outputs.writeProbabilities(sums: sums.span, into: &column)
            #expect(probabilities.map(\.bitPattern) == expected.map(\.bitPattern))
        } else {
            var scores = [Float](repeating: 0, count: sums.count)
            var column = scores.mutableSpan
            outputs.writeScores(sums: sums.span, into: &column)
            #expect(scores.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    @Test(arguments: FixtureCatalog.all.filter { $0.format.hasPrefix("catboost") })
    func `CatBoost's prediction is met, bit for bit where it uses the C library's exponential`(
        fixture: Fixture
    ) throws {
        let (ensemble, outputs, sums) = try Self.outputs(fixture)
        let expected = fixture.doubles(of: "expected_prediction.f64")
        var computed = [Double](repeating: 0, count: expected.count)
        var column = computed.mutableSpan
        if outputs.probabilityCount > 0 {
            outputs.writeProbabilities(sums: sums.span, into: &column)
        } else {
            outputs.writeScores(sums: sums.span, into: &column)
        }
        if ensemble.marginCount == 1 && ensemble.link != .exponential || ensemble.link == .identity {
            #expect(computed.map(\.bitPattern) == expected.map(\.bitPattern))
        } else {
            // CatBoost has a vector exponential of its own; a class's share of a sum of several adds its errors up.
            let worst = zip(computed, expected).map { abs($0 - $1) / max(abs($1), 0x1p-2) }.max()
            #expect(try #require(worst) <= 4 * 0x1p-52)
        }
    }

    @Test func `a class label in the file is read as text or as an integer`() throws {
        let fixture = try #require(FixtureCatalog.all.first { $0.description == "catboost_cbm/text_labels" })
        let ensemble = try fixture.load()
        #expect(ensemble.classLabels == ["anomaly", "normal"])
        #expect(ForestOutputs(of: ensemble).integerLabels.isEmpty)
        let binary = try #require(FixtureCatalog.all.first { $0.description == "catboost_json/logloss" })
        #expect(ForestOutputs(of: try binary.load()).integerLabels == [0, 1])
        let two = try #require(FixtureCatalog.all.first { $0.description == "catboost_cbm/multi_class_two" })
        #expect(ForestOutputs(of: try two.load()).integerLabels == [-3, 4])
    }

    @Test func `a label of XGBoost needs a probability above one half`() throws {
        let outputs = try Self.classification(classCount: 2, marginCount: 1, link: .logistic)
        let sums: [Double] = [-1, -0.0, 0, 1e-9, 1e-6, 1, .nan]
        var labels = [Int64](repeating: 9, count: sums.count)
        var column = labels.mutableSpan
        outputs.writeLabels(sums: sums.span, into: &column)
        // 1 / (1 + expf(−1e−9)) is exactly one half in float32.
        #expect(labels == [0, 0, 0, 0, 1, 1, 0])
    }

    @Test func `the logistic link stays above zero as XGBoost's does`() {
        let link = LinkFunction(link: .logistic, precision: .float32)
        // 3.0066358e−39 and 1, as printed by XGBoost 3.2.0 for base margins of −120 and 120.
        #expect(Float(link.value(-120)).bitPattern == 2145607)
        #expect(link.value(120) == 1)
    }

    @Test func `FIL's binary class is a probability above the threshold`() throws {
        let outputs = try Self.classification(classCount: 2, marginCount: 1, link: .logistic)
        let sums: [Double] = [-2, 0, 2]
        let rule = FILOutput(isClassifier: true, predictsProbabilities: false, threshold: 0.5, columnCount: 1)
        #expect(Self.fil(outputs, sums, rule) == [0, 0, 1])
        var lower = rule
        lower.threshold = 0.1
        #expect(Self.fil(outputs, sums, lower) == [1, 1, 1])
    }

    @Test func `FIL's binary probabilities have the width that is declared`() throws {
        let outputs = try Self.classification(classCount: 2, marginCount: 1, link: .logistic)
        #expect(outputs.filColumnCounts(isClassifier: true, predictsProbabilities: true) == 1...2)
        let one = FILOutput(isClassifier: true, predictsProbabilities: true, threshold: 0.5, columnCount: 1)
        let two = FILOutput(isClassifier: true, predictsProbabilities: true, threshold: 0.5, columnCount: 2)
        #expect(Self.fil(outputs, [0], one) == [0.5])
        #expect(Self.fil(outputs, [0], two) == [0.5, 0.5])
    }

    @Test func `FIL's class of several is the first largest, and zero if none is positive`() throws {
        let outputs = try Self.classification(classCount: 3, marginCount: 3, link: .softmax)
        let rule = FILOutput(isClassifier: true, predictsProbabilities: false, threshold: 0.5, columnCount: 1)
        #expect(Self.fil(outputs, [0, 2, 2, 5, 1, 1, 0, 0, 7], rule) == [1, 0, 2])
        let raw = try Self.classification(classCount: 3, marginCount: 3, link: .identity)
        #expect(Self.fil(raw, [-3, -1, -2, -1, 4, 4], rule) == [0, 1])
    }
}
