import Testing

@testable import DynamicBatching

/// What threads do in which order: single events as a table, and whole loads in simulated time.
@Suite struct ComputeScheduleTests {
    private typealias Request = ComputeSimulation.Request

    /// 100,000 rows at 145 ns: 14.5 ms of work.
    private static let large = Request(rows: 100_000, nanosecondsPerRow: 145)

    /// What a block of them takes.
    private static let block: Int64 = 74_240

    /// A step as the tests write it down.
    private enum Seen: Equatable {
        case run(String)
        case runSpare(String)
        case work(String, Range<Int>)
        case idle, end
    }

    private func step(_ schedule: inout ComputeSchedule<String, String>) -> Seen {
        switch schedule.threadBecameFree() {
        case .run(let task): .run(task)
        case .runSpare(let task): .runSpare(task)
        case .work(let part): .work(part.work, part.rows)
        case .idle: .idle
        case .end: .end
        }
    }

    private func wakes(_ action: ComputeSchedule<String, String>.RunAction) -> Int? {
        guard case .wake(let count) = action else { return nil }
        return count
    }

    @Test func `a thread sleeps until something is there, and one thread is woken for one task`() {
        var schedule = ComputeSchedule<String, String>(threadCount: 2, waitingLimit: 4)
        #expect(step(&schedule) == .idle)
        #expect(step(&schedule) == .idle)
        #expect(schedule.submitted("a", runsShortly: true) == .accept(wakingThreads: 1))
        #expect(schedule.submitted("b", runsShortly: true) == .accept(wakingThreads: 1))
        #expect(schedule.submitted("c", runsShortly: true) == .accept(wakingThreads: 0))
        #expect(step(&schedule) == .run("a"))
        #expect(step(&schedule) == .run("b"))
        schedule.taskEnded()
        #expect(step(&schedule) == .run("c"))
        #expect(step(&schedule) == .idle)
    }

    @Test func `as many tasks wait as may, and those that have begun do not count`() {
        var schedule = ComputeSchedule<String, String>(threadCount: 1, waitingLimit: 2)
        #expect(schedule.submitted("a", runsShortly: true) == .accept(wakingThreads: 0))
        #expect(schedule.submitted("b", runsShortly: false) == .accept(wakingThreads: 0))
        #expect(schedule.submitted("c", runsShortly: true) == .refuse)
        #expect(step(&schedule) == .run("a"))
        #expect(schedule.submitted("c", runsShortly: true) == .accept(wakingThreads: 0))
        #expect(schedule.submitted("d", runsShortly: false) == .refuse)
    }

    @Test func `short tasks begin first, then works take turns, then long tasks begin, then what has time`() {
        var schedule = ComputeSchedule<String, String>(threadCount: 1, waitingLimit: 9)
        #expect(schedule.offered("spare") == 0)
        #expect(schedule.submitted("long", runsShortly: false) == .accept(wakingThreads: 0))
        for name in ["a", "b"] {
            #expect(schedule.submitted(name, runsShortly: true) == .accept(wakingThreads: 0))
            #expect(step(&schedule) == .run(name))
            #expect(wakes(schedule.taskLeft(name, rowCount: 200, blockRowCount: 64)) == 0)
        }
        #expect(step(&schedule) == .work("a", 0..<64))
        #expect(step(&schedule) == .work("b", 0..<64))
        #expect(schedule.submitted("c", runsShortly: true) == .accept(wakingThreads: 0))
        #expect(step(&schedule) == .run("c"))
        schedule.taskEnded()
        for first in [64, 128, 192] {
            let rows = first..<min(first + 64, 200)
            #expect(step(&schedule) == .work("a", rows))
            #expect(step(&schedule) == .work("b", rows))
        }
        #expect(step(&schedule) == .run("long"))
        #expect(step(&schedule) == .runSpare("spare"))
        #expect(step(&schedule) == .idle)
    }

