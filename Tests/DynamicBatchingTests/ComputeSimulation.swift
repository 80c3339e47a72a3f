@testable import DynamicBatching

/// Threads of a pool and what they are given to do, in a time that is counted and not waited for.
struct ComputeSimulation {
    /// One large request.
    struct Request {
        var arrival: Int64 = 0
        var runsShortly = true
        /// What reading costs one thread.
        var runNanoseconds: Int64 = 0
        var rows = 0
        var block = 512
        var nanosecondsPerRow: Int64 = 0
        var isSpare = false
    }

    /// What happened.
    struct Outcome {
        /// By request; nil: refused.
        var ends: [Int64?]
        /// Rows of each request in the order in which threads took them.
        var parts: [[Range<Int>]]

        /// Whether every row of a request was in exactly one part.
        func covers(_ request: Int, rowCount: Int) -> Bool {
            var end = 0
            for part in parts[request].sorted(by: { $0.lowerBound < $1.lowerBound }) {
                guard part.lowerBound == end else { return false }
                end = part.upperBound
            }
            return end == rowCount
        }
    }

    private enum Event {
        case ran(request: Int)
        case worked(ComputeSchedule<Int, Int>.Part)
    }

    private let requests: [Request]
    private var schedule: ComputeSchedule<Int, Int>
    private var outcome: Outcome
    /// What each thread is at and when it is done.
    private var running: [(end: Int64, event: Event)?]
    private var sleeping: Set<Int> = []
    private var now: Int64 = 0

    static func run(_ requests: [Request], threads: Int, waitingLimit: Int = 256) -> Outcome {
        var simulation = ComputeSimulation(requests, threads: threads, waitingLimit: waitingLimit)
        simulation.run()
        return simulation.outcome
    }

    private init(_ requests: [Request], threads: Int, waitingLimit: Int) {
        self.requests = requests
        schedule = ComputeSchedule(threadCount: threads, waitingLimit: waitingLimit)
        outcome = Outcome(
            ends: requests.map { _ in nil }, parts: requests.map { _ in [] })
        running = Array(repeating: nil, count: threads)
        for thread in 0..<threads { free(thread) }
    }

    private mutating func run() {
        var arrivals = requests.indices.sorted { requests[$0].arrival < requests[$1].arrival }[...]
        while true {
            let next = running.indices.filter { running[$0] != nil }
                .min { (running[$0]?.end ?? 0) < (running[$1]?.end ?? 0) }
            if let arrival = arrivals.first, requests[arrival].arrival <= next.flatMap({ running[$0]?.end }) ?? .max {
                arrivals.removeFirst()
                now = requests[arrival].arrival
                submit(arrival)
            } else if let thread = next, let step = running[thread] {
                now = step.end
                running[thread] = nil
                end(step.event)
                free(thread)
            } else {
                return
            }
        }
    }

    private mutating func submit(_ request: Int) {
        if requests[request].isSpare { return wake(schedule.offered(request)) }
        switch schedule.submitted(request, runsShortly: requests[request].runsShortly) {
        case .accept(let count): wake(count)
        case .refuse: break
        }
    }

    private mutating func wake(_ count: Int) {
        precondition(count <= sleeping.count, "only threads that sleep are woken")
        for thread in sleeping.sorted().prefix(count) {
            sleeping.remove(thread)
            free(thread)
        }
    }

    /// Gives a thread what comes next.
    private mutating func free(_ thread: Int) {
        switch schedule.threadBecameFree() {
        case .run(let request), .runSpare(let request):
            running[thread] = (now + requests[request].runNanoseconds, .ran(request: request))
        case .work(let part):
            outcome.parts[part.work].append(part.rows)
            let nanoseconds = Int64(part.rows.count) * requests[part.work].nanosecondsPerRow
            running[thread] = (now + nanoseconds, .worked(part))
        case .idle, .end: sleeping.insert(thread)
        }
    }

    private mutating func end(_ event: Event) {
        switch event {
        case .ran(let request):
            if requests[request].isSpare { return outcome.ends[request] = now }
            guard requests[request].rows > 0 else { return finish(request) }
            switch schedule.taskLeft(
                request, rowCount: requests[request].rows, blockRowCount: requests[request].block)
            {
            case .wake(let count): wake(count)
            case .finish(let request): finish(request)
            }
        case .worked(let part):
            let nanoseconds = Int64(part.rows.count) * requests[part.work].nanosecondsPerRow
            switch schedule.partFinished(part, nanoseconds: nanoseconds) {
            case .none: break
            case .finish(let request): finish(request)
            }
        }
    }

    private mutating func finish(_ request: Int) {
        outcome.ends[request] = now
        schedule.taskEnded()
    }
}
