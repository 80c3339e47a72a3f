import ModelMonitoring
import OpenInferenceProtocol

/// Counting the rows of a matrix.
extension DriftTally {
    /// Counts rows that were evaluated, and of their outputs those that were.
    ///
    /// - Parameter rows: of the matrix.
    /// - Parameter wanted: bit `i` says that output `i` was evaluated.
    /// - Parameter target: the same rows of the outputs.
    func count(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, outputs: [OutputColumn],
        at target: Range<Int>
    ) {
        guard begin(rowCount: rows.count) else { return }
        let elements = rows.lowerBound * matrix.featureCount..<rows.upperBound * matrix.featureCount
        if matrix.isWide {
            matrix.withWideRows { count(features: $0.extracting(elements)) }
        } else {
            matrix.withRows { count(features: $0.extracting(elements)) }
        }
        for index in places.indices where wanted & 1 << UInt64(places[index].index) != 0 {
            count(places[index], index, outputs[places[index].index], target)
        }
    }

    private func count(_ place: OutputPlace, _ index: Int, _ output: OutputColumn, _ rows: Range<Int>) {
        let width = output.elementsPerRow
        switch place.precision {
        case .float32: output.withFloats(rows: rows) { count(output: index, $0.span, elementsPerRow: width) }
        case .float64: output.withDoubles(rows: rows) { count(output: index, $0.span, elementsPerRow: width) }
        case .integer where output.metadata.datatype == .int32:
            output.withInt32s(rows: rows) { count(output: index, integers: $0.span, elementsPerRow: width) }
        case .integer:
            output.withInt64s(rows: rows) { count(output: index, integers: $0.span, elementsPerRow: width) }
        case .text: preconditionFailure("texts are not watched")
        }
    }
}
