/// Bounds of explanations, beyond those of the forest itself.
package enum ContributionLimits {
    /// Nodes of a forest, oblivious trees written out as nodes.
    ///
    /// Reason: tables of 2 GiB; a step of a walk names a node with 28 bits.
    package static let nodeCount = 1 << 26
    /// Contributions of one row: of each margin one for each feature, and the mean.
    ///
    /// Reason: a row of 8 MiB; wider ones explain nothing to anybody.
    package static let rowElementCount = 1 << 20
}
