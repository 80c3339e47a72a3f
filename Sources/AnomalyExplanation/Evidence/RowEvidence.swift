package import ModelMonitoring

/// Which features made a row anomalous, the strongest first.
///
/// By what they add to the margin, where the model says so (TreeSHAP); else by how far they are from what training has
/// seen.
package struct RowEvidence: Equatable, Sendable {
    /// How features were ordered.
    package enum Method: String, Sendable {
        /// By their contributions to the margin.
        case contributions = "treeshap"
        /// By how unusual they are.
        case rarity
        /// Not at all: nothing is known.
        case none
    }

    /// All features that say something, at most ``ExplanationLimits/shownFeatures``.
    package private(set) var features: [FeatureEvidence]
    package private(set) var method: Method

    /// The evidence of nothing.
    package init() {
        features = []
        method = .none
    }

    /// Weighs the features of a row.
    ///
    /// - Shape: `row` and `contributions` have one element for each name.
    /// - Parameter contributions: towards the anomaly; nil where there are none.
    /// - Parameter reference: of the features, in their order; nil where there is none.
    package init(row: [Double], names: [String], contributions: [Double]?, reference: DriftReference?) {
        let count = min(row.count, names.count)
        let raising = contributions.map { $0.reduce(0) { $0 + max($1, 0) } } ?? 0
        var all: [FeatureEvidence] = (0..<count).map { index in
            let value = row[index]
            let variable = reference.flatMap { $0.features.indices.contains(index) ? $0.features[index] : nil }
            let contribution = contributions.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            return FeatureEvidence(
                name: names[index], value: value.isNaN ? nil : value, contribution: contribution,
                share: raising > 0 ? max(contribution ?? 0, 0) / raising : 0,
                place: variable.flatMap { ReferencePlace(of: value, in: $0) })
        }
        if raising > 0 {
            method = .contributions
            all = Self.sorted(all.filter { $0.contribution != 0 }) { abs($0.contribution ?? 0) }
        } else if all.contains(where: { $0.place?.isUnusual == true }) {
            method = .rarity
            all = Self.sorted(all.filter { $0.place?.isUnusual == true }, by: Self.rarity)
        } else {
            method = .none
            all = []
        }
        features = Array(all.prefix(ExplanationLimits.shownFeatures))
    }

    /// What was weighed before, as it was stored.
    package init(features: [FeatureEvidence], method: Method) {
        self.features = Array(features.prefix(ExplanationLimits.shownFeatures))
        self.method = method
    }

    private static func sorted(
        _ features: [FeatureEvidence], by weight: (FeatureEvidence) -> Double
    ) -> [FeatureEvidence] {
        features.map { (feature: $0, weight: weight($0)) }
            .sorted { ($0.weight, $1.feature.name) > ($1.weight, $0.feature.name) }.map(\.feature)
    }

    /// How far outside of what is usual, in widths of the usual range.
    private static func rarity(of feature: FeatureEvidence) -> Double {
        guard let place = feature.place, let value = feature.value else { return 0 }
        let width = max(place.high - place.low, abs(place.median) * 1e-3, 1e-12)
        return abs(value - place.median) / width
    }

    /// The features that stand for the row: those that raise the margin by at least half of what the strongest does, or
    /// the rarest.
    ///
    /// - Parameter limit: how many at most.
    package func leading(_ limit: Int) -> [FeatureEvidence] {
        let raising = method == .contributions ? features.filter { $0.share > 0 } : features
        guard let first = raising.first else { return [] }
        let chosen = method == .contributions ? raising.filter { $0.share >= first.share / 2 } : raising
        return Array(chosen.prefix(limit))
    }
}
