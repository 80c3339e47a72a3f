import LinuxSystem
import Synchronization
import Testing

@testable import DynamicBatching

/// Real threads: what is submitted runs once, what does not fit is refused, ending waits for what was accepted.
struct ComputePoolTests {
    /// Waits until it is let go, then counts.
    private final class GatedTask: ComputeTask {
        let gate = ThreadSemaphore()
        let started = ThreadSemaphore()
        let runCount = Atomic(0)

        func run() {
            started.signal()
            gate.wait()
            runCount.add(1, ordering: .relaxed)
        }
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
        pool.stop()
        #expect(tasks.map { $0.runCount.load(ordering: .relaxed) } == [1, 1, 1, 0])
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
