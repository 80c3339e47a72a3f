import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

/// What is known about predictions and their labels.
extension MetricsPage {
    static func write(_ figures: MonitoringFigures, to page: inout ByteBuffer) {
        guard !figures.models.isEmpty else { return }
        gauge("model_accuracy", "Share of the latest labelled rows that were predicted right.", figures, to: &page) {
            $0.latest.confusion.accuracy
        }
        gauge(
            "false_positive_rate", "Share of the latest labelled rows of class 0 that were predicted as another.",
            figures, to: &page
        ) { $0.latest.confusion.falsePositiveRate }
        gauge("anomaly_rate", "Share of the latest rows that were predicted as an anomaly.", figures, to: &page) {
            $0.anomalyRate
        }
        page.appendFamily("rowan_feedback_total", "counter", "Labels that came, by what has become of them.")
        for model in figures.models {
            let outcome = model.outcome
            for (word, count) in [
                ("accepted", outcome.accepted), ("unknown", outcome.unknown), ("late", outcome.late),
                ("duplicate", outcome.duplicate),
            ] as [(StaticString, Int)] {
                open("rowan_feedback_total", model, to: &page)
                page.append(",outcome=\"")
                page.append(word)
                page.append("\"} ")
                page.appendLine(UInt64(count))
            }
        }
        counter("rowan_predictions_kept_total", "Rows kept until labels come.", figures, to: &page) {
            $0.keptRowCount
        }
        counter(
            "rowan_predictions_dropped_total", "Rows of monitored models that were not kept.", figures, to: &page
        ) { $0.droppedRowCount }
    }

    private static func open(_ name: StaticString, _ model: MonitoringFigures.Model, to page: inout ByteBuffer) {
        page.append(name)
        page.append("{")
        page.append(labels(ofModel: model.name).span)
    }

    private static func gauge(
        _ name: StaticString, _ help: StaticString, _ figures: MonitoringFigures, to page: inout ByteBuffer,
        _ value: (MonitoringFigures.Model) -> Double?
    ) {
        page.appendFamily(name, "gauge", help)
        for model in figures.models {
            guard let value = value(model) else { continue }
            open(name, model, to: &page)
            page.append("} ")
            page.append(value.description)
            page.append("\n")
        }
    }

    private static func counter(
        _ name: StaticString, _ help: StaticString, _ figures: MonitoringFigures, to page: inout ByteBuffer,
        _ value: (MonitoringFigures.Model) -> UInt64
    ) {
        page.appendFamily(name, "counter", help)
        for model in figures.models {
            open(name, model, to: &page)
            page.append("} ")
            page.appendLine(value(model))
        }
    }
}
