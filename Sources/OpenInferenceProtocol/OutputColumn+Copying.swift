import LinuxSystem

/// Outputs that become part of a larger one.
extension OutputColumn {
    /// Copies all rows of a column into rows of this one.
    ///
    /// - Parameter first: the row that the other column's first one becomes.
    /// - Precondition: both are of one kind; this one has the rows, and nobody else writes them.
    package func setRows(from first: Int, of other: OutputColumn) {
        precondition(
            metadata.datatype == other.metadata.datatype && elementsPerRow == other.elementsPerRow,
            "columns are of one kind")
        let rows = first..<first + other.rowCount
        let count = other.rowCount * elementsPerRow
        switch metadata.datatype {
        case .float32:
            withFloats(rows: rows) { target in
                other.floats.withSpan { for index in 0..<count { target[index] = $0[index] } }
            }
        case .float64:
            withDoubles(rows: rows) { target in
                other.doubles.withSpan { for index in 0..<count { target[index] = $0[index] } }
            }
        case .int32:
            withInt32s(rows: rows) { target in
                other.ints.withSpan { for index in 0..<count { target[index] = $0[index] } }
            }
        default:
            withInt64s(rows: rows) { target in
                other.longs.withSpan { for index in 0..<count { target[index] = $0[index] } }
            }
        }
    }
}
