package import ModelMonitoring
package import OpenInferenceProtocol
package import TrafficSplitting

/// A split as it serves: its variants, those of them that answer, and how a request to the split is read and answered
/// for each.
///
/// - Isolation: immutable; any thread.
package final class TrafficSplit: Sendable {
    /// One of the models behind the name.
    package struct Variant: Sendable {
        package let name: String
        /// What the configuration calls the model.
        package let model: String
        package let weight: VariantWeight
        /// The model version that answers for it; nil while there is none.
        package let member: ServedModel?
        /// What reading a request to the split and writing its answer need where this variant answers: the member's
        /// features and outputs under the split's names; nil while there is no member.
        package let signature: ModelSignature?
        /// Why there is no member, or nothing.
        package let absence: String
    }

    package let name: String
    /// In the order of the configuration.
    package let variants: [Variant]
    package let assignment: VariantAssignment
    package let sticky: StickyRules
    package let unavailability: TrafficSplitConfiguration.Unavailability
    /// How the share of one of the variants grows by itself; nil if none does.
    package let rollout: RolloutPlan?
    /// The variant that answers copies; nil for none.
    package let shadow: Shadow?
    /// Bit `i` says that variant `i` can answer.
    package let available: UInt64
    /// Why not everybody is answered, or nothing.
    ///
    /// It begins as the reason of a model that was unloaded on request does if only such variants are missing.
    package let unreadiness: String

    init(name: String, _ configuration: TrafficSplitConfiguration, variants: [Variant], unreadiness: String) {
        self.name = name
        self.variants = variants
        self.unreadiness = unreadiness
        assignment = VariantAssignment(
            split: name, variants: variants.map { VariantAssignment.Variant(name: $0.name, weight: $0.weight) })
        sticky = configuration.sticky
        unavailability = configuration.unavailability
        rollout = configuration.rollout
        shadow = configuration.shadow
        available = variants.indices.reduce(0) { $0 | (variants[$1].member == nil ? 0 : 1 << UInt64($1)) }
    }

    package typealias Shadow = TrafficSplitConfiguration.Shadow

    /// Who answers a key.
    package enum Choice: Equatable, Sendable {
        case variant(Int)
        /// The key's variant does not answer, and nobody else does in its place.
        case unavailable(Int)
    }

    /// The assignment under other weights: keys stay with their variants as far as those permit.
    ///
    /// - Parameter weights: as many as variants, one of them positive.
    package func assignment(weights: [VariantWeight]) -> VariantAssignment {
        VariantAssignment(
            split: name,
            variants: zip(variants, weights).map { VariantAssignment.Variant(name: $0.name, weight: $1) })
    }

    /// Decides who answers a key.
    ///
    /// - Complexity: some nanoseconds for each variant; no allocation.
    /// - Parameter keyHash: of the key, as the assignment gives it.
    /// - Parameter weighted: the assignment under the weights that hold now; nil for those of the configuration.
    package func choose(keyHash: UInt64, by weighted: VariantAssignment? = nil) -> Choice {
        let assignment = weighted ?? assignment
        let candidates = unavailability == .refuse ? UInt64.max : available
        guard let index = assignment.variant(ofKeyHash: keyHash, among: candidates) else {
            // None of those that can answer has a weight now.
            guard let index = assignment.variant(ofKeyHash: keyHash) else {
                preconditionFailure("one of the weights is positive")
            }
            return .unavailable(index)
        }
        return available >> UInt64(index) & 1 == 1 ? .variant(index) : .unavailable(index)
    }
}
