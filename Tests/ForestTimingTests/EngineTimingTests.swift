import LinuxSystem
import TestSupport
import Testing
import TreeEnsembles

@testable import ForestTiming

@Suite struct EngineTimingTests {
    private let forest: TreeEnsemble
    private let engine: any TreeEngine
    private let rows: ForestRows

    init() throws {
        forest = try ForestRowsTests.forest(ForestRowsTests.sample)
        engine = TreeEngines.compile(forest, instructionSet: .baseline).engine
        rows = ForestRows(around: forest, rowCount: 70, missingFraction: 0)
    }

    @Test func `each batch size gets its turns, and margins are those of the engine`() {
        let effort = EngineTiming.Effort(rowsPerCall: [64, 1, 8, 8], turnLimit: 5, budget: nil)
        let timing = EngineTiming(of: engine, on: rows, effort: effort)
        #expect(timing.figures.map(\.rowsPerCall) == [1, 8, 64])
        #expect(timing.figures.allSatisfy { $0.turnCount == 5 && $0.rowsPerSecond > 0 })
        #expect(timing.figures.allSatisfy { $0.leastProcessorNanosecondsPerRow <= $0.processorNanosecondsPerRow })
        #expect(timing.tooSlow == [] && timing.margins.count == 70)
        var expected = AlignedArray<Double>(count: 70, repeating: 0)
        if case .float32(let values) = rows.values {
            expected.withMutableSpan {
                engine.evaluate(rows: values.span, rowCount: 70, scratch: engine.makeScratch(), margins: &$0)
            }
        }
        #expect((0..<70).allSatisfy { timing.margins[$0] == expected[$0] })
    }

    @Test func `figures are the clocks' times divided by rows`() {
        let effort = EngineTiming.Effort(rowsPerCall: [70], turnLimit: 3, budget: nil)
        let timing = EngineTiming(
            of: engine, on: rows, effort: effort, clock: SteppingClock(step: Nanoseconds(7_000)),
            processorClock: SteppingClock(step: Nanoseconds(700)))
        let expected = EngineTiming.Figure(
            rowsPerCall: 70, turnCount: 3, processorNanosecondsPerRow: 10, leastProcessorNanosecondsPerRow: 10,
            rowsPerSecond: 1e7)
        #expect(timing.figures == [expected])
    }

    @Test func `a slow engine is measured on fewer rows, and calls beyond the budget are left out`() {
        // Each look at the clock takes a tenth of a second: a call of one row seems to cost that and more.
        let effort = EngineTiming.Effort(rowsPerCall: [1, 70], turnLimit: 9, budget: .seconds(1))
        let timing = EngineTiming(
            of: engine, on: rows, effort: effort, clock: SteppingClock(step: .milliseconds(100)))
        #expect(timing.figures.map(\.rowsPerCall) == [1])
        #expect(timing.tooSlow == [70])
        #expect(timing.margins.count == 2)
        #expect(timing.figures[0].turnCount < 9)
    }

    @Test func `the hash tells margins apart`() throws {
        let effort = EngineTiming.Effort(rowsPerCall: [1], turnLimit: 1, budget: nil)
        let others = ForestRows(around: forest, rowCount: 70, missingFraction: 0.5)
        let timing = EngineTiming(of: engine, on: rows, effort: effort)
        #expect(timing.marginsHash == EngineTiming(of: engine, on: rows, effort: effort).marginsHash)
        #expect(timing.marginsHash != EngineTiming(of: engine, on: others, effort: effort).marginsHash)
    }

    @Test func `a forest that compares doubles is timed on doubles`() throws {
        let forest = try ForestRowsTests.forest(ForestRowsTests.lightGBM)
        let rows = ForestRows(around: forest, rowCount: 20, missingFraction: 0.1)
        let engine = TreeEngines.compile(forest, instructionSet: .baseline).engine
        let effort = EngineTiming.Effort(rowsPerCall: [1, 16], turnLimit: 1, budget: nil)
        let timing = EngineTiming(of: engine, on: rows, effort: effort)
        #expect(Set(timing.margins).count > 5 && timing.figures.count == 2)
    }
}
