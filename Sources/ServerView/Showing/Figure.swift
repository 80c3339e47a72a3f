/// Numbers as a person reads them in a narrow column.
enum Figure {
    /// A number of something, or of something per second.
    static func count(_ value: Double) -> String {
        switch value {
        case ..<0: "-" + count(-value)
        case 0: "0"
        case ..<9.995: fixed(value, 2)
        case ..<99.95: fixed(value, 1)
        case ..<99_999.5: fixed(value, 0)
        case ..<999_950: fixed(value / 1e3, 0) + "k"
        case ..<9_995_000_000: fixed(value / 1e6, 2) + "M"
        default: fixed(value / 1e9, 0) + "G"
        }
    }

    /// A time.
    ///
    /// - Units: seconds.
    static func time(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        switch seconds {
        case 0: return "0"
        case ..<0.000_999_5: return fixed(seconds * 1e6, seconds < 0.000_099_95 ? 1 : 0) + "µs"
        case ..<0.9995: return fixed(seconds * 1e3, seconds < 0.099_95 ? 2 : 0) + "ms"
        case ..<9_999: return fixed(seconds, 2) + "s"
        default: return fixed(seconds, 0) + "s"
        }
    }

    /// An amount of memory.
    static func bytes(_ count: Double?) -> String {
        guard let count else { return "-" }
        return count < 9.995e9 ? fixed(count / 1e6, 1) + " MB" : fixed(count / 1e9, 1) + " GB"
    }

    /// A time since something began.
    static func age(_ seconds: Double) -> String {
        let total = seconds > 0 ? Int(min(seconds, 1e12)) : 0
        let (days, hours, minutes) = (total / 86_400, total / 3_600 % 24, total / 60 % 60)
        if days > 0 { return "\(days)d\(hours)h" }
        if hours > 0 { return "\(hours)h\(minutes)m" }
        return minutes > 0 ? "\(minutes)m\(total % 60)s" : "\(total)s"
    }

    /// A number with so many digits behind the point, rounded; what is below 0 or no number is 0.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        let value = value > 0 ? min(value, 1e15) : 0
        let scale = [1.0, 10, 100][digits]
        let scaled = Int64((value * scale).rounded())
        guard digits > 0 else { return String(scaled) }
        let fraction = String(scaled % Int64(scale))
        return "\(scaled / Int64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
