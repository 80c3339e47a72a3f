/// The inner nodes from a root to where a walk through its tree is, and which feature was last asked for where.
struct ContributionPath {
    /// The nearest node above that asks for a feature.
    struct Earlier {
        var level: Int
        /// Product of the shares of the path's edges of the feature.
        var share: Double
    }

    private struct Level {
        var node: Int
        var feature: Int32
        var earlier: Earlier?
        var shares: (left: Double, right: Double)
        /// Product of the shares of the path's edges of the feature, with the edge that the walk has taken.
        var takenShare = 1.0
    }

    private var levels: [Level] = []
    private var lastLevels: [Int32: Int] = [:]
    /// Inner nodes on the longest path so far.
    private(set) var greatestCount = 0
    /// The most different features on a path so far.
    private(set) var greatestFeatureCount = 0

    /// The walk goes on from the last node to one of its children.
    mutating func take(right isRight: Bool) {
        guard let last = levels.indices.last else { return }
        let shares = levels[last].shares
        levels[last].takenShare = (levels[last].earlier?.share ?? 1) * (isRight ? shares.right : shares.left)
    }

    /// Where the path has asked for a feature before.
    func earlier(of feature: Int32) -> Earlier? {
        lastLevels[feature].map { Earlier(level: $0, share: levels[$0].takenShare) }
    }

    /// The walk comes to a node.
    mutating func enter(_ node: Int, feature: Int32, shares: (left: Double, right: Double)) {
        levels.append(Level(node: node, feature: feature, earlier: earlier(of: feature), shares: shares))
        lastLevels[feature] = levels.count - 1
        greatestCount = max(greatestCount, levels.count)
        greatestFeatureCount = max(greatestFeatureCount, lastLevels.count)
    }

    /// The walk goes back from the last node, whose number is returned.
    mutating func leave() -> Int {
        let last = levels.removeLast()
        lastLevels[last.feature] = last.earlier?.level
        return last.node
    }
}
