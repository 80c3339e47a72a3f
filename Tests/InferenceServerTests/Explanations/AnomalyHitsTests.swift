import AnomalyExplanation
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import InferenceServer

/// Finding anomalous rows, and copying them for those who explain.
@Suite struct AnomalyHitsTests {
    private let column = OutputColumn(
        metadata: TensorMetadata(name: "score", datatype: .float64, dims: [-1]), responseDims: [])

    /// Rows of two features, whose score is the first.
    private func matrix(_ scores: [Double]) -> FeatureMatrix {
        var matrix = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: scores.count)
        matrix.withTail(rows: scores.count) { tail in
            for (row, score) in scores.enumerated() {
                tail[2 * row] = Float(score)
                tail[2 * row + 1] = Float(row)
            }
        }
        matrix.advance(by: scores.count)
        column.prepare(rows: scores.count)
        column.withDoubles { for row in $0.indices { $0[row] = scores[row] } }
        return matrix
    }

    private func hits(_ scores: [Double], _ rules: [AnomalyRule]) -> AnomalyHits {
        var hits = AnomalyHits()
        var judge = AnomalyJudge(rules)
        hits.collect(&judge, matrix(scores), 0..<scores.count, [column], at: 0..<scores.count)
        return hits
    }

    @Test func `rows above the threshold are found with their features, by either way of looking`() {
        let scores = [0.1, 0.9, 0.5, 0.95]
        let one = AnomalyRule(output: 0, threshold: 0.85)
        for rules in [[one], [one, AnomalyRule(output: 0, threshold: 7)]] {
            let found = hits(scores, rules)
            #expect(found.hits.map(\.row) == [1, 3])
            #expect(found.hits.map(\.value) == [0.9, 0.95])
            #expect(found.features.map { Float($0) } == [0.9, 1, 0.95, 3])
        }
        #expect(hits([0.1, .nan], [one]).hits.isEmpty)
    }

    @Test func `of very many rows some are only counted`() {
        let limit = AnomalyHandoverLimits.rowsPerRequest
        let found = hits(Array(repeating: 1, count: limit + 2), [AnomalyRule(output: 0, threshold: 0)])
        #expect(found.hits.count == limit + 2)
        #expect(found.features.count == 2 * limit)
        #expect(found.hits[limit].place == -1)
    }

    @Test func `hits of several threads are put in order, and memory of large ones is given back`() {
        var found = AnomalyHits()
        var judge = AnomalyJudge([AnomalyRule(output: 0, threshold: 0)])
        let rows = matrix([1, 2, 3, 4])
        found.collect(&judge, rows, 2..<4, [column], at: 2..<4)
        found.collect(&judge, rows, 0..<2, [column], at: 0..<2)
        found.sort()
        #expect(found.hits.map(\.row) == [0, 1, 2, 3])
        #expect(found.hits.map { found.features[$0.place] } == [1, 2, 3, 4])
        found.removeAll()
        #expect(found.hits.isEmpty && found.features.isEmpty)
    }

    @Test func `limits fit each other`() {
        // A row of a thousand features finds room on its way, and several batches of a loop do.
        #expect(
            AnomalyHandoverLimits.waitingByteCount > 8 * 1_000 + OpenInferenceProtocolLimits.explanationLogByteCount)
        #expect(AnomalyHandoverLimits.travellingByteCount >= AnomalyHandoverLimits.waitingByteCount)
        #expect(AnomalyHandoverLimits.batchesPerLoop > 1)
    }
}
