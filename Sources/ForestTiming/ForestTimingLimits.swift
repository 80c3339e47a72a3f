/// Bounds on what a measurement may be asked for.
package enum ForestTimingLimits {
    /// Values of all rows that are evaluated.
    ///
    /// Reason: half a gibibyte of float64; rows of many features come in smaller batches.
    package static let valueCount = 1 << 26
}
