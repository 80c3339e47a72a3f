/// Numbers as people read them: three digits, with the unit that a feature's name ends in.
enum FigureText {
    /// Units that names of features end in, as Prometheus recommends them, the longest first.
    private static let units: [(suffix: String, unit: Unit)] = [
        ("_bytes_per_second", .bytes("/s")), ("_bytes", .bytes("")), ("_milliseconds", .seconds(1e-3)),
        ("_ms", .seconds(1e-3)),
        ("_per_second", .plain("/s")), ("_per_minute", .plain("/min")), ("_seconds", .seconds(1)),
        ("_ratio", .ratio), ("_percent", .plain(" %")),
    ]

    private enum Unit {
        case bytes(String)
        /// In seconds.
        case seconds(Double)
        case ratio
        case plain(String)
    }

    /// The value of a feature.
    static func value(_ value: Double?, of feature: String) -> String {
        guard let value else { return "missing" }
        switch units.first(where: { feature.hasSuffix($0.suffix) })?.unit {
        case .bytes(let rate): return bytes(value) + "B" + rate
        case .seconds(let factor): return seconds(value * factor)
        case .ratio where (-0.005...10).contains(value): return number(100 * value) + " %"
        case .plain(let unit): return number(value) + unit
        default: return number(value)
        }
    }

    /// The name of a feature without its unit, as words.
    static func words(of feature: String) -> String {
        let suffix = units.first { feature.hasSuffix($0.suffix) && feature.count > $0.suffix.count }?.suffix ?? ""
        return feature.dropLast(suffix.count).split { $0 == "_" || $0 == "." || $0 == "-" }.joined(separator: " ")
    }

    private static func bytes(_ value: Double) -> String {
        var (rest, index) = (value, 0)
        let prefixes = ["", "k", "M", "G", "T", "P"]
        while abs(rest) >= 1_000, index < prefixes.count - 1 {
            rest /= 1_000
            index += 1
        }
        return number(rest) + " " + prefixes[index]
    }

    private static func seconds(_ value: Double) -> String {
        let size = abs(value)
        if size == 0 || size >= 1 { return number(value) + " s" }
        if size >= 1e-3 { return number(1e3 * value) + " ms" }
        return number(1e6 * value) + " µs"
    }

    /// A part as percent, without pretending to know more than a tenth.
    static func percent(_ part: Double) -> String {
        let tenths = (1_000 * part).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0 || tenths < 900 && tenths >= 100
            ? "\(Int((tenths / 10).rounded())) %" : "\(tenths / 10) %"
    }

    /// Three digits, groups of three in large numbers.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "missing" : value < 0 ? "−∞" : "∞" }
        if value == 0 { return "0" }
        var size = abs(value)
        if size >= 1e15 || size < 1e-6 { return "\(value)" }
        var (factor, divisor) = (1.0, 1.0)
        while size >= 1_000 { (size, divisor) = (size / 10, divisor * 10) }
        while size < 100 { (size, factor) = (size * 10, factor * 10) }
        // Whole numbers over a power of ten: the double nearest to the decimal, whose shortest text it then is.
        let rounded = (value * factor / divisor).rounded() * divisor / factor
        let text = rounded == rounded.rounded() ? grouped(Int(rounded.magnitude)) : plain(rounded.magnitude)
        return rounded < 0 ? "−" + text : text
    }

    private static func plain(_ value: Double) -> String {
        let text = "\(value)"
        guard text.contains("e"), let decimals = Int(text.drop { $0 != "-" }.dropFirst()) else { return text }
        // 5.2e-05 is hard to read at night.
        let digits = text.prefix { $0 != "e" }.filter { $0 != "." }
        return "0." + String(repeating: "0", count: decimals - 1)
            + (digits.last == "0" ? digits.dropLast() : digits[...])
    }

    private static func grouped(_ value: Int) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0, digits.count > 4 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
