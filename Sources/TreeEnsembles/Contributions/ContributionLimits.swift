/// Bounds of explanations, beyond those of the forest itself.
package enum ContributionLimits {
    /// Nodes of a forest, oblivious trees written out as nodes.
    ///
    /// Reason: tables of 2 GiB; a step of a walk names an inner node with 26 bits.
    package static let nodeCount = 1 << 26
    /// Splits of an oblivious tree whose contributions are computed leaf by leaf when the model is loaded.
    ///
    /// Reason: the work grows fourfold with each; deeper trees are walked as others are.
    package static let obliviousDepth = 8
    /// Values of all such trees: leaves × splits.
    ///
    /// Reason: 32 MiB; larger tables leave the caches, and walks are as fast.
    package static let obliviousValueCount = 1 << 22
    /// What the nodes of a forest add in all walks, for which a single row has memory of its own.
    ///
    /// Reason: 4 MiB for each thread; single rows of larger forests are explained as blocks are.
    package static let rowContributionCount = 1 << 19
    /// Contributions of one row: of each margin one for each feature, and the mean.
    ///
    /// Reason: a row of 8 MiB; wider ones explain nothing to anybody.
    package static let rowElementCount = 1 << 20
}
