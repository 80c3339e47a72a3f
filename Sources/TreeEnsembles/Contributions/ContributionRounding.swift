import CVectorPrimitives
import LinuxSystem

/// How far the contributions that float32 lanes compute are from those of float64 lanes, measured when a model is
/// loaded.
///
/// An error bound that holds for every forest would be too wide to be of use: each tree adds a few roundings of its
/// largest leaf, and a row's contributions may cancel. So a forest explains a few rows of its own thresholds both ways,
/// and four times the largest difference bounds the error of a contribution. A row is explained as doubles again if its
/// largest value, the mean among them, is too small beside that bound; every row keeps to `tolerance` of its largest
/// value, a fifth of what is promised.
struct ContributionRounding: Sendable {
    /// The greatest error, as a share of the largest contribution of the row and margin.
    static let tolerance = 2e-6
    /// How much larger than the largest difference found the error may be.
    private static let margin = 4.0
    /// Share of the largest contribution found below which an error is not expected: half a unit in the last place.
    private static let leastShare = 0x1p-25
    /// Rows that are explained both ways.
    private static let rowCount = 32
    /// Rows of these whose contributions must be large enough; else too many would be explained twice.
    private static let acceptedCount = 29

    /// The greatest error of a contribution to each margin.
    let bounds: [Double]

    /// Measures a forest; nil if float32 serves too few of its rows.
    ///
    /// - Parameter scale: what the sums of trees are multiplied with.
    /// - Parameter means: what the contributions of a margin add to.
    init?(of forest: ContributionForest, scale: Double, means: [Double]) {
        let rows = Self.rows(of: forest)
        let memory = ContributionMemory(for: forest)
        let exact = Self.sums(of: forest, rows, .float64, memory)
        let rounded = Self.sums(of: forest, rows, .float32, memory)
        var differences = means.map { _ in 0.0 }
        var largest = Array(repeating: means.map { abs($0) }, count: Self.rowCount)
        for row in 0..<Self.rowCount {
            for (index, target) in forest.targets.enumerated() {
                let value = exact[row * forest.targets.count + index] * scale
                let difference = abs(rounded[row * forest.targets.count + index] * scale - value)
                // Not a number or infinite where float32 has no such numbers.
                guard difference.isFinite else { return nil }
                differences[target.margin] = max(differences[target.margin], difference)
                largest[row][target.margin] = max(largest[row][target.margin], abs(value))
            }
        }
        let found = means.indices.map { margin in largest.map { $0[margin] }.max() ?? 0 }
        bounds = zip(differences, found).map { max($0 * Self.margin, $1 * Self.leastShare) }
        let accepted = largest.count { row in
            row.enumerated().allSatisfy { isSmall(beside: $0.element, ofMargin: $0.offset) }
        }
        guard accepted >= Self.acceptedCount else { return nil }
    }

    /// Whether the error is small beside the largest contribution of a row to a margin.
    func isSmall(beside largest: Double, ofMargin margin: Int) -> Bool {
        bounds[margin] <= Self.tolerance * largest
    }

    /// Rows whose values stand at thresholds of the forest, or just below.
    private static func rows(of forest: ContributionForest) -> [Float] {
        var thresholds: [[Float]] = Array(repeating: [0], count: forest.featureCount)
        for index in 0..<forest.tables.nodes.count {
            let node = forest.tables.nodes[index]
            thresholds[Int(forest.tables.columnFeatures[Int(node.column)])].append(Float(node.threshold))
        }
        // A linear congruential generator (Knuth, MMIX), of whose states the upper bits are used.
        var state: UInt64 = 37
        return (0..<rowCount).flatMap { _ in
            thresholds.map { values in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let number = Int(state >> 33)
                let value = values[number / 2 % values.count]
                return number % 2 == 0 ? value : value.nextDown
            }
        }
    }

    /// The sums of rows.
    ///
    /// - Shape: rows × targets.
    private static func sums(
        of forest: ContributionForest, _ rows: [Float], _ lanes: ContributionLanes, _ memory: ContributionMemory
    ) -> [Double] {
        let (width, targetCount) = (forest.featureCount, forest.targets.count)
        var all: [Double] = []
        var first = 0
        while first < rowCount {
            let count = min(forest.blockRowCount(lanes), rowCount - first)
            let stride = forest.addUp(rows.span.extracting((first * width)...), rowCount: count, lanes, memory)
            for row in 0..<count {
                all += (0..<targetCount).map { memory.sums[$0 * stride + row] }
            }
            first += count
        }
        return all
    }
}
