import Testing

@testable import OpenInferenceProtocol

@Suite struct FeatureMatrixTests {
    @Test func `rows that were not counted leave nothing behind and counted ones survive growth`() {
        var matrix = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: 1)
        for row in 0..<50 {
            matrix.withTail(rows: 3) { tail in
                #expect(tail.count == 6)
                for index in tail.indices { tail[index] = -1 }
            }
            matrix.withTail(rows: 1) { tail in
                tail[0] = Float(row)
                tail[1] = Float(row) + 0.5
            }
            matrix.advance(by: 1)
        }
        matrix.withRows { rows in
            #expect(rows.count == 100)
            for row in 0..<50 { #expect(rows[2 * row] == Float(row) && rows[2 * row + 1] == Float(row) + 0.5) }
        }
        let capacity = matrix.rowCapacity
        matrix.removeAll()
        #expect(matrix.rowCount == 0 && matrix.rowCapacity == capacity)
    }
}
