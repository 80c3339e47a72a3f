package import LinuxSystem
import Synchronization

/// Work that is too long for a loop.
///
/// - Isolation: made on a loop, run on a thread of the pool, finished on the loop again.
package protocol ComputeTask: AnyObject, Sendable {
    /// Does the work and tells whoever waits for it.
    func run()
}

/// Threads that do the long work of all loops, so that short requests are not held up behind it.
///
/// They run at background priority: a loop that wakes up gets its processor at once. The queue's lock is taken once
/// for each large request, whose work is thousands of times longer.
///
/// - Isolation: any thread.
package final class ComputePool: Sendable {
    /// What submitting a task led to.
    package enum Submission: Equatable, Sendable {
        case accepted
        /// As many tasks wait as may wait.
        case full
    }

    private struct Queue {
        var tasks: [any ComputeTask] = []
        var isStopping = false
    }

    private let queue = Mutex(Queue())
    private let available = ThreadSemaphore()
    private let limit: Int
    private let threads = Mutex<[SystemThread]>([])

    /// Starts the pool's threads.
    ///
    /// - Parameter limit: tasks that may wait.
    package init(threadCount: Int, limit: Int = DynamicBatchingLimits.queuedComputeTasks) throws(SystemError) {
        precondition(threadCount > 0 && limit > 0, "a pool has a thread and room for a task")
        self.limit = limit
        for index in 0..<threadCount {
            let thread = try SystemThread(name: "rowan-compute\(index)", priority: .background) { [self] in work() }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Gives a task to the next thread that is free.
    package func submit(_ task: any ComputeTask) -> Submission {
        let submission = queue.withLock { queue -> Submission in
            guard queue.tasks.count < limit, !queue.isStopping else { return .full }
            queue.tasks.append(task)
            return .accepted
        }
        if submission == .accepted { available.signal() }
        return submission
    }

    /// Finishes the tasks that wait and ends the threads.
    package func stop() {
        queue.withLock { $0.isStopping = true }
        let ending = threads.withLock { threads in
            defer { threads.removeAll() }
            return threads
        }
        for _ in ending { available.signal() }
        for thread in ending { thread.join() }
    }

    private func work() {
        while true {
            available.wait()
            let next = queue.withLock { queue -> (any ComputeTask)? in
                queue.tasks.isEmpty ? nil : queue.tasks.removeFirst()
            }
            guard let next else {
                // The only signal without a task is the one to end.
                return
            }
            next.run()
        }
    }
}
