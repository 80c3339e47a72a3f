package import LinuxSystem
package import ModelRepository
package import OpenInferenceProtocol

/// The rows that wait for one model version on one loop, and who waits for them.
///
/// A request decodes its rows into `matrix` behind the rows that are there, then joins. Nothing else happens until the
/// batch runs: one evaluation for all rows, then every member takes its part of the outputs.
///
/// - Isolation: the loop's thread.
/// - Complexity: joining and running allocate nothing once the buffers have grown to the load.
package final class ModelBatch {
    package let model: ServedModel
    /// Where requests put their rows; what has not joined does not count.
    package var matrix: FeatureMatrix
    package private(set) var workspace: any InferenceWorkspace

    private struct Entry {
        let member: any BatchMember
        let rows: Range<Int>
    }

    private var waiting: [Entry] = []
    private var running: [Entry] = []
    private var wantedOutputs: UInt64 = 0
    /// Rows whose values and outputs are as many elements as are kept.
    private let keptRowCount: Int
    /// Rows of one batch, as the model's configuration counts them.
    private let batchRowCountLimit: Int
    /// What those who wait come to in such batches, and rows of the last of these.
    private var batchCount = 0
    private var lastBatchRowCount = 0

    /// Makes an empty batch.
    package init(of model: ServedModel) {
        self.model = model
        let elementsPerRow = model.signature.elementsPerRow.reduce(model.signature.input.featureCount, +)
        keptRowCount = DynamicBatchingLimits.keptElementCount / max(elementsPerRow, 1)
        let limit = model.signature.input.maxBatchSize
        batchRowCountLimit = limit > 0 ? limit : .max
        matrix = FeatureMatrix(
            for: model.signature.input, rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        workspace = model.engine.makeWorkspace(rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        waiting.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
        running.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
    }

    /// Whether nobody waits.
    package var isEmpty: Bool { waiting.isEmpty }

    /// Counts the rows that a request has put behind the others, and lets it wait for them.
    ///
    /// - Parameter wanted: bit `i` asks for output `i` of the model.
    package func join(_ member: any BatchMember, rowCount: Int, wanted: UInt64) {
        let first = matrix.rowCount
        matrix.advance(by: rowCount)
        waiting.append(Entry(member: member, rows: first..<first + rowCount))
        wantedOutputs |= wanted
        // A request without rows counts as one row, as in Triton.
        let countedRows = max(1, rowCount)
        if batchCount == 0 || lastBatchRowCount + countedRows > batchRowCountLimit {
            batchCount += 1
            lastBatchRowCount = 0
        }
        lastBatchRowCount += countedRows
    }

    /// Evaluates all rows and hands every member its outputs, in the order of joining.
    ///
    /// A member may join again meanwhile: it is then part of the next batch.
    ///
    /// - Returns: batches that this counts for. All rows are evaluated together, which is cheapest; what is counted is
    ///   how many batches of the model's size its requests fill.
    package func run(clock: any MonotonicClock) -> Int {
        precondition(running.isEmpty, "a batch runs once at a time")
        swap(&waiting, &running)
        let wanted = wantedOutputs
        wantedOutputs = 0
        let countedBatches = batchCount
        batchCount = 0
        let rowCount = matrix.rowCount
        let begin = clock.now()
        workspace.evaluate(matrix, wanted: wanted)
        matrix.removeAll()
        let timing = BatchTiming(begin: begin, end: clock.now())
        for entry in running {
            entry.member.batchEvaluated(workspace, rows: entry.rows, timing: timing)
        }
        running.removeAll(keepingCapacity: true)
        if rowCount > DynamicBatchingLimits.keptRowCapacity || rowCount > keptRowCount { shrink() }
        return countedBatches
    }

    /// Gives back the memory of an exceptionally large batch.
    private func shrink() {
        workspace = model.engine.makeWorkspace(rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        // Members may have put rows of the next batch into the matrix meanwhile.
        guard waiting.isEmpty else { return }
        matrix = FeatureMatrix(
            for: model.signature.input, rowCapacity: DynamicBatchingLimits.initialRowCapacity)
    }
}
