/// The edges that values of one variable are compared with, in the order in which they are counted.
///
/// Everything that is asked about a value is whether it is at least an edge, so that one comparison serves bins,
/// categories, missing values and values out of range alike:
///
/// - the first edge is -infinity, which every value is at least that is not missing;
/// - of bins follow the least value of the reference, the edges between bins, and the number behind its greatest value;
/// - of categories follow for each its value and the number behind it.
///
/// Values are compared in the precision of the model. An edge of a reference is a double: for floats it is rounded up,
/// which changes no comparison, because no float lies between the two.
struct VariableEdges: Sendable, Equatable {
    let values: [Double]
    private let kind: Kind

    private enum Kind: Sendable, Equatable {
        case bins(hasRange: Bool)
        case categories
    }

    /// The edges of a variable.
    ///
    /// - Parameter isWide: whether values are doubles.
    init(of variable: DriftReference.Variable, isWide: Bool) {
        func edge(_ value: Double) -> Double {
            let float = Float(value)
            return isWide ? value : Double(Double(float) < value ? float.nextUp : float)
        }
        func behind(_ value: Double) -> Double {
            let float = Float(value)
            return isWide ? value.nextUp : Double(Double(float) > value ? float : float.nextUp)
        }
        switch variable.distribution {
        case .bins(let bins):
            kind = .bins(hasRange: bins.range != nil)
            let inner = bins.edges.map(edge)
            values =
                [-.infinity] + (bins.range.map { [edge($0.lowerBound)] } ?? []) + inner
                + (bins.range.map { [behind($0.upperBound)] } ?? [])
        case .categories(let categories):
            kind = .categories
            values = [-.infinity] + categories.values.flatMap { [edge($0), behind($0)] }
        }
    }

    /// What counts of comparisons say about the values.
    ///
    /// - Parameter atLeast: rows whose value is at least each edge.
    func census(rowCount: UInt64, atLeast: [UInt64]) -> VariableCensus {
        precondition(atLeast.count == values.count, "every edge has its count")
        let present = atLeast[0]
        let missing = rowCount &- present
        switch kind {
        case .bins(let hasRange):
            let inner = Array(hasRange ? atLeast[2..<atLeast.count - 1] : atLeast[1...])
            let bounds = [present] + inner + [0]
            let bins = (0..<bounds.count - 1).map { bounds[$0] &- bounds[$0 + 1] }
            let outside = hasRange ? present &- atLeast[1] &+ atLeast[atLeast.count - 1] : 0
            return VariableCensus(classes: bins + [missing], outOfRangeCount: outside, cumulative: inner)
        case .categories:
            let counts = stride(from: 1, to: atLeast.count, by: 2).map { atLeast[$0] &- atLeast[$0 + 1] }
            let other = present &- counts.reduce(0, &+)
            return VariableCensus(classes: counts + [other, missing], outOfRangeCount: other, cumulative: [])
        }
    }
}
