package import LinuxSystem

/// The requests that wait for one model version, and which of them run, are refused, or wait on.
///
/// A value without clock or threads: every method is an event that says when it happened. Requests are never split.
/// They run in the order of their priorities, those of one priority in the order of their coming.
///
/// What runs: requests are gathered from the front while they fit. If the rows gathered came to a preferred number, the
/// largest such part runs; so does what was gathered before the largest preferred number was passed without being met.
/// Once the oldest gathered request has waited for the policy's delay, preferred numbers no longer count and all that
/// was gathered runs, as it does when there is no delay, when the next request does not fit, or when the rows are as
/// many as the largest preferred number. Otherwise everybody waits: until the delay is over, until a time-out, or until
/// as many rows have come as the next preferred number has.
///
/// - Isolation: a value; its owner's thread.
/// - Complexity: arriving and leaving are constant; looking is linear in the requests that one batch could hold.
///   Nothing is allocated once the queue has had its largest length.
/// - Source: Triton's dynamic batcher, `dynamic_batch_scheduler.cc` (`GetDynamicBatch`) and `scheduler_utils.cc`.
package struct BatchQueue<Member> {
    /// Names a request that waits; of no use once it has left the queue.
    package struct Ticket: Equatable, Sendable {
        fileprivate let index: Int32
        fileprivate let generation: UInt32
    }

    /// What follows from an arrival.
    package enum ArrivalAction: Equatable, Sendable {
        case wait(Ticket)
        /// As many requests of the same priority wait as may wait.
        case refuse
    }

    /// What follows from looking at the queue.
    package enum LookAction: Equatable, Sendable {
        /// The batch runs; afterwards the queue is looked at again.
        case run
        /// Nobody runs before an arrival or the instant given; `never` if nobody waits.
        case wait(until: Nanoseconds)
    }

    private struct Place {
        var member: Member?
        /// At least 1: a request without rows takes a place too.
        var rowCount = 1
        var arrival = Nanoseconds.zero
        /// The last instant at which the request may begin; `never` for one that waits as long as it takes.
        var deadline = Nanoseconds.never
        var level: Int32 = 0
        var isDelayed = false
        var generation: UInt32 = 0
        var next = BatchQueue.none
        var previous = BatchQueue.none
    }

    /// Places one behind the other.
    private struct Line {
        var first = BatchQueue.none
        var last = BatchQueue.none
    }

    private struct Level {
        var waiting = Line()
        /// Those whose time was over: they run when the others of their level have run.
        var delayed = Line()
        var count = 0

        /// The line that a request stands in.
        subscript(isDelayed isDelayed: Bool) -> Line {
            get { isDelayed ? delayed : waiting }
            set { if isDelayed { delayed = newValue } else { waiting = newValue } }
        }
    }

    /// What one walk from the front has gathered.
    private struct Gathering {
        var count = 0
        var rowCount = 0
        /// Requests up to the last preferred number of rows.
        var preferredCount = 0
        var oldestArrival = Nanoseconds.never
        var nearestDeadline = Nanoseconds.never
        /// Whether the next request does not fit.
        var isFull = false
    }

    private static var none: Int32 { -1 }

    package let policy: BatchPolicy
    private var places: ContiguousArray<Place> = []
    private var firstFree = BatchQueue.none
    private var levels: ContiguousArray<Level>
    /// Requests that wait.
    package private(set) var count = 0
    /// Rows that wait; a request without any counts as one.
    package private(set) var rowCount = 0
    /// When the queue is to be looked at; arrivals may bring it forward.
    package private(set) var nextLook = Nanoseconds.never
    /// Rows from which an arrival brings the next look forward to now.
    private var wakingRowCount = 0

    /// Makes an empty queue.
    package init(_ policy: BatchPolicy) {
        self.policy = policy
        levels = ContiguousArray(repeating: Level(), count: policy.levels.count)
    }

    // MARK: Events

    /// A request has come.
    ///
    /// - Parameter priority: 1 is the highest; 0, or more than there are, is the model's default.
    /// - Parameter timeoutMicroseconds: what the request asks for; 0 if it does not.
    package mutating func arrived(
        _ member: Member, rowCount: Int, priority: UInt64 = 0, timeoutMicroseconds: UInt64 = 0, at now: Nanoseconds
    ) -> ArrivalAction {
        precondition(rowCount >= 0, "a number of rows is not negative")
        let level = policy.level(ofPriority: priority)
        guard levels[level].count < policy.levels[level].requestCountLimit else { return .refuse }
        var place = Place()
        place.member = member
        place.rowCount = max(1, rowCount)
        place.arrival = now
        place.deadline = now + policy.levels[level].timeout(ownMicroseconds: timeoutMicroseconds)
        place.level = Int32(level)
        let index = take(place)
        append(index)
        levels[level].count += 1
        count += 1
        self.rowCount += place.rowCount
        nextLook = self.rowCount >= wakingRowCount ? .zero : min(nextLook, Self.expiry(of: place.deadline))
        return .wait(Ticket(index: index, generation: places[Int(index)].generation))
    }

    /// Nobody waits for a request's answer any more.
    ///
    /// - Returns: the request, which has left the queue; nil if it had left before.
    package mutating func cancelled(_ ticket: Ticket) -> Member? {
        let index = Int(ticket.index)
        guard places.indices.contains(index), places[index].generation == ticket.generation,
            let member = places[index].member
        else { return nil }
        leave(ticket.index)
        if count == 0 { waitForArrival() }
        return member
    }

    /// Time has passed, or requests have come, or a batch has ended and another may begin.
    ///
    /// - Parameter batch: the requests to be run, in order, are appended.
    /// - Parameter expired: the requests to be refused because their time is over are appended; they are known whatever
    ///   is returned.
    package mutating func looked(
        at now: Nanoseconds, batch: inout [Member], expired: inout [Member]
    ) -> LookAction {
        guard now >= nextLook else { return .wait(until: nextLook) }
        let gathering = gather(at: now, expired: &expired)
        guard gathering.count > 0 else {
            waitForArrival()
            return .wait(until: .never)
        }
        let isDelayOver = policy.delay > .zero && now - gathering.oldestArrival >= policy.delay
        let isReady =
            gathering.isFull || isDelayOver || policy.delay == .zero || gathering.rowCount >= largestPreferredRowCount
        if gathering.preferredCount > 0, !isDelayOver {
            run(gathering.preferredCount, &batch)
        } else if isReady {
            run(gathering.count, &batch)
        } else {
            wakingRowCount = policy.preferredRowCounts.first { $0 > gathering.rowCount } ?? 0
            nextLook = min(gathering.oldestArrival + policy.delay, Self.expiry(of: gathering.nearestDeadline))
            return .wait(until: nextLook)
        }
        // Whoever is left is looked at again at once.
        waitForArrival()
        if count > 0 { nextLook = .zero }
        return .run
    }

    // MARK: Gathering

    private var largestPreferredRowCount: Int { policy.preferredRowCounts[policy.preferredRowCounts.count - 1] }

    /// The first instant at which a deadline is over.
    private static func expiry(of deadline: Nanoseconds) -> Nanoseconds { deadline + Nanoseconds(1) }

    private mutating func waitForArrival() {
        wakingRowCount = 0
        nextLook = .never
    }

    /// Walks from the front until the next request does not fit, and gives up those whose time is over.
    private mutating func gather(at now: Nanoseconds, expired: inout [Member]) -> Gathering {
        var gathering = Gathering()
        for level in levels.indices where levels[level].count > 0 {
            var index = levels[level].waiting.first
            while index != Self.none {
                let next = places[Int(index)].next
                if now > places[Int(index)].deadline {
                    timeIsOver(index, &expired)
                } else if !add(index, to: &gathering) {
                    return gathering
                }
                index = next
            }
            index = levels[level].delayed.first
            while index != Self.none {
                if !add(index, to: &gathering) { return gathering }
                index = places[Int(index)].next
            }
        }
        return gathering
    }

    private mutating func timeIsOver(_ index: Int32, _ expired: inout [Member]) {
        let level = Int(places[Int(index)].level)
        guard policy.levels[level].delaysExpired else {
            if let member = places[Int(index)].member { expired.append(member) }
            return leave(index)
        }
        remove(index)
        places[Int(index)].isDelayed = true
        places[Int(index)].deadline = .never
        append(index)
    }

    /// Gathers a request if it fits; the first one always does.
    private func add(_ index: Int32, to gathering: inout Gathering) -> Bool {
        let rowCount = gathering.rowCount + places[Int(index)].rowCount
        if gathering.count > 0 {
            if rowCount > largestPreferredRowCount, gathering.preferredCount == 0 {
                gathering.preferredCount = gathering.count
            }
            if rowCount > policy.rowCountLimit {
                gathering.isFull = true
                return false
            }
        }
        gathering.count += 1
        gathering.rowCount = rowCount
        gathering.oldestArrival = min(gathering.oldestArrival, places[Int(index)].arrival)
        gathering.nearestDeadline = min(gathering.nearestDeadline, places[Int(index)].deadline)
        if isPreferred(rowCount) { gathering.preferredCount = gathering.count }
        return true
    }

    private func isPreferred(_ rowCount: Int) -> Bool {
        for preferred in policy.preferredRowCounts where preferred >= rowCount { return preferred == rowCount }
        return false
    }

    /// Moves requests from the front into a batch.
    private mutating func run(_ runningCount: Int, _ batch: inout [Member]) {
        var left = runningCount
        for level in levels.indices {
            while left > 0, levels[level].count > 0 {
                let line = levels[level]
                let index = line.waiting.first != Self.none ? line.waiting.first : line.delayed.first
                if let member = places[Int(index)].member { batch.append(member) }
                leave(index)
                left -= 1
            }
        }
    }

    // MARK: Places

    private mutating func take(_ place: Place) -> Int32 {
        guard firstFree != Self.none else {
            precondition(places.count < Int(Int32.max), "more requests than a ticket can name")
            places.append(place)
            return Int32(places.count - 1)
        }
        let index = firstFree
        firstFree = places[Int(index)].next
        let generation = places[Int(index)].generation
        places[Int(index)] = place
        places[Int(index)].generation = generation
        return index
    }

    private mutating func leave(_ index: Int32) {
        remove(index)
        levels[Int(places[Int(index)].level)].count -= 1
        count -= 1
        rowCount -= places[Int(index)].rowCount
        places[Int(index)].member = nil
        places[Int(index)].generation &+= 1
        places[Int(index)].next = firstFree
        firstFree = index
    }

    /// Puts a request at the end of its line.
    private mutating func append(_ index: Int32) {
        let (level, isDelayed) = line(of: index)
        let last = levels[level][isDelayed: isDelayed].last
        places[Int(index)].previous = last
        places[Int(index)].next = Self.none
        if last == Self.none {
            levels[level][isDelayed: isDelayed].first = index
        } else {
            places[Int(last)].next = index
        }
        levels[level][isDelayed: isDelayed].last = index
    }

    /// Takes a request out of its line.
    private mutating func remove(_ index: Int32) {
        let (level, isDelayed) = line(of: index)
        let (previous, next) = (places[Int(index)].previous, places[Int(index)].next)
        if previous == Self.none {
            levels[level][isDelayed: isDelayed].first = next
        } else {
            places[Int(previous)].next = next
        }
        if next == Self.none {
            levels[level][isDelayed: isDelayed].last = previous
        } else {
            places[Int(next)].previous = previous
        }
    }

    private func line(of index: Int32) -> (level: Int, isDelayed: Bool) {
        (Int(places[Int(index)].level), places[Int(index)].isDelayed)
    }
}
