import Testing

@testable import ModelMonitoring

/// Limits of a matrix whose labels clients choose; its figures are compared with scikit-learn's in `AccuracySumsTests`.
@Suite struct ConfusionMatrixTests {
    private static let limit = ModelMonitoringLimits.confusionClasses

    @Test func `of very many labels the first ones are followed, and the others are counted`() throws {
        var matrix = ConfusionMatrix()
        for label in 0..<100_000 { matrix.add(actual: label, predicted: 0) }
        #expect(matrix.total == 100_000 && matrix.correct == 1)
        #expect(matrix.classes == Array(0..<Self.limit))
        #expect(matrix.otherCount == 100_000 - Self.limit)
        #expect(matrix.count(actual: Self.limit, predicted: 0) == 0)
        #expect(matrix.accuracy == 1e-5)
        // A followed class is still counted when others are not.
        matrix.add(actual: 5, predicted: Self.limit - 1)
        #expect(matrix.count(actual: 5, predicted: Self.limit - 1) == 1)
        #expect(matrix.scores(ofClass: 5).recall == 0)
        #expect(try #require(matrix.scores).recall == 1 / Double(Self.limit))
    }

    @Test func `a row with two new classes needs room for both`() {
        var matrix = ConfusionMatrix()
        for label in 0..<Self.limit - 1 { matrix.add(actual: label, predicted: label) }
        matrix.add(actual: 1_000, predicted: 1_001)
        #expect(matrix.otherCount == 1 && matrix.classes.count == Self.limit - 1)
        matrix.add(actual: 1_000, predicted: 1_000)
        #expect(matrix.classes.last == 1_000 && matrix.classes.count == Self.limit)
    }

    @Test func `the sum of two has no more classes than one, always the same ones`() {
        func matrix(_ labels: Range<Int>) -> ConfusionMatrix {
            var matrix = ConfusionMatrix()
            for label in labels { matrix.add(actual: label, predicted: label % 7) }
            return matrix
        }
        let half = Self.limit / 2
        var sums: [ConfusionMatrix] = []
        for _ in 0..<3 {
            var sum = matrix(0..<half)
            sum.add(matrix(0..<half))
            #expect(sum.otherCount == 0 && sum.count(actual: 3, predicted: 3) == 2)
            sum.add(matrix(half..<Self.limit + 20))
            sums.append(sum)
        }
        #expect(sums[0].classes == Array(0..<Self.limit))
        #expect(sums[0].total == half + Self.limit + 20)
        #expect(sums[0].otherCount == 20)
        #expect(sums[0].correct == 14)
        #expect(sums[1] == sums[0] && sums[2] == sums[0])
    }
}
