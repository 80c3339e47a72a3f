import LinuxSystem
import OpenInferenceProtocol
import TrafficSplitting

/// Writes what is known about a shadow as a member of `GET /v2/experiments/S`.
struct ShadowDocument {
    let figures: ShadowThread.Figures

    /// Appends a JSON object.
    func append(to buffer: inout ByteBuffer) {
        let tally = figures.tally
        buffer.append("{\"variant\":")
        buffer.appendJSONString(figures.shadow)
        number(",\"sample_fraction\":", figures.sampleFraction, to: &buffer)
        number(",\"max_queue\":", Double(figures.queueLimit), to: &buffer)
        buffer.append(",\"requests\":{")
        for cell in ShadowLane.Cell.allCases {
            buffer.append("\"")
            buffer.append(cell.label)
            number("\":", Double(figures.counts[cell.rawValue]), to: &buffer)
            buffer.append(",")
        }
        number("\"compared\":", Double(tally.requests), to: &buffer)
        number(",\"failed\":", Double(tally.failures), to: &buffer)
        number("},\"rows\":", Double(tally.rows), to: &buffer)
        number(",\"agreeing_rows\":", Double(tally.agreeingRows), to: &buffer)
        number(",\"agreement\":", tally.agreement, to: &buffer)
        appendFlips(to: &buffer)
        appendDifferences(to: &buffer)
        let requests = Double(max(tally.requests, 1))
        number(",\"mean_seconds\":{\"primary\":", Double(tally.primaryNanoseconds) / 1e9 / requests, to: &buffer)
        number(",\"shadow\":", Double(tally.shadowNanoseconds) / 1e9 / requests, to: &buffer)
        number("},\"longest_slice_seconds\":", Double(figures.longestSlice.count) / 1e9, to: &buffer)
        buffer.append("}")
    }

    private func appendFlips(to buffer: inout ByteBuffer) {
        buffer.append(",\"label_flips\":[")
        for (index, (flip, count)) in figures.tally.flips.sorted(by: { $0.key < $1.key }).enumerated() {
            number(index == 0 ? "{\"from\":" : ",{\"from\":", Double(flip.from), to: &buffer)
            number(",\"to\":", Double(flip.to), to: &buffer)
            number(",\"rows\":", Double(count), to: &buffer)
            buffer.append("}")
        }
        number("],\"other_label_flips\":", Double(figures.tally.otherFlips), to: &buffer)
    }

    private func appendDifferences(to buffer: inout ByteBuffer) {
        let differences = figures.tally.differences
        number(",\"differences\":{\"count\":", Double(differences.count), to: &buffer)
        for (name, part) in Self.quantiles { number(name, differences.quantile(part), to: &buffer) }
        number(",\"max\":", differences.count == 0 ? nil : differences.greatest, to: &buffer)
        buffer.append("}")
    }

    private static let quantiles: [(StaticString, Double)] = [
        (",\"p50\":", 0.5), (",\"p90\":", 0.9), (",\"p99\":", 0.99), (",\"p999\":", 0.999),
    ]

    /// Appends a number behind its name; `null` where there is none that JSON knows.
    private func number(_ name: StaticString, _ value: Double?, to buffer: inout ByteBuffer) {
        buffer.append(name)
        guard let value, value.isFinite else { return buffer.append("null") }
        buffer.append(value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)")
    }
}
