/// Counts the rows of one model on one thread.
///
/// Counting writes nothing that another thread reads; `leave` hands over what was counted.
///
/// - Isolation: one thread at a time: the loop that made it, or whoever the ledger has lent it to.
/// - Complexity: counting compares each value with each edge of its column, sixteen columns at a time; no allocation.
package final class DriftTally: @unchecked Sendable {
    package let plan: DriftPlan
    /// The plan's outputs, without what only reports need.
    package let places: [OutputPlace]
    private let features: BinCounter
    private let featureCount: Int
    private let featureGroups: [BinLayout.Group]
    private let outputs: [BinCounter]
    private let outputGroups: [BinLayout.Group]
    private var rowCount: UInt64 = 0
    private var outputRowCounts: [UInt64]
    private var sampler: RowSampler
    /// Rows of the present batch that count.
    private var chosen = RowSampler.Choice(count: 0)
    /// Integers on their way to the kernel.
    private var numbers: NumberScratch
    private let box: DriftBox
    private var hasCounts = false

    /// Where a watched output stands.
    package struct OutputPlace: Sendable, BitwiseCopyable {
        /// The output's place among those of the model.
        package let index: Int
        let element: Int
        package let precision: DriftPlan.OutputPrecision
    }

    init(_ plan: DriftPlan, box: DriftBox, seed: UInt64) {
        self.plan = plan
        self.box = box
        places = plan.outputs.map { OutputPlace(index: $0.index, element: $0.element, precision: $0.precision) }
        featureCount = plan.layout.columns.count
        featureGroups = plan.layout.groups
        features = BinCounter(plan.layout.makeEdges(), isWide: plan.isWide, plan.instructions)
        outputs = plan.outputs.map { output in
            BinCounter(output.layout.makeEdges(), isWide: output.precision != .float32, plan.instructions)
        }
        outputGroups = plan.outputs.map { $0.layout.groups[0] }
        outputRowCounts = Array(repeating: 0, count: outputs.count)
        sampler = RowSampler(fraction: plan.settings.sampleFraction, seed: seed)
        numbers = NumberScratch()
    }

    /// Says how many rows are counted next, and chooses among them.
    ///
    /// - Returns: whether any of them count.
    package func begin(rowCount: Int) -> Bool {
        chosen = sampler.choose(among: rowCount)
        return chosen.count > 0
    }

    /// Counts the features of the rows.
    ///
    /// - Shape: rows × features, row-major.
    /// - Precondition: the model's features are float32; the values lie in an `AlignedArray`, whose end may be read
    ///   over.
    package func count(features rows: Span<Float>) {
        noteRows()
        forEachBlock { first, count in
            for group in featureGroups {
                features.count(
                    rows, from: first * featureCount + group.firstColumn, stride: chosen.distance * featureCount,
                    rowCount: count, of: group)
            }
        }
    }

    /// Counts the features of the rows where they are float64.
    ///
    /// - Shape: as above.
    /// - Precondition: as above, for float64.
    package func count(features rows: Span<Double>) {
        noteRows()
        forEachBlock { first, count in
            for group in featureGroups {
                features.count(
                    rows, from: first * featureCount + group.firstColumn, stride: chosen.distance * featureCount,
                    rowCount: count, of: group)
            }
        }
    }

    /// Rows that are counted at once.
    ///
    /// Each pass over them compares with a few edges; of so many rows the values of
    /// thirty-seven floats stay in the nearest cache from one pass to the next: 12.7 instead of 20.1 ns for a row of
    /// 1,024 with AVX2.
    private static let rowsPerBlock = 128

    /// Calls a function with the first row and the number of rows of each block of those that count.
    private func forEachBlock(_ body: (_ first: Int, _ count: Int) -> Void) {
        var counted = 0
        while counted < chosen.count {
            let count = min(Self.rowsPerBlock, chosen.count - counted)
            body(chosen.first + counted * chosen.distance, count)
            counted += count
        }
    }

    /// Counts a watched output of the rows.
    ///
    /// - Shape: rows × elements, row-major.
    /// - Parameter index: among the plan's outputs.
    /// - Precondition: the output is float32; the values lie in an `AlignedArray`.
    package func count(output index: Int, _ values: Span<Float>, elementsPerRow: Int) {
        noteRows(ofOutput: index)
        outputs[index].count(
            values, from: chosen.first * elementsPerRow + places[index].element,
            stride: chosen.distance * elementsPerRow, rowCount: chosen.count, of: outputGroups[index])
    }

    /// Counts a watched output of float64.
    ///
    /// - Shape: as above.
    /// - Precondition: as above, for float64.
    package func count(output index: Int, _ values: Span<Double>, elementsPerRow: Int) {
        noteRows(ofOutput: index)
        outputs[index].count(
            values, from: chosen.first * elementsPerRow + places[index].element,
            stride: chosen.distance * elementsPerRow, rowCount: chosen.count, of: outputGroups[index])
    }

    /// Counts a watched output of integers.
    ///
    /// - Shape: as above.
    package func count<Integer: FixedWidthInteger & BitwiseCopyable>(
        output index: Int, integers values: Span<Integer>, elementsPerRow: Int
    ) {
        noteRows(ofOutput: index)
        let element = places[index].element
        let (first, distance) = (chosen.first, chosen.distance)
        numbers.forEachBlock(of: chosen.count) { row in
            Double(values[(first + row * distance) * elementsPerRow + element])
        } counted: { numbers, count in
            outputs[index].count(numbers, from: 0, stride: 1, rowCount: count, of: outputGroups[index])
        }
    }

    /// Hands over what was counted.
    ///
    /// - Complexity: linear in the cells; takes the box's lock; no allocation.
    package func leave() {
        guard hasCounts else { return }
        hasCounts = false
        box.leave { counts in
            counts.rowCount &+= rowCount
            features.move(to: &counts.cells)
            for index in outputs.indices {
                counts.outputs[index].rowCount &+= outputRowCounts[index]
                outputs[index].move(to: &counts.outputs[index].cells)
                outputRowCounts[index] = 0
            }
        }
        rowCount = 0
    }

    private func noteRows() {
        rowCount &+= UInt64(chosen.count)
        noteCounts()
    }

    private func noteRows(ofOutput index: Int) {
        outputRowCounts[index] &+= UInt64(chosen.count)
        noteCounts()
    }

    private func noteCounts() {
        if hasCounts { return }
        hasCounts = true
        box.note()
    }
}
