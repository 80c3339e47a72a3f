/// Which requests are traced, for all models or for one.
///
/// - Source: Triton's extension_trace.md.
package struct TraceSetting: Equatable, Sendable {
    /// Whether the times of requests are recorded: level TIMESTAMPS instead of OFF.
    package var isOn = false
    /// Every n-th request is traced; 0: none for this reason.
    package var rate = 1_000
    /// The share of requests that is traced, 0…1, where it was said so instead of a rate.
    package var fraction: Double?
    /// How many requests are still to be traced; -1: all.
    package var count = -1
    /// How many traces go into one file; 0: all into the one without a number.
    package var logFrequency = 0

    package init() {}

    /// Names the parts that can be set one by one.
    struct Parts: OptionSet, Sendable {
        let rawValue: UInt8

        static let level = Parts(rawValue: 1)
        static let rate = Parts(rawValue: 2)
        static let count = Parts(rawValue: 4)
        static let logFrequency = Parts(rawValue: 8)
    }

    /// Takes parts from another setting.
    mutating func take(_ parts: Parts, from other: TraceSetting) {
        if parts.contains(.level) { isOn = other.isOn }
        if parts.contains(.rate) { (rate, fraction) = (other.rate, other.fraction) }
        if parts.contains(.count) { count = other.count }
        if parts.contains(.logFrequency) { logFrequency = other.logFrequency }
    }
}
