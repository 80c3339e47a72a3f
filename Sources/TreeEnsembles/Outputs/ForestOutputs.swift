/// Computes the outputs of a forest from what its engine has summed, for all rows of a batch at once.
///
/// Each function fills one column; nothing is allocated, nothing kept. `sums` is what an engine writes: one value per
/// row and margin. Columns are float64 or float32; a float32 column of a trainer that computes in float64 holds the
/// exact result rounded once.
///
/// - Shape: `sums` is rows × `marginCount`, row-major; each column is rows × the width that the function names.
/// - Units: probabilities 0…1, margins as the trainer's raw call, scores in units of the target or 0…1.
/// - Isolation: any thread; a value.
/// - Source: the outputs of `backend: "forest"` and `backend: "fil"` as Rowan's public contract fixes them.
package struct ForestOutputs: Sendable {
    /// Margins per row.
    package let marginCount: Int
    /// Columns of `probabilities`: 2 for a binary classifier, else one per class or label; 0 where there are none.
    package let probabilityCount: Int
    /// What the forest predicts.
    package let task: TreeEnsemble.Task
    /// The integer that each class is labelled with, where all labels are integers: 0, 1, … if the file has no labels;
    /// empty where labels are text.
    package let integerLabels: [Int64]
    let link: LinkFunction
    /// What predictions are divided by.
    private let normalization: TreeEnsemble.Normalization?
    let decision: TreeEnsemble.Decision

    /// The outputs of one forest.
    package init(of ensemble: TreeEnsemble) {
        marginCount = ensemble.marginCount
        task = ensemble.task
        link = LinkFunction(link: ensemble.link, precision: ensemble.sumPrecision, divisor: ensemble.linkDivisor)
        normalization = ensemble.normalization
        decision = ensemble.decision
        switch ensemble.task {
        case .classification(let classCount):
            probabilityCount = classCount
            let integers = ensemble.classLabels.compactMap { Int64($0) }
            if ensemble.classLabels.isEmpty {
                integerLabels = (0..<Int64(classCount)).map { $0 }
            } else {
                integerLabels = integers.count == ensemble.classLabels.count ? integers : []
            }
        case .multiLabel(let labelCount):
            probabilityCount = labelCount
            integerLabels = []
        case .regression, .isolation:
            probabilityCount = 0
            integerLabels = []
        }
    }

    /// The trainer's raw call: margins, for an isolation forest its decision function.
    ///
    /// - Shape: rows × `marginCount`.
    package func writeMargins(sums: Span<Double>, into column: inout MutableSpan<Double>) {
        precondition(column.count == sums.count, "one margin for each sum")
        for index in sums.indices { column[index] = link.margin(ofSum: sums[index]) }
    }

    /// Margins as float32; see above.
    package func writeMargins(sums: Span<Double>, into column: inout MutableSpan<Float>) {
        precondition(column.count == sums.count, "one margin for each sum")
        for index in sums.indices { column[index] = Float(link.margin(ofSum: sums[index])) }
    }

    /// The predicted value of a regression, or the anomaly score of an isolation forest (higher is more anomalous).
    ///
    /// - Shape: rows × `marginCount`.
    package func writeScores(sums: Span<Double>, into column: inout MutableSpan<Double>) {
        precondition(column.count == sums.count, "one score for each sum")
        if needsWholeRow {
            for row in 0..<sums.count / marginCount {
                forEachPredictedValue(sums: sums, row: row) { column[row * marginCount + $0] = $1 }
            }
        } else {
            for index in sums.indices { column[index] = link.value(sums[index]) }
        }
    }

    /// Scores as float32; see above.
    package func writeScores(sums: Span<Double>, into column: inout MutableSpan<Float>) {
        precondition(column.count == sums.count, "one score for each sum")
        if needsWholeRow {
            for row in 0..<sums.count / marginCount {
                forEachPredictedValue(sums: sums, row: row) { column[row * marginCount + $0] = Float($1) }
            }
        } else {
            for index in sums.indices { column[index] = Float(link.value(sums[index])) }
        }
    }

    /// Class probabilities.
    ///
    /// - Shape: rows × `probabilityCount`; of a binary classifier P(0), P(1).
    package func writeProbabilities(sums: Span<Double>, into column: inout MutableSpan<Double>) {
        precondition(column.count == sums.count / marginCount * probabilityCount, "one probability for each class")
        if marginCount > 1 || normalization != nil {
            for row in 0..<sums.count / marginCount {
                forEachPredictedValue(sums: sums, row: row) { column[row * probabilityCount + $0] = $1 }
            }
        } else {
            for row in sums.indices {
                let value = link.value(sums[row])
                column[2 * row] = link.complement(of: value, margin: sums[row])
                column[2 * row + 1] = value
            }
        }
    }

    /// Class probabilities as float32; see above.
    package func writeProbabilities(sums: Span<Double>, into column: inout MutableSpan<Float>) {
        precondition(column.count == sums.count / marginCount * probabilityCount, "one probability for each class")
        if marginCount > 1 || normalization != nil {
            for row in 0..<sums.count / marginCount {
                forEachPredictedValue(sums: sums, row: row) { column[row * probabilityCount + $0] = Float($1) }
            }
        } else {
            for row in sums.indices {
                let value = link.value(sums[row])
                column[2 * row] = Float(link.complement(of: value, margin: sums[row]))
                column[2 * row + 1] = Float(value)
            }
        }
    }

    /// Index of the class that each row belongs to.
    ///
    /// - Shape: rows.
    /// - Precondition: the forest is a classifier.
    package func writeClassIndices(sums: Span<Double>, into column: inout MutableSpan<Int32>) {
        precondition(column.count == sums.count / marginCount, "one class for each row")
        for row in column.indices { column[row] = Int32(classIndex(sums: sums, row: row)) }
    }

    /// Labels of classes that are integers; of an isolation forest −1 for an anomaly and 1 for a normal row.
    ///
    /// - Shape: rows.
    /// - Precondition: the forest is an isolation forest or has `integerLabels`.
    package func writeLabels(sums: Span<Double>, into column: inout MutableSpan<Int64>) {
        precondition(column.count == sums.count / marginCount, "one label for each row")
        for row in column.indices {
            if task == .isolation {
                column[row] = link.margin(ofSum: sums[row]) < 0 ? -1 : 1
            } else {
                column[row] = integerLabels[classIndex(sums: sums, row: row)]
            }
        }
    }

    /// Whether what a margin predicts depends on the other margins of its row.
    private var needsWholeRow: Bool { link.needsWholeRow || normalization != nil }

    /// The predicted value of a row of one margin, of a binary classifier that of class 1.
    func predictedValue(sums: Span<Double>, row: Int) -> Double {
        if normalization == nil { return link.value(sums[row]) }
        var last = 0.0
        forEachPredictedValue(sums: sums, row: row) { last = $1 }
        return last
    }

    /// The predicted values of one row: of several margins or, where they are divided by something, of both classes of
    /// a binary classifier.
    func forEachPredictedValue(sums: Span<Double>, row: Int, _ report: (_ index: Int, _ value: Double) -> Void) {
        guard let normalization else { return forEachLinkedValue(sums: sums, row: row, report) }
        var divisor: Float = normalization == .largest ? -.greatestFiniteMagnitude : 0
        forEachLinkedValue(sums: sums, row: row) { _, linked in
            let value = Float(linked)
            switch normalization {
            case .largest: divisor = value > divisor ? value : divisor
            case .sumOfMagnitudes: divisor += abs(value)
            case .rootOfSquares: divisor += value * value
            }
        }
        forEachLinkedValue(sums: sums, row: row) { index, linked in
            let value = Float(linked)
            if divisor == 0 { return report(index, Double(value)) }
            switch normalization {
            case .largest, .sumOfMagnitudes: report(index, Double(value / divisor))
            case .rootOfSquares:
                let share = (value * value / divisor).squareRoot()
                report(index, Double(value < 0 ? -share : share))
            }
        }
    }

    /// The values of one row before anything divides them.
    private func forEachLinkedValue(
        sums: Span<Double>, row: Int, _ report: (_ index: Int, _ value: Double) -> Void
    ) {
        let cells = row * marginCount..<(row + 1) * marginCount
        if link.needsWholeRow { return link.forEachValue(ofRow: cells, sums, report) }
        if marginCount == 1, case .classification = task {
            let value = link.value(sums[row])
            report(0, link.complement(of: value, margin: sums[row]))
            return report(1, value)
        }
        for index in cells { report(index - cells.lowerBound, link.value(sums[index])) }
    }

    func classIndex(sums: Span<Double>, row: Int) -> Int {
        guard case .classification = task else { preconditionFailure("only a classifier has classes") }
        if marginCount == 1 {
            return switch decision {
            case .margin: sums[row] > 0 ? 1 : 0
            case .marginOrZero: sums[row] >= 0 ? 1 : 0
            case .value: link.value(sums[row]) > 0.5 ? 1 : 0
            }
        }
        let cells = row * marginCount..<(row + 1) * marginCount
        if decision != .value { return LinkFunction.largest(sums, row: cells).index }
        var best = (index: 0, value: -Double.infinity)
        forEachLinkedValue(sums: sums, row: row) { if $1 > best.value { best = ($0, $1) } }
        return best.index
    }
}
