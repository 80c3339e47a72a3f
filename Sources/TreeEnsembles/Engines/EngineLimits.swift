/// Bounds of the engines, beyond those of the forest itself.
enum EngineLimits {
    /// Nodes that a walk can number.
    ///
    /// Reason: places are 32-bit and a node takes two.
    static let walkedNodeCount = TreeEnsembleLimits.nodeCount
    /// Edges from the root to a leaf of a tree over condition planes.
    ///
    /// Reason: a leaf's number is a byte, and the network of selects doubles with each level.
    static let planeTreeDepth = 8
    /// Condition planes of a forest.
    ///
    /// Reason: planes of a block (64 bytes each) beyond a share of the last-level cache cost more than walking trees.
    static let conditionCount = 1 << 16
    /// Leaves and plane offsets of all trees after padding.
    ///
    /// Reason: tables of at most 256 MiB; larger forests are walked.
    static let paddedLeafCount = 1 << 24
}
