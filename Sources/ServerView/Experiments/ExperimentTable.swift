package import JSONSyntax

/// An experiment as a table for people.
package enum ExperimentTable {
    /// Makes the text of the document of `GET /v2/experiments/S`.
    package static func text(of document: JSONValue) -> String {
        var text = "split \(shown(document["name"]?.text))\n\n"
        text += variants(document["variants"]?.elements ?? [])
        text += sampleRatio(document["sample_ratio"])
        for metric in document["metrics"]?.elements ?? [] { text += comparisons(metric) }
        if let rollout = document["rollout"], rollout != .null { text += rolloutText(rollout) }
        return text
    }

    private static func variants(_ variants: [JSONValue]) -> String {
        var rows = [["variant", "model", "share", "keys", "rows", "anomalies", "labels", "accuracy", "F1"]]
        for variant in variants {
            rows.append([
                shown(variant["name"]?.text), shown(variant["model"]?.text), percent(variant["share"]),
                whole(variant["keys"]), whole(variant["rows"]), percent(variant["anomaly_rate"]),
                whole(variant["labels"]), percent(variant["accuracy"]), number(variant["f1"]),
            ])
        }
        return table(rows)
    }

    private static func sampleRatio(_ ratio: JSONValue?) -> String {
        guard let ratio, let value = ratio["p_value"]?.number else { return "" }
        let isMismatch = ratio["is_mismatch"]?.flag == true
        let judgement =
            isMismatch ? ": WRONG, requests or answers of a variant are lost, and nothing below holds" : ", as expected"
        return "\nkeys by weight: p = \(short(value))\(judgement)\n"
    }

    private static func comparisons(_ metric: JSONValue) -> String {
        let comparisons = metric["comparisons"]?.elements ?? []
        guard !comparisons.isEmpty else { return "" }
        var rows = [["variant", "against", "difference", "95 % at any time", "p at any time", "p by key", "verdict"]]
        var notes = ""
        for comparison in comparisons {
            let interval =
                comparison["interval_low"]?.number == nil
                ? "-" : "\(percent(comparison["interval_low"])) … \(percent(comparison["interval_high"]))"
            rows.append([
                shown(comparison["variant"]?.text), shown(comparison["control"]?.text),
                percent(comparison["difference"]), interval, number(comparison["sequential_p_value"]),
                number(comparison["chi_square_by_key_p_value"]),
                shown(comparison["verdict"]?.text).replacing("_", with: " "),
            ])
            notes +=
                "  \(shown(comparison["variant"]?.text)): detectable \(percent(comparison["detectable_difference"])), "
                + "effect size \(number(comparison["effect_size"])), "
                + "further keys \(whole(comparison["further_keys"]))\n"
        }
        return "\n\(shown(metric["name"]?.text).replacing("_", with: " "))\n" + table(rows) + notes
    }

    private static func rolloutText(_ rollout: JSONValue) -> String {
        let phase = shown(rollout["phase"]?.text).replacing("_", with: " ")
        var text =
            "\nrollout of \(shown(rollout["candidate"]?.text)): \(phase)"
            + " at \(whole(rollout["share_percent"])) %\n"
        for change in rollout["changes"]?.elements ?? [] {
            text += "  \(whole(change["share_percent"])) %  \(shown(change["reason"]?.text))\n"
        }
        return text
    }

    // MARK: Cells

    /// A name from the server without what a terminal would obey.
    private static func shown(_ text: String?) -> String {
        guard let text else { return "-" }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    private static func percent(_ value: JSONValue?) -> String {
        guard let number = value?.number else { return "-" }
        let scaled = (number * 10_000).rounded() / 100
        return "\(scaled) %"
    }

    private static func whole(_ value: JSONValue?) -> String {
        value?.number.flatMap { Int(exactly: $0.rounded()) }.map { "\($0)" } ?? "-"
    }

    private static func number(_ value: JSONValue?) -> String { value?.number.map(short) ?? "-" }

    /// Three digits that count.
    static func short(_ value: Double) -> String {
        if value == 0 { return "0" }
        if abs(value) < 0.001 { return "<0.001" }
        var scale = 1.0
        while abs(value) * scale < 100 { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }

    /// Columns as wide as their widest cell.
    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = "  "
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
