/// Which rows count as positive: those of a class whose label is not 0, or whose index is not where labels are texts,
/// and those that an isolation forest takes for anomalies.
///
/// Regressions and forests of several labels have no positive rows.
extension ForestOutputs {
    /// Counts the positive rows among some sums.
    ///
    /// - Shape: as for the columns.
    /// - Complexity: a comparison for each row and margin, and the link where the trainer decides by its value.
    package func positiveRowCount(sums: Span<Double>) -> Int {
        switch task {
        case .regression, .multiLabel: return 0
        case .isolation:
            var count = 0
            for index in sums.indices where link.margin(ofSum: sums[index]) < 0 { count &+= 1 }
            return count
        case .classification:
            if marginCount == 1 { return positiveRowCount(ofBinary: sums) }
            var count = 0
            for row in 0..<sums.count / marginCount where isPositive(classIndex(sums: sums, row: row)) { count &+= 1 }
            return count
        }
    }

    private func positiveRowCount(ofBinary sums: Span<Double>) -> Int {
        var upperCount = 0
        switch decision {
        case .margin: for row in sums.indices where sums[row] > 0 { upperCount &+= 1 }
        case .marginOrZero: for row in sums.indices where sums[row] >= 0 { upperCount &+= 1 }
        case .value: for row in sums.indices where link.value(sums[row]) > 0.5 { upperCount &+= 1 }
        }
        return (isPositive(1) ? upperCount : 0) + (isPositive(0) ? sums.count - upperCount : 0)
    }

    private func isPositive(_ classIndex: Int) -> Bool {
        integerLabels.isEmpty ? classIndex != 0 : integerLabels[classIndex] != 0
    }
}
