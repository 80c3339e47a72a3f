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
    /// Looks at the rows of each batch before its members take their outputs; nil if nobody does.
    var observer: (any EvaluationObserver)?

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
    /// What those who wait come to in such batches: the rows of each.
    private var batchRowCounts: [Int] = []
    /// The same of those who are told their outputs.
    private var runningRowCounts: [Int] = []
    /// Time in reading the requests that wait.
    private var readNanoseconds: Int64 = 0

    /// Makes an empty batch.
    package init(of model: ServedModel) {
        self.model = model
        let signature = model.signature
        let elementsPerRow =
            signature.elementsPerRow.reduce(signature.input.featureCount, +)
            + signature.innerElementsPerRow
        keptRowCount = DynamicBatchingLimits.keptElementCount / max(elementsPerRow, 1)
        let limit = model.signature.input.maxBatchSize
        batchRowCountLimit = limit > 0 ? limit : .max
        matrix = FeatureMatrix(
            for: model.signature.input, rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        workspace = model.engine.makeWorkspace(rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        waiting.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
        running.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
        batchRowCounts.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
        runningRowCounts.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
    }

    /// Whether nobody waits.
    package var isEmpty: Bool { waiting.isEmpty }

    /// Counts the rows that a request has put behind the others, and lets it wait for them.
    ///
    /// - Parameter wanted: bit `i` asks for output `i` of the model.
    /// - Parameter readNanoseconds: how long reading it took.
    package func join(_ member: any BatchMember, rowCount: Int, wanted: UInt64, readNanoseconds: Int64 = 0) {
        let first = matrix.rowCount
        matrix.advance(by: rowCount)
        waiting.append(Entry(member: member, rows: first..<first + rowCount))
        wantedOutputs |= wanted
        // A request without rows counts as one row, as in Triton.
        let countedRows = max(1, rowCount)
        if let last = batchRowCounts.last, last + countedRows <= batchRowCountLimit {
            batchRowCounts[batchRowCounts.count - 1] = last + countedRows
        } else {
            batchRowCounts.append(countedRows)
        }
        self.readNanoseconds += readNanoseconds
    }

    /// Evaluates all rows and hands every member its outputs, in the order of joining.
    ///
    /// A member may join again meanwhile: it is then part of the next batch.
    ///
    /// All rows are evaluated together, which is cheapest; what is counted is how many batches of the model's size its
    /// requests fill.
    ///
    /// - Parameter executed: told of each batch before the members are.
    /// - Parameter answered: told the same again when they have taken their outputs.
    package func run(
        clock: any MonotonicClock, executed: (BatchExecution) -> Void, answered: (BatchExecution) -> Void = { _ in }
    ) {
        precondition(running.isEmpty, "a batch runs once at a time")
        swap(&waiting, &running)
        swap(&batchRowCounts, &runningRowCounts)
        let (wanted, read) = (wantedOutputs, readNanoseconds)
        (wantedOutputs, readNanoseconds) = (0, 0)
        let rowCount = matrix.rowCount
        let begin = clock.now()
        workspace.evaluate(matrix, wanted: wanted)
        let timing = BatchTiming(begin: begin, end: clock.now(), rowCount: rowCount, readNanoseconds: read)
        observer?.evaluated(
            matrix, 0..<rowCount, wanted: wanted, outputs: workspace.outputs, at: 0..<rowCount)
        matrix.removeAll()
        tell(executed, timing)
        for entry in running {
            entry.member.batchEvaluated(workspace, rows: entry.rows, timing: timing)
        }
        tell(answered, timing)
        running.removeAll(keepingCapacity: true)
        runningRowCounts.removeAll(keepingCapacity: true)
        if rowCount > DynamicBatchingLimits.keptRowCapacity || rowCount > keptRowCount { shrink() }
    }

    private func tell(_ listener: (BatchExecution) -> Void, _ timing: BatchTiming) {
        var execution = BatchExecution(
            rowCount: max(1, timing.rowCount), readNanoseconds: timing.readNanoseconds,
            computeNanoseconds: (timing.end - timing.begin).count, end: timing.end)
        if runningRowCounts.count == 1 { return listener(execution) }
        execution.evaluatedRowCount = runningRowCounts.reduce(0, +)
        for index in runningRowCounts.indices {
            execution.rowCount = runningRowCounts[index]
            listener(execution)
        }
    }

    /// Gives back the memory of an exceptionally large batch, and with it what the workspace tells about it.
    private func shrink() {
        workspace = model.engine.makeWorkspace(rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        // Members may have put rows of the next batch into the matrix meanwhile.
        guard waiting.isEmpty else { return }
        matrix = FeatureMatrix(
            for: model.signature.input, rowCapacity: DynamicBatchingLimits.initialRowCapacity)
    }
}
