import LinuxSystem
import TrafficSplitting

/// What shadows have shown.
extension MetricsPage {
    static func write(_ shadows: [ShadowThread.Figures], to page: inout ByteBuffer) {
        guard !shadows.isEmpty else { return }
        page.appendFamily(
            "rowan_shadow_requests_total", "counter", "Requests chosen for a shadow, by what became of them.")
        for shadow in shadows {
            let tally = shadow.tally
            for cell in ShadowLane.Cell.allCases {
                sample("rowan_shadow_requests_total", shadow, ("result", "\(cell.label)"), to: &page)
                page.appendLine(shadow.counts[cell.rawValue])
            }
            for (result, count) in [("compared", tally.requests), ("failed", tally.failures)] {
                sample("rowan_shadow_requests_total", shadow, ("result", result), to: &page)
                page.appendLine(count)
            }
        }
        page.appendFamily("rowan_shadow_rows_total", "counter", "Rows compared with a shadow, by whether both agree.")
        for shadow in shadows {
            for (agrees, count) in [
                ("1", shadow.tally.agreeingRows), ("0", shadow.tally.rows - shadow.tally.agreeingRows),
            ] {
                sample("rowan_shadow_rows_total", shadow, ("agree", agrees), to: &page)
                page.appendLine(count)
            }
        }
        writeFlips(shadows, to: &page)
        writeDifferences(shadows, to: &page)
    }

    private static func writeFlips(_ shadows: [ShadowThread.Figures], to page: inout ByteBuffer) {
        page.appendFamily("rowan_shadow_label_flips_total", "counter", "Rows whose label a shadow has changed.")
        for shadow in shadows {
            for (flip, count) in shadow.tally.flips.sorted(by: { $0.key < $1.key }) {
                let labels = [("from", "\(flip.from)"), ("to", "\(flip.to)")]
                page.append("rowan_shadow_label_flips_total{")
                page.append(labelText(shadow, labels))
                page.append("} ")
                page.appendLine(count)
            }
        }
    }

    private static func writeDifferences(_ shadows: [ShadowThread.Figures], to page: inout ByteBuffer) {
        page.appendFamily(
            "rowan_shadow_difference", "gauge", "Quantiles of how far a shadow's values are from the answered ones.")
        for shadow in shadows {
            for quantile in [0.5, 0.9, 0.99, 0.999] {
                guard let value = shadow.tally.differences.quantile(quantile) else { continue }
                sample("rowan_shadow_difference", shadow, ("quantile", "\(quantile)"), to: &page)
                page.append(value.isInfinite ? "+Inf\n" : "\(value)\n")
            }
        }
        page.appendFamily(
            "rowan_shadow_cpu_seconds_total", "counter", "Processor time of compared requests, by who has answered.")
        for shadow in shadows {
            for (role, time) in [
                ("primary", shadow.tally.primaryNanoseconds), ("shadow", shadow.tally.shadowNanoseconds),
            ] {
                sample("rowan_shadow_cpu_seconds_total", shadow, ("role", role), to: &page)
                page.append("\(Double(time) / 1e9)\n")
            }
        }
        page.appendFamily(
            "rowan_shadow_longest_slice_seconds", "gauge", "The longest that a shadow has kept its processor.")
        for shadow in shadows {
            page.append("rowan_shadow_longest_slice_seconds{")
            page.append(labelText(shadow, []))
            page.append("} \(Double(shadow.longestSlice.count) / 1e9)\n")
        }
    }

    private static func sample(
        _ name: StaticString, _ shadow: ShadowThread.Figures, _ label: (String, String), to page: inout ByteBuffer
    ) {
        page.append(name)
        page.append("{")
        page.append(labelText(shadow, [label]))
        page.append("} ")
    }

    private static func labelText(_ shadow: ShadowThread.Figures, _ labels: [(String, String)]) -> String {
        let all = [("model", shadow.split), ("variant", shadow.shadow)] + labels
        return all.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    }
}
