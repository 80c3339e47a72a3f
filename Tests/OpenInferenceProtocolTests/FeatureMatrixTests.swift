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

    @Test(arguments: [false, true])
    func `rows of another matrix are added behind those that count`(isWide: Bool) {
        var first = Self.matrix(rows: [1, 2], isWide: isWide)
        first.append(Self.matrix(rows: [], isWide: isWide))
        first.append(Self.matrix(rows: [3, 4, 5], isWide: isWide))
        #expect(first.rowCount == 5)
        for row in 0..<5 {
            let expected = [Double(row + 1), -Double(row + 1)]
            let found =
                isWide
                ? first.withWideRows { [$0[2 * row], $0[2 * row + 1]] }
                : first.withRows { [Double($0[2 * row]), Double($0[2 * row + 1])] }
            #expect(found == expected)
        }
    }

    /// Two features: a number and its opposite.
    private static func matrix(rows: [Double], isWide: Bool) -> FeatureMatrix {
        var matrix = FeatureMatrix(featureCount: 2, isWide: isWide, rowCapacity: 1)
        for row in rows {
            if isWide {
                matrix.withWideTail(rows: 1) { tail in (tail[0], tail[1]) = (row, -row) }
            } else {
                matrix.withTail(rows: 1) { tail in (tail[0], tail[1]) = (Float(row), -Float(row)) }
            }
            matrix.advance(by: 1)
        }
        return matrix
    }
}
