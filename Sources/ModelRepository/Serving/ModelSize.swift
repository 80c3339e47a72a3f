/// How large a model is, for reports.
///
/// - Units: nodes count leaves too, of an oblivious tree as many as it would have if it were written node by node.
package struct ModelSize: Sendable, Equatable {
    /// Trees that serve.
    package var treeCount = 0
    /// Leaves of these trees.
    package var leafCount = 0
    /// Inner nodes and leaves of these trees.
    package var nodeCount = 0
    /// Bytes of the tables that evaluate and explain; what each thread needs for its rows is not among them.
    package var tableByteCount = 0

    package init() {}
}
