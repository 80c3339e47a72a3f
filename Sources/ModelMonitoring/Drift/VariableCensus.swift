/// How some rows are distributed over the classes of a variable.
struct VariableCensus: Sendable, Equatable {
    /// In the order of `DriftReference.Variable.classCounts`, the missing values last.
    var classes: [UInt64]
    /// Values outside of the reference's range, or in none of its categories.
    var outOfRangeCount: UInt64
    /// Rows at least each edge between bins; empty for categories.
    var cumulative: [UInt64]

    var rowCount: UInt64 { classes.reduce(0, &+) }
    var missingCount: UInt64 { classes[classes.count - 1] }
}
