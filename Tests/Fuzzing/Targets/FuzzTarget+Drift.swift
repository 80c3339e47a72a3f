import ModelMonitoring

extension FuzzTarget {
    /// A reference that is read adds up, and says the same once it is written and read again.
    static let driftReference = FuzzTarget(name: "drift-reference") { input in
        guard let reference = try? DriftReference.read(input.span) else { return }
        for variable in reference.features + reference.outputs {
            precondition(variable.classCounts.reduce(0, &+) == reference.rowCount, "every row is in one class")
        }
        let again = try? DriftReference.read(Array(reference.text.utf8).span)
        precondition(again == reference, "what is written is read as it was")
    }

    /// A sample that is read has whole rows, whatever its form.
    static let driftSample = FuzzTarget(name: "drift-sample") { input in
        for table in [try? SampleTable.read(csv: input.span), try? SampleTable.read(npy: input.span)] {
            guard let table else { continue }
            precondition(table.rowCount > 0 && table.values.count == table.rowCount * table.columnCount, "whole rows")
            precondition(table.columnNames.isEmpty || table.columnNames.count == table.columnCount, "names of all")
            let described = DriftReferenceBuilder.bins(of: table.column(0), name: "x")
            precondition(described.classCounts.reduce(0, &+) == UInt64(table.rowCount), "every row is in one class")
        }
    }
}
