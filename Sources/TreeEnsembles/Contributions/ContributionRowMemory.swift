import CVectorPrimitives
import LinuxSystem

/// The memory of a single row's walk through one forest.
///
/// - Isolation: one thread at a time.
@safe
final class ContributionRowMemory {
    /// What it was made for; kept, because the row below holds addresses of its tables.
    let rows: ContributionRows
    /// The Shapley values of the row in work, by target.
    let sums: AlignedArray<Double>
    private let columnValues: AlignedArray<UInt8>
    private let products: AlignedArray<UInt8>
    private let factors: AlignedArray<UInt8>
    private let gains: AlignedArray<UInt8>
    private let follows: AlignedArray<UInt8>
    private let contributions: AlignedArray<UInt8>
    private let runSums: AlignedArray<UInt8>
    private let kernel: KernelTable.ShapleyKernel
    /// Everything that the kernel needs, but for the row's values.
    private var row: rowan_shapley_row

    init(for rows: ContributionRows) {
        self.rows = rows
        let tables = rows.forest.columnCount
        let isFloat = rows.lanes == .float32
        let size = isFloat ? MemoryLayout<Float>.stride : MemoryLayout<Double>.stride
        let stride = rows.slotStride
        kernel = rows.forest.kernel(rows.lanes)
        sums = AlignedArray(count: rows.forest.targets.count, repeating: 0)
        columnValues = AlignedArray(count: tables * size, repeating: 0)
        products = AlignedArray(count: rows.forest.tables.walkPointCount * stride * size, repeating: 0)
        factors = AlignedArray(count: rows.forest.tables.walkPointCount * stride * size, repeating: 0)
        gains = AlignedArray(count: stride * size, repeating: 0)
        // Two vectors for each vector of slots, and one before them.
        follows = AlignedArray(count: 2 * stride * size, repeating: 0)
        contributions = AlignedArray(count: rows.contributionCount * size, repeating: 0)
        runSums = AlignedArray(count: rows.forest.targets.count * size, repeating: 0)
        let forest = rows.forest
        // The tables stay as long as this object.
        let numbers =
            unsafe isFloat
            ? UnsafeRawPointer(rows.floatNumbers.unsafeAddress) : UnsafeRawPointer(rows.numbers.unsafeAddress)
        let points =
            unsafe isFloat
            ? UnsafeRawPointer(forest.tables.floatPoints.unsafeAddress)
            : UnsafeRawPointer(forest.tables.points.unsafeAddress)
        // The arrays are this object's, the tables the forest's, which it keeps. The row is set before each call;
        // nothing is read from this address.
        unsafe row = rowan_shapley_row(
            row: UnsafeRawPointer(sums.unsafeAddress).assumingMemoryBound(to: Float.self),
            column_features: forest.tables.columnFeatures.unsafeAddress, kept_end: forest.tables.keptEnd,
            missing_high_end: forest.tables.missingHighEnd, column_count: forest.columnCount,
            column_values: columnValues.unsafeAddress, groups: rows.groups.unsafeAddress,
            group_count: rows.groups.count, lanes: rows.vectors.unsafeAddress, numbers: numbers,
            indices: rows.indices.unsafeAddress, moves: rows.moves.unsafeAddress, points: points, slot_stride: stride,
            products: products.unsafeAddress, factors: factors.unsafeAddress, gains: gains.unsafeAddress,
            follows: follows.unsafeAddress, contributions: contributions.unsafeAddress, slot_count: rows.slotCount,
            terms: rows.terms.unsafeAddress, trees: rows.trees.unsafeAddress, run_ends: rows.runEnds.unsafeAddress,
            run_count: rows.runEnds.count, run_sums: runSums.unsafeAddress, sums: sums.unsafeAddress,
            sum_count: forest.targets.count)
    }

    /// Walks a row through the forest.
    ///
    /// - Precondition: the row stays where it is until the call returns.
    func run(_ address: UnsafePointer<Float>?) {
        // Without a row's values nothing is read from the address.
        if let address = unsafe address { unsafe row.row = address }
        unsafe kernel.computeRow(row)
    }
}
