/// Which requests begin a trace, and what a caller's decision means, as OpenTelemetry's variables say it.
///
/// - Source: OpenTelemetry specification, `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`.
package struct RootSampler: Equatable, Sendable {
    /// The share of requests without a caller's decision that is traced, 0…1; nil: what the rate says.
    package private(set) var fraction: Double?
    /// Whether a caller's decision is ours.
    package private(set) var followsParent = true

    /// Follows the caller, and the rate where there is none.
    package init() {}

    /// Reads the two variables; nil if they name no sampler.
    package init?(name: String, argument: String?) {
        let parentBased = "parentbased_"
        followsParent = name.hasPrefix(parentBased)
        switch followsParent ? String(name.dropFirst(parentBased.count)) : name {
        case "always_on": fraction = 1
        case "always_off": fraction = 0
        case "traceidratio":
            guard let share = Double(argument ?? "1"), (0...1).contains(share) else { return nil }
            fraction = share
        default: return nil
        }
    }

    /// Whether a trace that another has begun belongs to a share, as its number says it alike to everybody.
    static func contains(_ trace: TraceIdentity, in fraction: Double) -> Bool {
        // 56 bits of a trace's number are random wherever it was made, and 53 fit a double exactly.
        Double((trace.low & (1 << 56 - 1)) >> 3) < fraction * 0x1p53
    }
}
