@testable import TreeEnsembles

/// Shapley values by their definition: over all subsets of a tree's features, what a feature adds to the expectation of
/// the tree given the subset.
///
/// - Source: Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees",
///   algorithm 1; Shapley's weights |S|! (M − |S| − 1)! / M!.
struct ReferenceContributions {
    private let ensemble: TreeEnsemble
    private let reference: ReferenceEvaluator

    /// - Precondition: a forest with covers.
    init(_ ensemble: TreeEnsemble) {
        guard let nodes = ensemble.separatedByMargin().expandedToNodes(nodeLimit: 1 << 20) else {
            preconditionFailure("a small forest")
        }
        self.ensemble = nodes
        reference = ReferenceEvaluator(nodes)
    }

    /// The contributions of one row: of each margin one for each feature, then the mean.
    func contributions(of row: [Double]) -> [Double] {
        let width = ensemble.featureCount + 1
        var sums = [Double](repeating: 0, count: ensemble.marginCount * width)
        for tree in 0..<ensemble.treeCount {
            let first = Int(ensemble.treeMargins[tree]) * width
            sums[first + ensemble.featureCount] += expectation(ofTree: tree, row, given: [])
            for (feature, value) in shapleyValues(ofTree: tree, row) { sums[first + feature] += value }
        }
        for margin in 0..<ensemble.marginCount {
            for index in margin * width..<(margin + 1) * width { sums[index] *= scale }
            sums[margin * width + ensemble.featureCount] += ensemble.baseMargins[margin]
        }
        return sums
    }

    private var scale: Double {
        switch ensemble.summation {
        case .baseFirst: 1
        case .baseLast(let scale): scale
        case .average(let divisor): 1 / divisor
        case .least, .greatest: preconditionFailure("a minimum or maximum is not explained")
        }
    }

    private func shapleyValues(ofTree tree: Int, _ row: [Double]) -> [(feature: Int, value: Double)] {
        let nodes = Int(ensemble.treeStarts[tree])..<Int(ensemble.treeStarts[tree + 1])
        let features = Set(ensemble.features[nodes]).subtracting([-1]).map { Int($0) }.sorted()
        let expectations = (0..<1 << features.count).map { subset in
            expectation(
                ofTree: tree, row,
                given: Set(features.enumerated().filter { subset >> $0.offset & 1 == 1 }.map(\.element)))
        }
        return features.enumerated().map { position, feature in
            var value = 0.0
            for subset in expectations.indices where subset >> position & 1 == 0 {
                let weight = Self.weight(size: subset.nonzeroBitCount, of: features.count)
                value += weight * (expectations[subset | 1 << position] - expectations[subset])
            }
            return (feature, value)
        }
    }

    /// Shapley's weight of a subset S of the others of M features: 1 / (M · (M − 1 over |S|)).
    private static func weight(size: Int, of count: Int) -> Double {
        var weight = 1 / Double(count)
        for factor in 0..<size { weight *= Double(factor + 1) / Double(count - 1 - factor) }
        return weight
    }

    /// The expectation of a tree for rows that agree with this one in some features.
    private func expectation(ofTree tree: Int, _ row: [Double], given features: Set<Int>) -> Double {
        expectation(ofNode: Int(ensemble.treeStarts[tree]), row, given: features)
    }

    private func expectation(ofNode node: Int, _ row: [Double], given features: Set<Int>) -> Double {
        guard ensemble.features[node] >= 0 else { return ensemble.values[node] }
        let (left, right) = (Int(ensemble.leftChildren[node]), Int(ensemble.rightChildren[node]))
        if features.contains(Int(ensemble.features[node])) {
            let child = reference.goesLeft(atNode: node, row: row) ? left : right
            return expectation(ofNode: child, row, given: features)
        }
        let (leftCover, rightCover) = (ensemble.covers[left], ensemble.covers[right])
        let sum = leftCover + rightCover
        let leftShare = sum > 0 ? leftCover / sum : 0.5
        return leftShare * expectation(ofNode: left, row, given: features)
            + (1 - leftShare) * expectation(ofNode: right, row, given: features)
    }
}
