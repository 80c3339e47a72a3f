import LinuxSystem

/// Reads the text that Prometheus scrapes, sample by sample.
///
/// Lines that are no samples are passed over: what a server says beyond what is known here is nobody's fault.
///
/// - Complexity: one pass; labels are read only of families that somebody wants.
/// - Source: Prometheus text exposition format 0.0.4.
enum ExpositionReader {
    /// Reports the samples of some families.
    ///
    /// - Parameter wants: whether samples of a name are wanted; asked once for each run of lines of a name.
    /// - Parameter report: told name, labels and value.
    static func read(
        _ text: Span<UInt8>, wants: (String) -> Bool,
        report: (_ name: String, _ labels: [String: String], _ value: Double) throws(ViewFault) -> Void
    ) throws(ViewFault) {
        var name = ""
        var isWanted = false
        var start = 0
        while start < text.count {
            let end = endOfLine(text, from: start)
            defer { start = end + 1 }
            guard end > start, text[start] != UInt8(ascii: "#"), end - start <= ServerViewLimits.lineByteCount else {
                continue
            }
            let nameEnd = endOfName(text, start..<end)
            if !text.extracting(start..<nameEnd).isEqual(to: name) {
                name = text.text(start..<nameEnd)
                isWanted = wants(name)
            }
            guard isWanted, let (labels, value) = labelsAndValue(text.text(nameEnd..<end)) else { continue }
            try report(name, labels, value)
        }
    }

    private static func endOfLine(_ text: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "\n") { end &+= 1 }
        return end
    }

    private static func endOfName(_ text: Span<UInt8>, _ line: Range<Int>) -> Int {
        var end = line.lowerBound
        while end < line.upperBound, text[end] != UInt8(ascii: "{"), text[end] != UInt8(ascii: " ") { end &+= 1 }
        return end
    }

    /// Reads what stands behind a name; nil if it is no sample.
    static func labelsAndValue(_ text: String) -> (labels: [String: String], value: Double)? {
        var rest = Substring(text)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                guard let equals = rest.firstIndex(of: "=") else { return nil }
                let key = rest[..<equals].filter { $0 != " " && $0 != "," }
                rest = rest[rest.index(after: equals)...]
                guard rest.first == "\"", let value = quoted(&rest) else { return nil }
                labels[key] = value
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        // A time may stand behind the value.
        guard let word = rest.split(separator: " ").first, let value = Double(word) else { return nil }
        return (labels, value)
    }

    /// Takes a text in quotes off the front.
    private static func quoted(_ rest: inout Substring) -> String? {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        var scalars = rest.unicodeScalars.dropFirst()
        while let scalar = scalars.popFirst() {
            if isEscaped {
                result.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                rest = Substring(scalars)
                return String(result)
            } else {
                result.append(scalar)
            }
        }
        return nil
    }
}

extension Span<UInt8> {
    /// Whether the bytes are those of a text.
    fileprivate func isEqual(to text: String) -> Bool {
        guard count == text.utf8.count else { return false }
        var index = 0
        for byte in text.utf8 {
            if self[index] != byte { return false }
            index &+= 1
        }
        return true
    }
}