    @Test func `work that is shared wakes as many threads as it has parts`() {
        for (rows, expected) in [(64, 0), (65, 1), (193, 3), (100_000, 3)] {
            var schedule = ComputeSchedule<String, String>(threadCount: 4, waitingLimit: 4)
            for _ in 0..<4 { #expect(step(&schedule) == .idle) }
            #expect(schedule.submitted("a", runsShortly: true) == .accept(wakingThreads: 1))
            #expect(step(&schedule) == .run("a"))
            #expect(wakes(schedule.taskLeft("a", rowCount: rows, blockRowCount: 64)) == expected)
        }
    }

    @Test func `work without rows ends at once`() {
        var schedule = ComputeSchedule<String, String>(threadCount: 1, waitingLimit: 4)
        #expect(schedule.submitted("a", runsShortly: true) == .accept(wakingThreads: 0))
        #expect(step(&schedule) == .run("a"))
        #expect(wakes(schedule.taskLeft("a", rowCount: 0, blockRowCount: 64)) == nil)
    }

    @Test func `an end drops what has not begun, and wakes all who sleep`() {
        var schedule = ComputeSchedule<String, String>(threadCount: 3, waitingLimit: 9)
        #expect(schedule.submitted("a", runsShortly: true) == .accept(wakingThreads: 0))
        #expect(step(&schedule) == .run("a"))
        #expect(step(&schedule) == .idle)
        #expect(step(&schedule) == .idle)
        // One of the sleepers is woken for a part and will find that it is too late.
        #expect(wakes(schedule.taskLeft("a", rowCount: 100, blockRowCount: 64)) == 1)
        #expect(schedule.submitted("b", runsShortly: false) == .accept(wakingThreads: 1))
        #expect(schedule.offered("spare") == 0)
        #expect(schedule.stopped() == 0)
        #expect(schedule.submitted("c", runsShortly: true) == .refuse)
        #expect(schedule.offered("spare") == 0)
        for _ in 0..<3 { #expect(step(&schedule) == .end) }
    }

    @Test func `one large request uses all threads to the end`() throws {
        for threads in [1, 2, 3, 8] {
            let outcome = ComputeSimulation.run([Self.large], threads: threads)
            let end = try #require(outcome.ends[0])
            let share: Int64 = 14_500_000 / Int64(threads)
            // Threads end within a block of each other.
            #expect(end <= share + Self.block, "\(threads) threads: \(end)")
            #expect(outcome.covers(0, rowCount: 100_000))
        }
    }

    @Test func `a small request does not wait for large ones`() throws {
        for threads in [1, 2] {
            var requests = Array(repeating: Self.large, count: 4)
            // One row that is explained costs as much as a block without.
            requests.append(Request(arrival: 5_000_000, rows: 1, block: 64, nanosecondsPerRow: 60_000))
            let outcome = ComputeSimulation.run(requests, threads: threads)
            let end = try #require(outcome.ends[4])
            // The part that a thread is at, and a part of each of the others in turn.
            let limit = 5_060_000 + 5 * DynamicBatchingLimits.partNanoseconds
            #expect(end <= limit, "\(end)")
        }
    }

    @Test func `a request of some blocks is answered long before larger ones`() throws {
        let medium = Request(arrival: 5_000_000, rows: 4_096, nanosecondsPerRow: 145)
        let outcome = ComputeSimulation.run([Self.large, Self.large, medium], threads: 1)
        let end = try #require(outcome.ends[2])
        // It takes turns: for its own 0.6 ms it waits for two parts of others for each of its own.
        #expect(end - medium.arrival < 9_000_000)
        let last = outcome.ends.compactMap { $0 }.max() ?? 0
        #expect(last >= 29_000_000)
    }

    @Test func `equal requests end together and lose nothing by taking turns`() throws {
        let outcome = ComputeSimulation.run(Array(repeating: Self.large, count: 3), threads: 2)
        let ends = outcome.ends.compactMap { $0 }.sorted()
        try #require(ends.count == 3)
        let shared: Int64 = 21_750_000
        #expect(ends[2] <= shared + Self.block)
        #expect(ends[2] - ends[0] < 1_000_000)
    }

    @Test func `a request that reads for long begins when others leave room, or when it has waited enough`() throws {
        var long = Request(runsShortly: false, runNanoseconds: 150_000_000, rows: 100_000, nanosecondsPerRow: 145)
        let alone = ComputeSimulation.run([Self.large, long], threads: 1)
        #expect(alone.ends == [14_500_000, 179_000_000])
        // Short requests without end: one of 2 ms every 2 ms keeps the only thread busy.
        let stream = (0..<2_000).map { index in
            Request(arrival: Int64(index) * 2_000_000, rows: 512, block: 512, nanosecondsPerRow: 3_906)
        }
        long.arrival = 1
        let busy = ComputeSimulation.run(stream + [long], threads: 1, waitingLimit: 2_000)
        let end = try #require(busy.ends[2_000])
        // Half of the steps are the beginnings of requests, which cost nothing.
        let waiting = Int64(DynamicBatchingLimits.stepsBeforeLongTask) * 1_000_000
        #expect(end >= waiting + 150_000_000 && end <= 2_500_000_000, "\(end)")
    }

    @Test func `no more requests begin than may`() {
        let limit = DynamicBatchingLimits.begunComputeTasks
        var schedule = ComputeSchedule<String, String>(threadCount: 2, waitingLimit: 99)
        for index in 0...limit { #expect(schedule.submitted("\(index)", runsShortly: true) != .refuse) }
        for index in 0..<limit { #expect(step(&schedule) == .run("\(index)")) }
        #expect(step(&schedule) == .idle)
        schedule.taskEnded()
        #expect(step(&schedule) == .run("\(limit)"))
        // Each thread may at least have one.
        var wide = ComputeSchedule<String, String>(threadCount: limit + 1, waitingLimit: 99)
        for index in 0...limit { #expect(wide.submitted("\(index)", runsShortly: false) != .refuse) }
        for index in 0...limit { #expect(step(&wide) == .run("\(index)")) }
    }

    @Test func `what has time waits until nothing else does`() throws {
        let spare = Request(runNanoseconds: 2_000_000, isSpare: true)
        let outcome = ComputeSimulation.run(Array(repeating: spare, count: 50) + [Self.large], threads: 1)
        // Of fifty models that measure themselves the request waits for one.
        let end = try #require(outcome.ends[50])
        #expect(end <= 16_500_000)
        #expect(outcome.ends.compactMap { $0 }.max() == 114_500_000)
    }
}
