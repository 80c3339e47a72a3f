/// What the threads of a compute pool do next.
///
/// A task is run by one thread and may leave work that all share. Tasks that run shortly begin first, so that a request
/// never waits for the end of a larger one; then the shared works take turns, a part each; then tasks that run for
/// long; then what has time. No thread ever waits for another: whoever finishes the last part of a work ends it.
///
/// Every method is an event and says what is to be done about it.
///
/// - Isolation: a value; the pool's lock guards it.
struct ComputeSchedule<Task: Sendable, Work: Sendable>: Sendable {
    /// What a thread does next.
    enum Step: Sendable {
        case run(Task)
        case runSpare(Task)
        case work(Part)
        /// Nothing until it is woken.
        case idle
        case end
    }

    /// Rows of a work.
    struct Part: Sendable {
        var work: Work
        var rows: Range<Int>
        fileprivate var number: Int
    }

    /// What follows from a submission.
    enum SubmissionAction: Equatable, Sendable {
        case accept(wakingThreads: Int)
        /// As many tasks wait as may wait, or the pool ends.
        case refuse
    }

    /// What follows from a task that has been run.
    enum RunAction: Sendable {
        case wake(threads: Int)
        /// There are no rows: the work ends at once.
        case finish(Work)
    }

    /// What follows from a part that is done.
    enum PartAction: Sendable {
        case none
        /// It was the last one.
        case finish(Work)
    }

    private struct Place {
        let number: Int
        let work: Work
        var parts: RowParts
    }

    private let threadCount: Int
    private let waitingLimit: Int
    private let begunLimit: Int
    /// Tasks that wait, in the order of their coming.
    private var short: [Task] = []
    private var long: [Task] = []
    private var spare: [Task] = []
    /// Shared works that are not finished, in the order of their turns.
    private var places: [Place] = []
    private var nextNumber = 0
    /// Tasks that have begun and not ended, without spare ones.
    private var begunCount = 0
    /// What threads were given to do while the first of the tasks that run for long waited.
    private var stepsBeforeLong = 0
    private var sleepingCount = 0
    private var isStopping = false

    /// Makes the schedule of a pool without work.
    ///
    /// - Parameter waitingLimit: tasks that may wait to begin.
    init(threadCount: Int, waitingLimit: Int) {
        precondition(threadCount > 0 && waitingLimit > 0, "a pool has a thread and room for a task")
        self.threadCount = threadCount
        self.waitingLimit = waitingLimit
        begunLimit = max(DynamicBatchingLimits.begunComputeTasks, threadCount)
    }

    /// Somebody wants a task to be done.
    mutating func submitted(_ task: Task, runsShortly: Bool) -> SubmissionAction {
        guard short.count + long.count < waitingLimit, !isStopping else { return .refuse }
        if runsShortly { short.append(task) } else { long.append(task) }
        return .accept(wakingThreads: wake(1))
    }

    /// Somebody has a task for threads that have nothing else to do.
    ///
    /// - Returns: threads to be woken.
    mutating func offered(_ task: Task) -> Int {
        guard !isStopping else { return 0 }
        spare.append(task)
        return wake(1)
    }

    /// A thread has nothing to do.
    mutating func threadBecameFree() -> Step {
        if isStopping { return .end }
        let mayBegin = begunCount < begunLimit
        if mayBegin, !long.isEmpty, stepsBeforeLong >= DynamicBatchingLimits.stepsBeforeLongTask { return beginLong() }
        if !long.isEmpty { stepsBeforeLong += 1 }
        if mayBegin, !short.isEmpty {
            begunCount += 1
            return .run(short.removeFirst())
        }
        if let part = takePart() { return .work(part) }
        if mayBegin, !long.isEmpty { return beginLong() }
        if !spare.isEmpty { return .runSpare(spare.removeFirst()) }
        sleepingCount += 1
        return .idle
    }

    private mutating func beginLong() -> Step {
        begunCount += 1
        stepsBeforeLong = 0
        return .run(long.removeFirst())
    }

    /// Takes a part of the first work that has one, which then stands behind all others, those that came meanwhile too.
    private mutating func takePart() -> Part? {
        for index in places.indices {
            guard let rows = places[index].parts.take() else { continue }
            let place = places.remove(at: index)
            places.append(place)
            return Part(work: place.work, rows: rows, number: place.number)
        }
        return nil
    }

    /// A task has been run and has left nothing.
    mutating func taskEnded() {
        begunCount -= 1
    }

    /// A task has been run and has left work on rows.
    mutating func taskLeft(_ work: Work, rowCount: Int, blockRowCount: Int) -> RunAction {
        let parts = RowParts(rowCount: rowCount, blockRowCount: blockRowCount, threadCount: threadCount)
        if parts.isEmpty { return .finish(work) }
        places.append(Place(number: nextNumber, work: work, parts: parts))
        nextNumber += 1
        // The thread that says so comes for a part itself.
        return .wake(threads: wake(parts.partLimit - 1))
    }

    /// A thread has done a part.
    mutating func partFinished(_ part: Part, nanoseconds: Int64) -> PartAction {
        guard let index = places.firstIndex(where: { $0.number == part.number }) else {
            preconditionFailure("a part is of a work that is not finished")
        }
        places[index].parts.finished(part.rows, nanoseconds: nanoseconds)
        guard places[index].parts.isFinished else { return .none }
        places.remove(at: index)
        return .finish(part.work)
    }

    /// Threads are to end; nobody waits for what has not begun.
    ///
    /// - Returns: threads to be woken.
    mutating func stopped() -> Int {
        isStopping = true
        short.removeAll()
        long.removeAll()
        spare.removeAll()
        return wake(threadCount)
    }

    /// Takes sleeping threads off the count.
    private mutating func wake(_ wanted: Int) -> Int {
        let woken = min(wanted, sleepingCount)
        sleepingCount -= woken
        return woken
    }
}
