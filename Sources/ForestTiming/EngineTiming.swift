package import LinuxSystem
package import TreeEnsembles

/// What an engine costs per row, by the number of rows in a call, on the calling thread.
///
/// Batch sizes take turns, so that a change of the machine's speed meets all of them, and each figure is the median of
/// its turns. A turn goes once over all rows, or over as many as its share of the budget permits. Every row's margins
/// must come out the same at every batch size; that is checked, and a difference ends the process.
package struct EngineTiming: Sendable {
    /// How much is measured.
    package struct Effort: Sendable {
        /// Rows per call, each once.
        package var rowsPerCall: [Int]
        /// Turns of each batch size at most, at least one.
        package var turnLimit: Int
        /// Time for everything; nil: as long as the turns take.
        ///
        /// It is exceeded only if the first turns, of a call at least, take longer.
        package var budget: Nanoseconds?

        package init(rowsPerCall: [Int], turnLimit: Int, budget: Nanoseconds?) {
            precondition(turnLimit > 0 && rowsPerCall.allSatisfy { $0 > 0 }, "something is measured")
            self.rowsPerCall = Array(Set(rowsPerCall)).sorted()
            self.turnLimit = turnLimit
            self.budget = budget
        }
    }

    /// The cost at one batch size.
    package struct Figure: Sendable, Equatable {
        package var rowsPerCall: Int
        /// Turns behind the medians.
        package var turnCount = 0
        /// Median over the turns.
        ///
        /// - Units: nanoseconds of processor time.
        package var processorNanosecondsPerRow = 0.0
        /// Least over the turns, same units.
        package var leastProcessorNanosecondsPerRow = 0.0
        /// Median over the turns, by the clock on the wall.
        package var rowsPerSecond = 0.0
    }

    /// In the order of batch sizes.
    package private(set) var figures: [Figure] = []
    /// Batch sizes of which a single call would have taken longer than the budget.
    package private(set) var tooSlow: [Int] = []
    /// Margins of the rows that every batch size went over.
    ///
    /// - Shape: rows × margins, row-major.
    package private(set) var margins: [Double] = []

    /// FNV-1a over the bits of `margins`, which tells whether two runs computed the same.
    package var marginsHash: UInt64 {
        margins.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1.bitPattern) &* 0x100_0000_01B3 }
    }

    /// Measures an engine.
    ///
    /// - Complexity: bounded by the effort's budget and turns.
    /// - Parameter clock: decides when the budget is spent.
    /// - Parameter processorClock: measures the calling thread.
    /// - Precondition: the rows are of the engine's forest.
    package init(
        of engine: any TreeEngine, on rows: ForestRows, effort: Effort, clock: any MonotonicClock = SystemClock(),
        processorClock: any MonotonicClock = ThreadProcessorClock()
    ) {
        self.init(RowCalls(of: engine, on: rows), effort: effort, clock: clock, processorClock: processorClock)
    }

    /// Measures what explains margins; its results stand where an engine's margins do.
    ///
    /// - Precondition: the rows are of the evaluator's forest.
    package init(of evaluator: ContributionEvaluator, on rows: ForestRows, effort: Effort) {
        self.init(
            RowCalls(of: evaluator, on: rows), effort: effort, clock: SystemClock(),
            processorClock: ThreadProcessorClock())
    }

    private init(
        _ run: RowCalls, effort: Effort, clock: any MonotonicClock, processorClock: any MonotonicClock
    ) {
        let begin = clock.now()
        // The first turns, which are not counted, and three more for each size fit into the budget.
        let slice = effort.budget.map { Nanoseconds($0.count / Int64(4 * max(effort.rowsPerCall.count, 1))) }
        var sizes: [(rowsPerCall: Int, callCount: Int)] = []
        var nanosecondsPerRow = 0.0
        var comparedRowCount = run.rowCount
        for rowsPerCall in effort.rowsPerCall {
            if let budget = effort.budget, nanosecondsPerRow * Double(rowsPerCall) > Double(budget.count) {
                tooSlow.append(rowsPerCall)
                continue
            }
            let start = clock.now()
            var callCount = 0
            while callCount * rowsPerCall < run.rowCount {
                run.call(callCount, rowsPerCall: rowsPerCall)
                callCount += 1
                if let slice, clock.now() - start > slice { break }
            }
            let rowCount = min(callCount * rowsPerCall, run.rowCount)
            nanosecondsPerRow = Double((clock.now() - start).count) / Double(rowCount)
            comparedRowCount = min(comparedRowCount, rowCount)
            run.compareResults(rowCount: rowCount)
            sizes.append((rowsPerCall, callCount))
        }
        margins = run.results(rowCount: comparedRowCount)

        var turns = [[(processor: Double, wall: Double)]](repeating: [], count: sizes.count)
        var turn = 0
        repeat {
            for (index, size) in sizes.enumerated() {
                let start = (processor: processorClock.now(), wall: clock.now())
                for call in 0..<size.callCount { run.call(call, rowsPerCall: size.rowsPerCall) }
                let end = (processor: processorClock.now(), wall: clock.now())
                let rowCount = Double(min(size.callCount * size.rowsPerCall, run.rowCount))
                turns[index].append(
                    (
                        processor: Double((end.processor - start.processor).count) / rowCount,
                        wall: Double((end.wall - start.wall).count) / rowCount
                    ))
            }
            turn += 1
        } while turn < effort.turnLimit && effort.budget.map { clock.now() - begin < $0 } != false
        figures = zip(sizes, turns).map { Self.figure(rowsPerCall: $0.rowsPerCall, turns: $1) }
    }

    private static func figure(rowsPerCall: Int, turns: [(processor: Double, wall: Double)]) -> Figure {
        let processor = turns.map(\.processor).sorted()
        let wall = turns.map(\.wall).sorted()[turns.count / 2]
        return Figure(
            rowsPerCall: rowsPerCall, turnCount: turns.count,
            processorNanosecondsPerRow: processor[turns.count / 2], leastProcessorNanosecondsPerRow: processor[0],
            rowsPerSecond: wall > 0 ? 1e9 / wall : 0)
    }
}
