import LinuxSystem

/// The lines of the text that Prometheus reads.
///
/// - Source: Prometheus text exposition format 0.0.4.
extension ByteBuffer {
    /// Appends what stands before the samples of a family.
    mutating func appendFamily(_ name: StaticString, _ type: StaticString, _ help: StaticString) {
        append("# HELP ")
        append(name)
        append(" ")
        append(help)
        append("\n# TYPE ")
        append(name)
        append(" ")
        append(type)
        append("\n")
    }

    /// Appends a value and ends its line.
    mutating func appendLine(_ value: UInt64) {
        appendDecimal(UInt(value))
        append("\n")
    }

    /// Appends a family of one sample without labels.
    mutating func append(_ name: StaticString, _ type: StaticString, _ help: StaticString, value: UInt64) {
        appendFamily(name, type, help)
        append(name)
        append(" ")
        appendLine(value)
    }

    /// Appends a family of one sample without labels, in parts of its unit.
    mutating func append(_ name: StaticString, _ type: StaticString, _ help: StaticString, value: Double) {
        appendFamily(name, type, help)
        append(name)
        append(" ")
        append(value.description)
        append("\n")
    }

    /// Appends one histogram of durations.
    ///
    /// - Parameter label: the label that is its own, up to its value's opening quotation mark.
    /// - Parameter first: its first cell, as `LatencyHistogram` places them.
    mutating func appendHistogram(
        _ name: StaticString, labels: Span<UInt8>, _ label: StaticString, _ value: StaticString, cells: [UInt64],
        from first: Int
    ) {
        var cumulative: UInt64 = 0
        for index in 0..<LatencyHistogram.sumCell {
            cumulative &+= cells[first + index]
            appendStart(name, "_bucket{", labels, label, value)
            append("\",le=\"")
            append(index == LatencyHistogram.boundTexts.count ? "+Inf" : LatencyHistogram.boundTexts[index])
            append("\"} ")
            appendLine(cumulative)
        }
        appendStart(name, "_sum{", labels, label, value)
        append("\"} ")
        append((Double(cells[first + LatencyHistogram.sumCell]) / 1e9).description)
        append("\n")
        appendStart(name, "_count{", labels, label, value)
        append("\"} ")
        appendLine(cumulative)
    }

    private mutating func appendStart(
        _ name: StaticString, _ suffix: StaticString, _ labels: Span<UInt8>, _ label: StaticString,
        _ value: StaticString
    ) {
        append(name)
        append(suffix)
        append(labels)
        append(label)
        append(value)
    }
}
