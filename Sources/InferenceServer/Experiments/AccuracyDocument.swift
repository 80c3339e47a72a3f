import LinuxSystem
import ModelMonitoring

/// The members of a JSON object that say how right predictions are.
struct AccuracyDocument {
    private let sums: AccuracySums

    init(_ sums: AccuracySums) { self.sums = sums }

    /// Appends the members, each with a comma in front.
    func append(to buffer: inout ByteBuffer) {
        let scores = sums.confusion.scores
        let numbers: [(StaticString, Double?)] = [
            (",\"labels\":", Double(sums.confusion.total)), (",\"accuracy\":", sums.confusion.accuracy),
            (",\"precision\":", scores?.precision), (",\"recall\":", scores?.recall), (",\"f1\":", scores?.f1),
            (",\"false_positive_rate\":", sums.confusion.falsePositiveRate),
            (",\"brier_score\":", sums.brierScore), (",\"log_loss\":", sums.logLoss),
        ]
        for (name, number) in numbers {
            buffer.append(name)
            buffer.appendNumber(number)
        }
        appendConfusion(to: &buffer)
    }

    /// Rows of the matrix are the actual classes, columns the predicted ones.
    private func appendConfusion(to buffer: inout ByteBuffer) {
        let classes = sums.confusion.classes.prefix(MonitoringLimits.shownClasses)
        var shown = 0
        buffer.append(",\"confusion\":{\"classes\":[")
        for (index, number) in classes.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.appendDecimal(number)
        }
        buffer.append("],\"counts\":[")
        for (row, actual) in classes.enumerated() {
            buffer.append(row == 0 ? "[" : ",[" as StaticString)
            for (column, predicted) in classes.enumerated() {
                if column > 0 { buffer.append(",") }
                let count = sums.confusion.count(actual: actual, predicted: predicted)
                buffer.appendDecimal(count)
                shown += count
            }
            buffer.append("]")
        }
        // Rows of further classes are in no cell.
        buffer.append("],\"other_labels\":")
        buffer.appendDecimal(sums.confusion.total - shown)
        buffer.append("}")
    }
}
