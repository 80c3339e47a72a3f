/// The bounds of what is counted, each with its reason.
enum MetricsLimits {
    /// Rows up to which every size of a batch has figures of its own, found without a search.
    ///
    /// Those above sixteen are made sixteen sizes at a time, when one of these occurs: 512 bytes for a version and
    /// loop.
    static let smallBatchRowCount = 512
    /// Larger sizes that have figures of their own on one loop, the first that occur.
    ///
    /// Clients send batches of a few sizes. What comes beyond is counted under the next power of two.
    static let largeBatchSizes = 24
    /// The least and the largest powers of two under which further sizes are counted; still larger batches go with the
    /// largest.
    static let mergedBatchExponents = 10...24
}
