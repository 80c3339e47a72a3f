import LinuxSystem

@testable import DynamicBatching

/// The rules of the scheduler as sentences say them, without a thought for speed: the list is sorted anew for each
/// step.
///
/// - Source: Triton's documentation of the dynamic batcher and its source, not `BatchQueue`.
struct NaiveBatchQueue {
    struct Request {
        let number: Int
        let rows: Int
        let level: Int
        let arrival: Int64
        var deadline: Int64?
        var isDelayed = false
        /// Its turn among those of its level that are, or are not, delayed.
        var turn: Int
    }

    struct Outcome: Equatable {
        var batch: [Int]?
        var expired: [Int]
    }

    let policy: BatchPolicy
    private(set) var requests: [Request] = []
    private var turn = 0
    /// Since when waiting makes no sense any more; nil: until somebody comes.
    private(set) var wakesAt: Int64?
    private var wakesWithRows = 0

    init(_ policy: BatchPolicy) {
        self.policy = policy
    }

    /// Returns false for a request that is refused.
    mutating func arrived(_ number: Int, rows: Int, priority: UInt64, timeout: UInt64, at now: Int64) -> Bool {
        var level = policy.defaultLevel
        if priority >= 1, priority <= UInt64(policy.levels.count) { level = Int(priority) - 1 }
        let rules = policy.levels[level]
        if requests.count(where: { $0.level == level }) >= rules.requestCountLimit { return false }
        var deadline: Int64?
        if rules.timeout != .never {
            deadline = now + rules.timeout.count
            let own = Int64(timeout) * 1_000
            if rules.allowsOwnTimeout, timeout > 0, own < rules.timeout.count { deadline = now + own }
        }
        turn += 1
        requests.append(
            Request(
                number: number, rows: max(1, rows), level: level, arrival: now, deadline: deadline, turn: turn))
        if requests.reduce(0, { $0 + $1.rows }) >= wakesWithRows {
            wakesAt = .min
        } else if let deadline {
            wakesAt = min(wakesAt ?? .max, deadline + 1)
        }
        return true
    }

    mutating func cancelled(_ number: Int) {
        requests.removeAll { $0.number == number }
        if requests.isEmpty { (wakesAt, wakesWithRows) = (nil, 0) }
    }

    mutating func looked(at now: Int64) -> Outcome {
        var outcome = Outcome(batch: nil, expired: [])
        guard let wakesAt, now >= wakesAt else { return outcome }
        var gathered: [Request] = []
        var isFull = false
        while let next = ordered.first(where: { request in !gathered.contains { $0.number == request.number } }) {
            if let deadline = next.deadline, now > deadline {
                expire(next, &outcome)
                continue
            }
            let rows = gathered.reduce(next.rows) { $0 + $1.rows }
            if !gathered.isEmpty, rows > max(1, policy.rowCountLimit) {
                isFull = true
                break
            }
            gathered.append(next)
        }
        (self.wakesAt, wakesWithRows) = (nil, 0)
        guard let oldest = gathered.map(\.arrival).min() else { return outcome }
        let hasDelay = policy.delay.count > 0
        let isOver = hasDelay && now - oldest >= policy.delay.count
        let largest = policy.preferredRowCounts.max() ?? 0
        let total = gathered.reduce(0) { $0 + $1.rows }
        if let part = preferredPart(gathered, isFull: isFull), !isOver {
            leave(Array(gathered.prefix(part)), &outcome)
        } else if isFull || total >= largest || isOver || !hasDelay {
            leave(gathered, &outcome)
        } else {
            let deadlines = requests.compactMap(\.deadline).map { $0 + 1 }
            self.wakesAt = min(oldest + policy.delay.count, deadlines.min() ?? .max)
            wakesWithRows = policy.preferredRowCounts.filter { $0 > total }.min() ?? 0
        }
        return outcome
    }

    /// Who is asked in which order.
    private var ordered: [Request] {
        requests.sorted { ($0.level, $0.isDelayed ? 1 : 0, $0.turn) < ($1.level, $1.isDelayed ? 1 : 0, $1.turn) }
    }

    private mutating func expire(_ request: Request, _ outcome: inout Outcome) {
        guard let index = requests.firstIndex(where: { $0.number == request.number }) else { return }
        if policy.levels[request.level].delaysExpired {
            turn += 1
            requests[index].isDelayed = true
            requests[index].deadline = nil
            requests[index].turn = turn
        } else {
            requests.remove(at: index)
            outcome.expired.append(request.number)
        }
    }

    /// How many of the gathered requests have a preferred number of rows together, or come before the largest.
    private func preferredPart(_ gathered: [Request], isFull: Bool) -> Int? {
        let sums = gathered.indices.map { last in gathered[...last].reduce(0) { $0 + $1.rows } }
        if let exact = sums.lastIndex(where: policy.preferredRowCounts.contains) { return exact + 1 }
        let largest = policy.preferredRowCounts.max() ?? 0
        if let passing = sums.firstIndex(where: { $0 > largest }) {
            // The first request runs whatever its size; it is passed with the next one.
            if passing > 0 { return passing }
            return gathered.count > 1 || isFull ? 1 : nil
        }
        // What does not fit passes the largest preferred number too.
        return isFull ? gathered.count : nil
    }

    private mutating func leave(_ batch: [Request], _ outcome: inout Outcome) {
        outcome.batch = batch.map(\.number)
        let numbers = Set(batch.map(\.number))
        requests.removeAll { numbers.contains($0.number) }
        if !requests.isEmpty { wakesAt = .min }
    }
}
