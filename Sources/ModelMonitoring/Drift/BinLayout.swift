import CVectorPrimitives

/// Where the edges of a model's features and their counts lie, sixteen columns side by side.
///
/// - Layout: a group of sixteen columns has as many edges as the column that has most, rounded up to four; a cell is an
///   edge of a column, cells of an edge are adjacent, edges of a group follow each other, then comes the next group.
struct BinLayout: Sendable {
    /// Sixteen adjacent columns, the last group perhaps fewer.
    struct Group: Sendable {
        var firstColumn: Int
        var columnCount: Int
        var firstCell: Int
        var edgeCount: Int
    }

    let columns: [VariableEdges]
    let groups: [Group]
    let cellCount: Int
    static let laneCount = Int(rowan_bin_lane_count)

    init(_ features: [DriftReference.Variable], isWide: Bool) {
        columns = features.map { VariableEdges(of: $0, isWide: isWide) }
        var groups: [Group] = []
        var cell = 0
        for first in stride(from: 0, to: columns.count, by: Self.laneCount) {
            let members = columns[first..<min(first + Self.laneCount, columns.count)]
            let step = Int(rowan_bin_edge_step)
            let edgeCount = (members.map(\.values.count).reduce(0, max) + step - 1) / step * step
            groups.append(
                Group(firstColumn: first, columnCount: members.count, firstCell: cell, edgeCount: edgeCount))
            cell += edgeCount * Self.laneCount
        }
        self.groups = groups
        cellCount = cell
    }

    /// The edges as they lie; NaN, which no value is at least, where a column has none.
    func makeEdges() -> [Double] {
        var edges = [Double](repeating: .nan, count: cellCount)
        for (column, variable) in columns.enumerated() {
            for (edge, value) in variable.values.enumerated() { edges[cell(edge, ofColumn: column)] = value }
        }
        return edges
    }

    /// The cell of an edge of a column.
    func cell(_ edge: Int, ofColumn column: Int) -> Int {
        groups[column / Self.laneCount].firstCell + edge * Self.laneCount + column % Self.laneCount
    }
}
