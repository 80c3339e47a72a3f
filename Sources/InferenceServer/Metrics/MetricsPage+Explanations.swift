import AnomalyExplanation
import LinuxSystem

/// What becomes of anomalous rows.
extension MetricsPage {
    /// Appends the families.
    ///
    /// - Parameter figures: nil where no model's rows are explained.
    static func write(_ explanations: ProcessFigures.Explanations?, to page: inout ByteBuffer) {
        guard let explanations else { return }
        let figures = explanations.figures
        page.appendFamily(
            "rowan_explanation_rows_total", "counter", "Anomalous rows of explained models, by what became of them.")
        for (result, count) in [
            ("opened" as StaticString, figures.anomalies - figures.joined), ("joined", figures.joined),
            ("dropped", explanations.droppedRowCount),
        ] {
            page.append("rowan_explanation_rows_total{result=\"")
            page.append(result)
            page.append("\"} ")
            page.appendLine(count)
        }
        page.appendFamily("rowan_explanations_total", "counter", "Explanations that have ended.")
        let ends = figures.ends.sorted {
            ($0.key.state.rawValue, $0.key.reason) < ($1.key.state.rawValue, $1.key.reason)
        }
        for (end, count) in ends {
            page.append("rowan_explanations_total{state=\"\(end.state.rawValue)\",reason=\"\(escaped(end.reason))\"} ")
            page.appendLine(count)
        }
        page.appendFamily("rowan_explanation_seconds", "histogram", "Time that explanations take, by stage.")
        let labels = Array("generator=\"extractive\",".utf8)
        for stage in ExplanationFigures.Stage.allCases {
            let histogram = figures.stages[stage] ?? ExplanationFigures.Histogram()
            page.appendHistogram(
                "rowan_explanation_seconds", labels: labels.span, "stage=\"", stage.label, cells: histogram.cells,
                from: 0)
        }
        page.append(
            "rowan_explanations_waiting", "gauge", "Incidents that wait to be explained.",
            value: UInt64(figures.waiting))
        page.append(
            "rowan_explanation_oldest_seconds", "gauge", "For how long the oldest of them has waited.",
            value: figures.oldestSeconds)
        page.append(
            "rowan_explanation_incidents", "gauge", "Incidents that are remembered.", value: UInt64(figures.remembered))
        page.append(
            "rowan_explanation_longest_slice_seconds", "gauge",
            "The longest that the explaining thread has worked without offering its processor.",
            value: Double(figures.longestSlice.count) / 1e9)
    }
}

extension ExplanationFigures.Stage {
    fileprivate var label: StaticString {
        switch self {
        case .total: "total"
        case .evidence: "evidence"
        case .retrieval: "retrieval"
        case .generation: "generation"
        }
    }
}
