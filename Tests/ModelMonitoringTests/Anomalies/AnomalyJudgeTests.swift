import Testing

@testable import ModelMonitoring

/// Rules under which rows are anomalous, with those that remember rows.
@Suite struct AnomalyJudgeTests {
    private func rule(
        _ threshold: Double?, _ combination: AnomalyRule.Combination = .any, zScore: AnomalyRule.ZScore? = nil
    ) -> AnomalyRule {
        AnomalyRule(output: 0, threshold: threshold, zScore: zScore, combination: combination)
    }

    @Test func `a threshold is exceeded, not reached, and never by what is no number`() {
        var judge = AnomalyJudge([rule(0.85)])
        #expect(judge.onlyThreshold == 0.85)
        #expect([0.84, 0.85, 0.86, .nan].map { value in judge.fires { _ in value } } == [false, false, true, false])
        #expect(AnomalyRule(output: 0, threshold: 0.85, isFloat32: true).threshold == Double(Float(0.85)))
    }

    @Test func `one condition with ANY is enough, all with ALL have to hold`() {
        var any = AnomalyJudge([rule(1), rule(3)])
        #expect(any.onlyThreshold == nil)
        var all = AnomalyJudge([rule(1, .all), rule(3, .all)])
        var mixed = AnomalyJudge([rule(5), rule(1, .all), rule(3, .all)])
        for (value, expected) in [(0.0, [false, false, false]), (2, [true, false, false]), (4, [true, true, true])] {
            #expect([any.fires { _ in value }, all.fires { _ in value }, mixed.fires { _ in value }] == expected)
        }
    }

    @Test func `a z-score speaks when it has seen enough, about values far above the mean`() {
        var judge = AnomalyJudge([rule(nil, zScore: AnomalyRule.ZScore(threshold: 4, windowRows: 100))])
        var fired = 0
        for index in 0..<29 where judge.fires({ _ in index == 10 ? 50 : Double(index % 2) }) { fired += 1 }
        #expect(fired == 0)
        for index in 0..<200 where judge.fires({ _ in Double(index % 2) }) { fired += 1 }
        #expect(fired == 0)
        #expect([40, -40, .nan].map { value in judge.fires { _ in value } } == [true, false, false])
    }

    @Test func `values that were all the same say nothing about another one`() {
        var judge = AnomalyJudge([rule(nil, zScore: AnomalyRule.ZScore(threshold: 1, windowRows: 10))])
        let values = Array(repeating: 3.0, count: 50) + [4]
        #expect(values.allSatisfy { value in !judge.fires { _ in value } })
    }

    @Test func `threshold and z-score of one rule are joined as it says`() {
        let zScore = AnomalyRule.ZScore(threshold: 3, windowRows: 50)
        var both = AnomalyJudge([rule(100, .all, zScore: zScore)])
        for index in 0..<60 { _ = both.fires { _ in Double(index % 2) } }
        #expect([20, 1_000].map { value in both.fires { _ in value } } == [false, true])
    }

    @Test func `mean and deviation are those of the values`() {
        var moments = RunningMoments(windowRows: 1_000)
        let values = (0..<500).map { Double(($0 * 7919) % 101) }
        for value in values { moments.add(value) }
        let mean = values.reduce(0, +) / 500
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 500).squareRoot()
        let score = moments.score(of: mean + 2.5 * deviation)
        #expect(abs((score ?? 0) - 2.5) < 1e-9)
    }
}
