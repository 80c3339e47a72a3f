/// What was counted of some rows: for every feature and watched output, how many values are at least each edge.
///
/// - Isolation: a value.
package struct DriftCounts: Sendable, Equatable {
    /// Rows whose features were counted.
    package internal(set) var rowCount: UInt64 = 0
    /// As `BinLayout` places them.
    var cells: [UInt64]
    /// The same of each watched output, which only rows have whose request asked for it.
    var outputs: [OutputCounts]

    struct OutputCounts: Sendable, Equatable {
        var rowCount: UInt64 = 0
        /// As the output's layout places them.
        var cells: [UInt64]
    }

    /// Counts of no rows.
    package init(for plan: DriftPlan) {
        cells = Array(repeating: 0, count: plan.layout.cellCount)
        outputs = plan.outputs.map { OutputCounts(cells: Array(repeating: 0, count: $0.layout.cellCount)) }
    }

    package var isEmpty: Bool { rowCount == 0 && outputs.allSatisfy { $0.rowCount == 0 } }

    mutating func add(_ other: DriftCounts) {
        rowCount &+= other.rowCount
        for cell in cells.indices { cells[cell] &+= other.cells[cell] }
        for index in outputs.indices {
            outputs[index].rowCount &+= other.outputs[index].rowCount
            for cell in outputs[index].cells.indices {
                outputs[index].cells[cell] &+= other.outputs[index].cells[cell]
            }
        }
    }

    /// - Precondition: the other's rows are among these.
    mutating func subtract(_ other: DriftCounts) {
        precondition(other.rowCount <= rowCount, "only rows are taken away that were counted")
        rowCount -= other.rowCount
        for cell in cells.indices { cells[cell] &-= other.cells[cell] }
        for index in outputs.indices {
            outputs[index].rowCount &-= other.outputs[index].rowCount
            for cell in outputs[index].cells.indices {
                outputs[index].cells[cell] &-= other.outputs[index].cells[cell]
            }
        }
    }

    mutating func removeAll() {
        rowCount = 0
        for cell in cells.indices { cells[cell] = 0 }
        for index in outputs.indices {
            outputs[index].rowCount = 0
            for cell in outputs[index].cells.indices { outputs[index].cells[cell] = 0 }
        }
    }

    /// The distribution of a feature's values.
    func census(ofFeature column: Int, _ plan: DriftPlan) -> VariableCensus {
        Self.census(of: column, rowCount, cells, plan.layout)
    }

    /// The distribution of a watched output's values.
    func census(ofOutput index: Int, _ plan: DriftPlan) -> VariableCensus {
        Self.census(of: 0, outputs[index].rowCount, outputs[index].cells, plan.outputs[index].layout)
    }

    private static func census(
        of column: Int, _ rowCount: UInt64, _ cells: [UInt64], _ layout: BinLayout
    ) -> VariableCensus {
        let edges = layout.columns[column]
        return edges.census(
            rowCount: rowCount, atLeast: edges.values.indices.map { cells[layout.cell($0, ofColumn: column)] })
    }
}
