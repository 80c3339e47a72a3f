import Glibc
import LinuxSystem
import Synchronization
import Testing

@testable import DynamicBatching

/// Real threads: what is submitted runs once, what does not fit is refused, ending waits for what has begun.
struct ComputePoolTests {
    /// Waits until it is let go, then counts.
    private final class GatedTask: ComputeTask {
        let gate = ThreadSemaphore()
        let started = ThreadSemaphore()
        let runCount = Atomic(0)

        var runsShortly: Bool { true }

        func run() -> (any SharedWork)? {
            started.signal()
            gate.wait()
            runCount.add(1, ordering: .relaxed)
            return nil
        }
    }

    /// Leaves rows, of which it counts how often each is worked on.
    private final class SharedTask: ComputeTask, SharedWork {
        let runsShortly: Bool
        let rowCount: Int
        let blockRowCount = 64
        let finished = ThreadSemaphore()
        private let counts: Mutex<[Int]>
        private let workers = Mutex<Set<UInt>>([])
        /// As many parts wait here for each other; 0: none waits.
        private let meeting: Mutex<Int>
        private let met = ThreadSemaphore()

        init(rowCount: Int, runsShortly: Bool = true, meetingParts: Int = 0) {
            self.rowCount = rowCount
            self.runsShortly = runsShortly
            counts = Mutex(Array(repeating: 0, count: rowCount))
            meeting = Mutex(meetingParts)
        }

        func run() -> (any SharedWork)? { self }

        func work(on rows: Range<Int>) {
            workers.withLock { _ = $0.insert(UInt(pthread_self())) }
            counts.withLock { counts in
                for row in rows { counts[row] += 1 }
            }
            let (waits, wakes) = meeting.withLock { missing -> (Bool, Bool) in
                guard missing > 0 else { return (false, false) }
                missing -= 1
                return (true, missing == 0)
            }
            if wakes { for _ in 0..<2 { met.signal() } }
            if waits { met.wait() }
        }

        func finish() {
            counts.withLock { counts in
                if counts.allSatisfy({ $0 == 1 }) { finished.signal() }
            }
        }

        var workerCount: Int { workers.withLock { $0.count } }
    }

    @Test func `a full pool refuses and keeps what it has accepted`() throws {
        let pool = try ComputePool(threadCount: 1, limit: 2)
        let tasks = (0..<4).map { _ in GatedTask() }
        #expect(pool.submit(tasks[0]) == .accepted)
        // The first task has left the queue; two more may wait.
        tasks[0].started.wait()
        #expect(pool.submit(tasks[1]) == .accepted)
        #expect(pool.submit(tasks[2]) == .accepted)
        #expect(pool.submit(tasks[3]) == .full)
        for task in tasks { task.gate.signal() }
        tasks[1].started.wait()
        tasks[2].started.wait()
        pool.stop()
        #expect(tasks.map { $0.runCount.load(ordering: .relaxed) } == [1, 1, 1, 0])
    }

    @Test func `a pool that ends finishes what it is at and drops what waits`() throws {
        // Without a limit: a refusal says that the pool ends, never that it is full.
        let pool = try ComputePool(threadCount: 1, limit: .max)
        let tasks = [GatedTask(), GatedTask()]
        let spare = GatedTask()
        for task in tasks { #expect(pool.submit(task) == .accepted) }
        pool.offer(spare)
        tasks[0].started.wait()
        let ending = try SystemThread(name: "ending") { pool.stop() }
        // The end is known once nothing is taken any more.
        let late = GatedTask()
        while pool.submit(late) == .accepted { sched_yield() }
        for task in tasks + [spare] { task.gate.signal() }
        ending.join()
        #expect((tasks + [spare]).map { $0.runCount.load(ordering: .relaxed) } == [1, 0, 0])
    }

    @Test(arguments: [1, 2, 3])
    func `every row of shared work is worked on once, and then the work ends`(threads: Int) throws {
        let pool = try ComputePool(threadCount: threads)
        let tasks = [0, 1, 63, 64, 65, 10_000].map { SharedTask(rowCount: $0, runsShortly: $0 != 64) }
        for task in tasks { #expect(pool.submit(task) == .accepted) }
        for task in tasks { task.finished.wait() }
        pool.stop()
    }

    @Test func `several threads work on the same rows at once`() throws {
        let pool = try ComputePool(threadCount: 2)
        // The first part does not end before another thread has begun one.
        let task = SharedTask(rowCount: 1_000, meetingParts: 2)
        #expect(pool.submit(task) == .accepted)
        task.finished.wait()
        pool.stop()
        #expect(task.workerCount == 2)
    }

    @Test func `what has time runs when nothing else waits`() throws {
        let pool = try ComputePool(threadCount: 1)
        let (first, spare, second) = (GatedTask(), GatedTask(), GatedTask())
        #expect(pool.submit(first) == .accepted)
        first.started.wait()
        pool.offer(spare)
        #expect(pool.submit(second) == .accepted)
        first.gate.signal()
        second.started.wait()
        #expect(spare.runCount.load(ordering: .relaxed) == 0)
        second.gate.signal()
        spare.started.wait()
        spare.gate.signal()
        pool.stop()
        #expect(spare.runCount.load(ordering: .relaxed) == 1)
    }

    @Test func `as many tasks wait as the limit says, unless a pool is told otherwise`() throws {
        let pool = try ComputePool(threadCount: 1)
        let first = GatedTask()
        #expect(pool.submit(first) == .accepted)
        first.started.wait()
        let limit = DynamicBatchingLimits.queuedComputeTasks
        let tasks = (0...limit).map { _ in GatedTask() }
        for task in tasks.dropLast() { #expect(pool.submit(task) == .accepted) }
        #expect(pool.submit(tasks[limit]) == .full)
        for task in [first] + tasks { task.gate.signal() }
        for task in tasks.dropLast() { task.started.wait() }
        pool.stop()
        #expect(tasks.map { $0.runCount.load(ordering: .relaxed) }.reduce(0, +) == limit)
    }

    @Test func `several threads work at once`() throws {
        let pool = try ComputePool(threadCount: 2)
        let tasks = [GatedTask(), GatedTask()]
        for task in tasks { #expect(pool.submit(task) == .accepted) }
        // Both have begun although neither has ended.
        for task in tasks { task.started.wait() }
        for task in tasks { task.gate.signal() }
        pool.stop()
        #expect(tasks.map { $0.runCount.load(ordering: .relaxed) } == [1, 1])
    }

    @Test func `a stopped pool refuses`() throws {
        let pool = try ComputePool(threadCount: 1)
        pool.stop()
        #expect(pool.submit(GatedTask()) == .full)
    }
}
