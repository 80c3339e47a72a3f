/// Rows of a training sample: what a reference is made from.
///
/// - Shape: `values` is rows × columns, row-major.
package struct SampleTable: Sendable, Equatable {
    /// Names of the columns; empty where the file has none.
    package var columnNames: [String]
    package var columnCount: Int
    package var values: [Double]

    package var rowCount: Int { columnCount == 0 ? 0 : values.count / columnCount }

    /// Names a table.
    ///
    /// - Precondition: the values fill whole rows.
    package init(columnNames: [String], columnCount: Int, values: [Double]) {
        precondition(columnCount > 0 && values.count.isMultiple(of: columnCount), "values fill whole rows")
        precondition(columnNames.isEmpty || columnNames.count == columnCount, "every column has a name, or none has")
        self.columnNames = columnNames
        self.columnCount = columnCount
        self.values = values
    }

    /// One column of all rows.
    package func column(_ index: Int) -> [Double] {
        stride(from: index, to: values.count, by: columnCount).map { values[$0] }
    }
}

/// What is wrong with a sample's file.
package struct SampleFault: Error, Equatable, Sendable {
    /// Line of a text, counted from 1; nil for a binary file or for the file as a whole.
    package var line: Int?
    /// One clause.
    package var sentence: String

    init(line: Int? = nil, _ sentence: String) {
        self.line = line
        self.sentence = sentence
    }
}
