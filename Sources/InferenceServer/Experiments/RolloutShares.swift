import ModelRepository
import TrafficSplitting

/// The weights that give a candidate its share.
enum RolloutShares {
    /// The weights of all variants: the candidate has `percent` of the requests, and the others share the rest as the
    /// configuration says, or equally where it gives none of them a weight.
    static func weights(of split: TrafficSplit, candidate: String, percent: Int) -> [VariantWeight] {
        let others = split.variants.filter { $0.name != candidate }
        let sum = others.reduce(0.0) { $0 + Double($1.weight.millionths) }
        let weights = split.variants.map { variant in
            let share: Double
            if variant.name == candidate {
                share = Double(percent)
            } else if sum > 0 {
                share = Double(100 - percent) * Double(variant.weight.millionths) / sum
            } else {
                share = Double(100 - percent) / Double(others.count)
            }
            // A share below a millionth of a percent is none.
            return VariantWeight(share < 1e-6 ? 0 : share) ?? variant.weight
        }
        // Of a candidate that this split does not have, nobody could take over.
        return weights.contains { $0.millionths > 0 } ? weights : split.variants.map(\.weight)
    }
}
