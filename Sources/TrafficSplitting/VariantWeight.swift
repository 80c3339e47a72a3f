/// The weight of a variant: how large its share is beside the others'.
///
/// - Units: millionths, so that comparing shares needs integers only.
package struct VariantWeight: Equatable, Sendable {
    /// At most 10¹².
    package let millionths: UInt64

    /// A weight as a configuration gives it, rounded to millionths.
    ///
    /// - Returns: nil for what is no weight: negative, not finite, beyond the limit, or so small that nothing is left.
    package init?(_ value: Double) {
        guard value >= 0, value <= TrafficSplittingLimits.weight else { return nil }
        let parts = (value * TrafficSplittingLimits.weightParts + 0.5).rounded(.down)
        if value > 0, parts == 0 { return nil }
        millionths = UInt64(parts)
    }

    /// Whether the variant gets anything.
    package var isPositive: Bool { millionths > 0 }
}
