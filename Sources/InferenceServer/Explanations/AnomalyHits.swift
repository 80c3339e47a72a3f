import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// The anomalous ones of some rows, with a copy of their features.
///
/// - Complexity: rows that are not anomalous cost a comparison each, and nothing is allocated for them.
struct AnomalyHits {
    /// One anomalous row.
    struct Hit {
        /// Its place among the rows of the outputs.
        let row: Int
        /// Of the first rule.
        let value: Double
        /// Where its features begin; -1 for one that is only counted.
        let place: Int
    }

    private(set) var hits: [Hit] = []
    /// Hits × features.
    private(set) var features: [Double] = []

    /// Forgets all, and keeps the memory of usual ones.
    mutating func removeAll() {
        let isLarge = features.count > 1 << 20
        hits.removeAll(keepingCapacity: !isLarge)
        features.removeAll(keepingCapacity: !isLarge)
    }

    /// Judges rows that were evaluated.
    ///
    /// - Parameter rows: of the matrix.
    /// - Parameter target: the same rows of the outputs.
    mutating func collect(
        _ judge: inout AnomalyJudge, _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, _ outputs: [OutputColumn],
        at target: Range<Int>
    ) {
        let first = judge.rules[0]
        if let threshold = judge.onlyThreshold {
            let column = outputs[first.output]
            guard column.count(rows: target, element: first.element, above: threshold) > 0 else { return }
            for row in target {
                let value = column.real(at: row * column.elementsPerRow + first.element)
                if value > threshold { note(row, value, matrix, rows.lowerBound + row - target.lowerBound) }
            }
            return
        }
        for row in target {
            let fires = judge.fires { rule in
                let column = outputs[rule.output]
                return column.real(at: row * column.elementsPerRow + rule.element)
            }
            if fires {
                let column = outputs[first.output]
                let value = column.real(at: row * column.elementsPerRow + first.element)
                note(row, value, matrix, rows.lowerBound + row - target.lowerBound)
            }
        }
    }

    private mutating func note(_ row: Int, _ value: Double, _ matrix: borrowing FeatureMatrix, _ source: Int) {
        guard hits.count < AnomalyHandoverLimits.rowsPerRequest else {
            hits.append(Hit(row: row, value: value, place: -1))
            return
        }
        hits.append(Hit(row: row, value: value, place: features.count))
        let elements = source * matrix.featureCount..<(source + 1) * matrix.featureCount
        if matrix.isWide {
            matrix.withWideRows { all in for index in elements { features.append(all[index]) } }
        } else {
            matrix.withRows { all in for index in elements { features.append(Double(all[index])) } }
        }
    }

    /// Puts the rows in order, which threads may have found in any.
    mutating func sort() { hits.sort { $0.row < $1.row } }
}
