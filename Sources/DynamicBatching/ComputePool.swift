package import LinuxSystem
import Synchronization

/// Threads that do the long work of all loops, so that short requests are not held up behind it.
///
/// They run at background priority: a loop that wakes up gets its processor at once. What they do in which order is
/// `ComputeSchedule`'s to say; its lock is taken for each step, which takes hundreds of times longer.
///
/// - Isolation: any thread.
package final class ComputePool: Sendable {
    /// What submitting a task led to.
    package enum Submission: Equatable, Sendable {
        case accepted
        /// As many tasks wait as may wait.
        case full
    }

    private let schedule: Mutex<ComputeSchedule<any ComputeTask, any SharedWork>>
    private let isWoken = ThreadSemaphore()
    private let clock: any MonotonicClock
    private let threads = Mutex<[SystemThread]>([])

    /// Starts the pool's threads.
    ///
    /// - Parameter limit: tasks that may wait.
    /// - Parameter clock: measures how long parts take.
    package init(
        threadCount: Int, limit: Int = DynamicBatchingLimits.queuedComputeTasks,
        clock: any MonotonicClock = SystemClock()
    ) throws(SystemError) {
        schedule = Mutex(ComputeSchedule(threadCount: threadCount, waitingLimit: limit))
        self.clock = clock
        for index in 0..<threadCount {
            let thread = try SystemThread(name: "rowan-compute\(index)", priority: .background) { [self] in work() }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Gives a task to the next thread that is free.
    package func submit(_ task: any ComputeTask) -> Submission {
        let runsShortly = task.runsShortly
        switch schedule.withLock({ $0.submitted(task, runsShortly: runsShortly) }) {
        case .accept(let count):
            wake(count)
            return .accepted
        case .refuse: return .full
        }
    }

    /// Gives a task to a thread that nothing else waits for, one that leaves no work; `stop` may come before.
    package func offer(_ task: any ComputeTask) {
        wake(schedule.withLock { $0.offered(task) })
    }

    /// Ends the threads after what they are doing; what has not begun is dropped.
    package func stop() {
        wake(schedule.withLock { $0.stopped() })
        let ending = threads.withLock { threads in
            defer { threads.removeAll() }
            return threads
        }
        for thread in ending { thread.join() }
    }

    private func wake(_ threadCount: Int) {
        for _ in 0..<threadCount { isWoken.signal() }
    }

    private func work() {
        while true {
            switch schedule.withLock({ $0.threadBecameFree() }) {
            case .run(let task): run(task)
            case .runSpare(let task): _ = task.run()
            case .work(let part): work(on: part)
            case .idle: isWoken.wait()
            case .end: return
            }
        }
    }

    private func run(_ task: any ComputeTask) {
        guard let work = task.run() else { return schedule.withLock { $0.taskEnded() } }
        let (rowCount, blockRowCount) = (work.rowCount, work.blockRowCount)
        switch schedule.withLock({ $0.taskLeft(work, rowCount: rowCount, blockRowCount: blockRowCount) }) {
        case .wake(let count): wake(count)
        case .finish(let work): finish(work)
        }
    }

    private func work(on part: ComputeSchedule<any ComputeTask, any SharedWork>.Part) {
        let begin = clock.now()
        part.work.work(on: part.rows)
        let nanoseconds = (clock.now() - begin).count
        switch schedule.withLock({ $0.partFinished(part, nanoseconds: nanoseconds) }) {
        case .none: break
        case .finish(let work): finish(work)
        }
    }

    private func finish(_ work: any SharedWork) {
        work.finish()
        schedule.withLock { $0.taskEnded() }
    }
}
