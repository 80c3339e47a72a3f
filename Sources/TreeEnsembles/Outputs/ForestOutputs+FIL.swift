/// What a configuration asks of `output__0` under Triton's FIL backend.
///
/// - Source: Triton FIL backend, parameters `is_classifier`, `predict_proba`, `threshold` and the output's dims.
package struct FILOutput: Sendable, Equatable {
    /// `is_classifier` (formerly `output_class`).
    package var isClassifier: Bool
    /// `predict_proba`.
    package var predictsProbabilities: Bool
    /// `threshold`; compared with the float32 value of a binary classifier.
    package var threshold: Float
    /// Values per row that the configuration declares.
    package var columnCount: Int

    /// Names the rule.
    package init(isClassifier: Bool, predictsProbabilities: Bool, threshold: Float, columnCount: Int) {
        self.isClassifier = isClassifier
        self.predictsProbabilities = predictsProbabilities
        self.threshold = threshold
        self.columnCount = columnCount
    }
}

extension ForestOutputs {
    /// The numbers of columns that `output__0` may declare under a rule.
    package func filColumnCounts(isClassifier: Bool, predictsProbabilities: Bool) -> ClosedRange<Int> {
        guard isClassifier else { return marginCount...marginCount }
        guard predictsProbabilities else { return 1...1 }
        return marginCount == 1 ? 1...2 : marginCount...marginCount
    }

    /// Fills `output__0`.
    ///
    /// - Shape: rows × `rule.columnCount`.
    /// - Units: a class number, a probability or a regression value, by the rule.
    /// - Precondition: `rule.columnCount` is one of `filColumnCounts`.
    /// - Source: Triton FIL backend: a binary class is value > threshold; a class of several is the first largest
    ///   value, 0 if none is above 0; two columns of a binary classifier are 1 − p and p.
    package func writeFILOutput(sums: Span<Double>, rule: FILOutput, into column: inout MutableSpan<Float>) {
        let rowCount = sums.count / marginCount
        precondition(column.count == rowCount * rule.columnCount, "as many values as the configuration declares")
        precondition(
            filColumnCounts(isClassifier: rule.isClassifier, predictsProbabilities: rule.predictsProbabilities)
                .contains(rule.columnCount), "a width that FIL knows")
        if marginCount > 1 {
            for row in 0..<rowCount { writeFILRow(sums: sums, row: row, rule: rule, into: &column) }
        } else if rule.isClassifier && !rule.predictsProbabilities {
            for row in 0..<rowCount { column[row] = filValue(sums, row) > rule.threshold ? 1 : 0 }
        } else if rule.columnCount == 2 {
            for row in 0..<rowCount {
                let value = filValue(sums, row)
                column[2 * row] = 1 - value
                column[2 * row + 1] = value
            }
        } else {
            for row in 0..<rowCount { column[row] = filValue(sums, row) }
        }
    }

    private func filValue(_ sums: Span<Double>, _ row: Int) -> Float {
        Float(predictedValue(sums: sums, row: row))
    }

    private func writeFILRow(
        sums: Span<Double>, row: Int, rule: FILOutput, into column: inout MutableSpan<Float>
    ) {
        let isClass = rule.isClassifier && !rule.predictsProbabilities
        let firstCell = row * marginCount
        var best = (index: 0, value: Float(0))
        forEachPredictedValue(sums: sums, row: row) { index, value in
            let value = Float(value)
            if isClass {
                if value > best.value { best = (index, value) }
            } else {
                column[firstCell + index] = value
            }
        }
        if isClass { column[row] = Float(best.index) }
    }
}
