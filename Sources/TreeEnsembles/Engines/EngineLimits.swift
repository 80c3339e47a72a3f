/// Bounds of the engines, beyond those of the forest itself.
enum EngineLimits {
    /// Edges from the root to a leaf of a padded or oblivious tree over condition planes.
    ///
    /// Reason: a leaf's number is a byte, and the network of selects doubles with each level.
    static let planeTreeDepth = 8
    /// Leaves of a tree of any shape over condition planes.
    ///
    /// Reason: a leaf's number is a byte.
    static let planeLeafCount = 256
    /// Condition planes of a forest.
    ///
    /// Reason: planes of a block (64 bytes each) beyond a share of the last-level cache cost more than walking trees.
    static let conditionCount = 1 << 15
    /// Answers of one row: conditions, each column's filled up to whole vectors, and one that is always no.
    ///
    /// Reason: places of answers are 16-bit, which keeps the tables of trees in the first-level cache.
    static let answerCount = 1 << 16
    /// Leaves of all trees after padding.
    ///
    /// Reason: tables of at most 96 MiB, nodes of free trees among them; planes gain nothing where the
    /// tables alone leave the caches.
    static let paddedLeafCount = 1 << 22
    /// Features that a forest evaluated by ranks compares.
    ///
    /// Reason: one row's ranks are four vectors of sixteen bytes, or of sixteen pairs.
    static let rankedFeatureCount = 64
    /// Different thresholds of one feature of a forest evaluated by ranks of one byte.
    ///
    /// Reason: 255 is the number of a threshold that nothing reaches.
    static let rankedThresholdCount = 255
    /// The same of a forest laid out in blocks, by ranks of two bytes.
    ///
    /// Reason: 65,535 is the number of a threshold that nothing reaches, and the rank of a missing value.
    static let rankedWideThresholdCount = 65_534
    /// Blocks of four levels of a forest evaluated by ranks.
    ///
    /// Reason: blocks of at most 16 MiB, beside leaves that `paddedLeafCount` bounds; a row that leaves the caches
    /// gains little.
    static let rankedBlockCount = 1 << 18
    /// Leaves of a tree that stands in a lane.
    ///
    /// Reason: a leaf's number is a byte with a sign, and of more leaves blocks are cheaper.
    static let rankedLeafCount = 128
    /// Features times words of 64 questions of a forest evaluated by ranks of one byte.
    ///
    /// Reason: what missing values answer takes eight bytes for each: at most 8 MiB.
    static let rankedMissingWordCount = 1 << 20
    /// Edges from the root to a leaf of a padded tree evaluated by ranks; oblivious ones may have `planeTreeDepth`.
    ///
    /// Reason: a tree's questions are 63 bits of one word.
    static let rankedTreeDepth = 6
    /// Bytes of the columns of rows that are walked down one tree after the other.
    ///
    /// Reason: they stay in the second cache beside the touched nodes of a tree, which are read once for all of them.
    static let walkedBlockByteCount = 1 << 16
    /// Nanoseconds for which an engine measures its ways of evaluating.
    ///
    /// Reason: some hundred repetitions for small forests, and nobody waits for it.
    static let calibrationNanoseconds: Int64 = 1_500_000
}
