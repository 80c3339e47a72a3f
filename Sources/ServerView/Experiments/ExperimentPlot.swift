package import JSONSyntax

/// An experiment over time as a drawing.
///
/// - Source: Scalable Vector Graphics 1.1.
package enum ExperimentPlot {
    private static let width = 800.0
    private static let panelHeight = 220.0
    private static let margin = (left: 70.0, right: 150.0, top: 40.0, bottom: 40.0)
    /// Told apart also by people who see few colours.
    private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"]

    /// Draws the document of `GET /v2/experiments/S`: a panel for anomalies, one for accuracy.
    package static func svg(of document: JSONValue) -> String {
        let names = (document["variants"]?.elements ?? []).map { $0["name"]?.text ?? "" }
        let points = document["history"]?.elements ?? []
        let times = points.compactMap { $0["time"]?.number }
        let height = 2 * (panelHeight + margin.top + margin.bottom)
        var svg =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(width))\" height=\"\(Int(height))\" "
            + "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        for (index, (member, title)) in [("anomaly_rates", "anomaly rate"), ("accuracies", "accuracy")].enumerated() {
            let series = names.indices.map { variant in
                points.map { $0[member]?.elements.flatMap { variant < $0.count ? $0[variant].number : nil } }
            }
            let top = Double(index) * (panelHeight + margin.top + margin.bottom) + margin.top
            svg += panel("\(document["name"]?.text ?? ""): \(title)", names, times, series, top: top)
        }
        return svg + "</svg>\n"
    }

    private static func panel(
        _ title: String, _ names: [String], _ times: [Double], _ series: [[Double?]], top: Double
    ) -> String {
        let values = series.flatMap { $0.compactMap { $0 } }
        let (low, high) = bounds(values)
        let plotWidth = width - margin.left - margin.right
        let (first, last) = (times.first ?? 0, times.last ?? 1)
        func x(_ time: Double) -> Double {
            margin.left + (last > first ? (time - first) / (last - first) : 0.5) * plotWidth
        }
        func y(_ value: Double) -> Double { top + (1 - (value - low) / (high - low)) * panelHeight }
        var svg = "<text x=\"\(margin.left)\" y=\"\(top - 12)\" font-size=\"14\">\(escaped(title))</text>\n"
        for step in 0...4 {
            let value = low + (high - low) * Double(step) / 4
            svg +=
                "<line x1=\"\(margin.left)\" x2=\"\(margin.left + plotWidth)\" y1=\"\(y(value))\" y2=\"\(y(value))\" "
                + "stroke=\"#dddddd\"/>\n<text x=\"\(margin.left - 8)\" y=\"\(y(value) + 4)\" text-anchor=\"end\">"
                + "\(((value * 10_000).rounded()) / 100) %</text>\n"
        }
        svg +=
            "<text x=\"\(margin.left + plotWidth)\" y=\"\(top + panelHeight + 20)\" text-anchor=\"end\">"
            + "\(Int(last - first)) s</text>\n"
        for (index, name) in names.enumerated() {
            let colour = colours[index % colours.count]
            let line = zip(times, series[index]).compactMap { time, value in
                value.map { "\((x(time) * 10).rounded() / 10),\((y($0) * 10).rounded() / 10)" }
            }
            svg +=
                "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" "
                + "points=\"\(line.joined(separator: " "))\"/>\n<text x=\"\(margin.left + plotWidth + 12)\" "
                + "y=\"\(top + 14 + 18 * Double(index))\" fill=\"\(colour)\">\(escaped(name))</text>\n"
        }
        return svg
    }

    /// A range that holds all values with some room.
    private static func bounds(_ values: [Double]) -> (Double, Double) {
        guard let least = values.min(), let most = values.max() else { return (0, 1) }
        let room = max((most - least) * 0.1, 0.005)
        return (max(0, least - room), min(1, most + room))
    }

    /// A text in XML, without what XML has no place for.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
