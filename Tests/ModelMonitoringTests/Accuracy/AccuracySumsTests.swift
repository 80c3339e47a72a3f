import Testing

@testable import ModelMonitoring

@Suite struct AccuracySumsTests {
    @Test func `figures are scikit-learn's`() throws {
        let lines = try ExperimentCases.lines("accuracy")
        #expect(lines.count == 3)
        for line in lines {
            let classes = Int(line[0])
            let rows = Int(line[1])
            var sums = AccuracySums()
            for row in 0..<rows {
                sums.add(
                    LabelledOutcome(
                        actual: Int(line[2 + row]), predicted: Int(line[2 + rows + row]),
                        probability: classes == 2 ? line[2 + 2 * rows + row] : nil))
            }
            let expected = Array(line[(2 + 3 * rows)...])
            let scores = try #require(sums.confusion.scores)
            #expect(ExperimentCases.agree(sums.confusion.accuracy, expected[0]))
            #expect(ExperimentCases.agree(scores.precision, expected[1]))
            #expect(ExperimentCases.agree(scores.recall, expected[2]))
            #expect(ExperimentCases.agree(scores.f1, expected[3]))
            guard classes == 2 else {
                #expect(sums.brierScore == nil)
                continue
            }
            #expect(ExperimentCases.agree(sums.brierScore, expected[4]))
            #expect(ExperimentCases.agree(sums.logLoss, expected[5]))
            #expect(ExperimentCases.agree(sums.confusion.falsePositiveRate, expected[6]))
        }
    }

    @Test func `without outcomes there are no figures`() {
        let sums = AccuracySums()
        #expect(sums.confusion.accuracy == nil)
        #expect(sums.confusion.scores == nil)
        #expect(sums.confusion.falsePositiveRate == nil)
        #expect(sums.logLoss == nil)
    }
}
