/// Bounds on everything that a model file controls.
///
/// A file beyond one of them is refused with the bound's name.
package enum TreeEnsembleLimits {
    /// Bytes of a model file.
    ///
    /// Reason: byte offsets of every format's tables fit 32 bits; no known model is near it.
    package static let fileByteCount = 2_000_000_000
    /// Trees of a forest.
    ///
    /// Reason: a hundred times the largest boosted models seen in use.
    package static let treeCount = 1_000_000
    /// Nodes of a forest, and likewise leaves of oblivious trees.
    ///
    /// Reason: indices are 32-bit with room for sums.
    package static let nodeCount = 1 << 28
    /// Edges from a root to a leaf.
    ///
    /// Reason: chains of leaf-wise growth reach hundreds; beyond lies only malice.
    package static let depth = 4096
    /// Splits of an oblivious tree.
    ///
    /// Reason: CatBoost's own bound on `depth`.
    package static let obliviousDepth = 16
    /// Columns of a row.
    ///
    /// Reason: a row of this many float32 values is 4 MiB.
    package static let featureCount = 1 << 20
    /// The largest category that a split may name.
    ///
    /// Reason: the largest that XGBoost keeps apart in float32; a set of it takes 2 MiB.
    package static let category = (1 << 24) - 1
    /// Words of 32 categories in all sets of a forest.
    ///
    /// Reason: 64 MiB, which a small file can ask for; a thousand trees of thirty sets of ten thousand categories need
    /// less, forests in use a few thousand words.
    package static let categoryWordCount = 1 << 24
    /// Margins per row.
    ///
    /// Reason: each is a column of every batch's output.
    package static let marginCount = 1 << 12
    /// Levels of nesting in a document.
    ///
    /// Reason: every format in use nests fewer than ten.
    package static let nesting = 64
    /// Bytes of a feature name or class label.
    ///
    /// Reason: names are repeated in metadata and error texts.
    package static let nameByteCount = 1 << 16
    /// Leaf values that the operators of an ONNX graph may compute, per byte of the file.
    ///
    /// Reason: exported isolation forests compute about one for every five bytes; a graph made to cost far more than
    /// its size is refused.
    package static let onnxLeafValuesPerByte = 4
}
