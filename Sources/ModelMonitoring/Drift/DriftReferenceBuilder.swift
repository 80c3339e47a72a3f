/// Makes a variable's reference from the values of a sample.
///
/// Edges are quantiles of the values that are there: edge `i` of `b` bins is the value at place ⌊i × n / b⌋ of the `n`
/// sorted values, each edge once, none that is the least value. Where no more than `b` different values occur, each of
/// them has a bin of its own.
///
/// - Complexity: sorts the values.
package enum DriftReferenceBuilder {
    /// Bins unless somebody asks for another number.
    package static let usualBinCount = 10

    /// Describes a number's distribution.
    ///
    /// - Parameter values: of all rows; NaN is a missing one. Infinities count, in the first and the last bin.
    package static func bins(
        of values: [Double], name: String, element: Int = 0, binCount: Int = usualBinCount
    ) -> DriftReference.Variable {
        precondition((2...DriftLimits.edgeCount + 1).contains(binCount), "a number of bins has its limits")
        let sorted = values.filter { !$0.isNaN }.sorted()
        let edges = edges(of: sorted, binCount: binCount)
        var counts = [UInt64](repeating: 0, count: edges.count + 1)
        var bin = 0
        for value in sorted {
            while bin < edges.count, value >= edges[bin] { bin += 1 }
            counts[bin] += 1
        }
        let finite = sorted.filter(\.isFinite)
        let range = finite.isEmpty ? nil : finite[0]...finite[finite.count - 1]
        return DriftReference.Variable(
            name: name, element: element, missingCount: UInt64(values.count - sorted.count),
            distribution: .bins(DriftReference.Bins(range: range, edges: edges, counts: counts)))
    }

    private static func edges(of sorted: [Double], binCount: Int) -> [Double] {
        guard let least = sorted.first else { return [] }
        var distinct: [Double] = []
        for value in sorted where value != distinct.last {
            distinct.append(value)
            if distinct.count > binCount { break }
        }
        let candidates =
            distinct.count <= binCount ? distinct : (1..<binCount).map { sorted[$0 * sorted.count / binCount] }
        var edges: [Double] = []
        for edge in candidates where edge > least && edge.isFinite && edge != edges.last { edges.append(edge) }
        return edges
    }

    /// Describes the distribution of a number that stands for a category.
    ///
    /// - Parameter values: of all rows; NaN is a missing one.
    /// - Returns: nil if more values occur than categories may be.
    package static func categories(of values: [Double], name: String, element: Int = 0) -> DriftReference.Variable? {
        let sorted = values.filter { !$0.isNaN }.sorted()
        var categories = DriftReference.Categories(values: [], counts: [], otherCount: 0)
        for value in sorted {
            guard value.isFinite else {
                categories.otherCount += 1
                continue
            }
            if value == categories.values.last {
                categories.counts[categories.counts.count - 1] += 1
            } else {
                guard categories.values.count < DriftLimits.categoryCount else { return nil }
                categories.values.append(value)
                categories.counts.append(1)
            }
        }
        return DriftReference.Variable(
            name: name, element: element, missingCount: UInt64(values.count - sorted.count),
            distribution: .categories(categories))
    }
}
