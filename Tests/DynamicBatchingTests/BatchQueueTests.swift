import LinuxSystem
import Testing

@testable import DynamicBatching

/// Every case of the scheduler's rules as a table of events; times are microseconds.
@Suite struct BatchQueueTests {
    private typealias Level = BatchPolicy.Level

    /// One event, and what must follow from it.
    enum Step {
        case arrive(Character, rows: Int = 1, priority: UInt64 = 0, timeout: UInt64 = 0, at: Int)
        case refused(Character, rows: Int = 1, priority: UInt64 = 0, at: Int)
        case cancel(Character)
        /// Looking runs these requests; the second list is refused because its time is over.
        case runs(String, expired: String = "", at: Int)
        /// Looking runs nobody before an instant; nil: before somebody comes.
        case waits(Int?, expired: String = "", at: Int)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let policy: BatchPolicy
        let steps: [Step]

        init(_ sentence: String, _ policy: BatchPolicy, _ steps: [Step]) {
            testDescription = sentence
            self.policy = policy
            self.steps = steps
        }
    }

    private static func policy(
        max: Int = 8, preferred: [Int] = [], delay: Int = 0, levels: [Level] = [Level()], defaultLevel: Int = 0
    ) -> BatchPolicy {
        BatchPolicy(
            maxBatchSize: max, preferredRowCounts: preferred, delay: .microseconds(delay), levels: levels,
            defaultLevel: defaultLevel)
    }

    private static func level(
        timeout: Int? = nil, own: Bool = false, delays: Bool = false, limit: Int = .max
    ) -> Level {
        var level = Level()
        if let timeout { level.timeout = .microseconds(timeout) }
        level.allowsOwnTimeout = own
        level.delaysExpired = delays
        level.requestCountLimit = limit
        return level
    }

    static let forming = [
        Case("nobody waits, nothing runs", policy(), [.waits(nil, at: 0)]),
        Case("without a delay a lone request runs at once", policy(), [.arrive("a", at: 0), .runs("a", at: 0)]),
        Case(
            "without a delay all that have come run together", policy(),
            [.arrive("a", rows: 2, at: 0), .arrive("b", rows: 3, at: 1), .runs("ab", at: 1), .waits(nil, at: 1)]),
        Case(
            "a batch ends before the request that does not fit, which is not split",
            policy(),
            [
                .arrive("a", rows: 5, at: 0), .arrive("b", rows: 4, at: 0), .arrive("c", at: 0), .runs("a", at: 0),
                .runs("bc", at: 0),
            ]),
        Case(
            "a request as large as a batch runs alone", policy(),
            [.arrive("a", rows: 8, at: 0), .arrive("b", at: 0), .runs("a", at: 0), .runs("b", at: 0)]),
        Case(
            "a request without rows counts as one row", policy(max: 2),
            [.arrive("a", rows: 0, at: 0), .arrive("b", rows: 0, at: 0), .arrive("c", at: 0), .runs("ab", at: 0)]),
        Case(
            "without batches requests run one by one", policy(max: 0, delay: 100),
            [.arrive("a", at: 0), .arrive("b", at: 0), .runs("a", at: 0), .runs("b", at: 0), .waits(nil, at: 0)]),
        Case(
            "without a delay the largest preferred number that was reached runs first",
            policy(preferred: [2, 4]),
            [
                .arrive("a", at: 0), .arrive("b", at: 0), .arrive("c", at: 0), .arrive("d", at: 0), .arrive("e", at: 0),
                .runs("abcd", at: 0), .runs("e", at: 0), .waits(nil, at: 0),
            ]),
        Case(
            "requests wait for the delay and run together when it is over", policy(delay: 100),
            [
                .arrive("a", at: 0), .waits(100, at: 0), .arrive("b", at: 40), .waits(100, at: 40), .waits(100, at: 99),
                .runs("ab", at: 100), .waits(nil, at: 100),
            ]),
        Case(
            "the delay counts from the oldest request of a batch", policy(delay: 100),
            [
                .arrive("a", rows: 7, at: 0), .arrive("b", rows: 2, at: 90), .runs("a", at: 90), .waits(190, at: 90),
                .runs("b", at: 190),
            ]),
        Case(
            "a full batch does not wait", policy(delay: 100),
            [.arrive("a", rows: 7, at: 0), .waits(100, at: 0), .arrive("b", at: 1), .runs("ab", at: 1)]),
        Case(
            "a batch that cannot grow does not wait", policy(delay: 100),
            [.arrive("a", rows: 7, at: 0), .waits(100, at: 0), .arrive("b", rows: 2, at: 1), .runs("a", at: 1)]),
        Case(
            "a preferred number does not wait", policy(preferred: [2, 4], delay: 100),
            [
                .arrive("a", at: 0), .waits(100, at: 0), .arrive("b", at: 1), .runs("ab", at: 1), .arrive("c", at: 2),
                .waits(102, at: 2),
            ]),
        Case(
            "between preferred numbers requests wait for the next one", policy(preferred: [2, 4], delay: 100),
            [
                .arrive("a", rows: 3, at: 0), .waits(100, at: 0), .arrive("b", at: 9), .runs("ab", at: 9),
                .arrive("c", rows: 3, at: 10), .waits(110, at: 10), .runs("c", at: 110),
            ]),
        Case(
            "what was gathered before the largest preferred number was passed runs",
            policy(preferred: [4], delay: 100),
            [
                .arrive("a", rows: 3, at: 0), .waits(100, at: 0), .arrive("b", rows: 3, at: 1), .runs("a", at: 1),
                .waits(101, at: 1),
            ]),
        Case(
            "a request larger than every preferred number does not wait", policy(preferred: [2, 4], delay: 100),
            [.arrive("a", rows: 5, at: 0), .runs("a", at: 0)]),
        Case(
            "when the delay is over preferred numbers do not count", policy(preferred: [2], delay: 100),
            [.arrive("a", at: 0), .arrive("b", at: 1), .arrive("c", at: 2), .runs("abc", at: 100)]),
        Case(
            "when the delay is over a batch is still no larger than may be", policy(preferred: [8], delay: 100),
            [.arrive("a", rows: 6, at: 0), .arrive("b", rows: 3, at: 1), .runs("a", at: 100), .waits(101, at: 100)]),
        Case(
            "a delay beyond every clock waits for preferred numbers only",
            BatchPolicy(maxBatchSize: 8, preferredRowCounts: [2], delay: .never),
            [.arrive("a", at: 0), .waits(nil, at: 0), .arrive("b", at: 7), .runs("ab", at: 7)]),
    ]

    static let priorities = [
        Case(
            "higher priorities run first, each in the order of coming", policy(max: 3, levels: [level(), level()]),
            [
                .arrive("a", priority: 2, at: 0), .arrive("b", priority: 1, at: 0), .arrive("c", priority: 2, at: 0),
                .arrive("d", priority: 1, at: 0), .runs("bda", at: 0), .runs("c", at: 0),
            ]),
        Case(
            "no priority, and one that there is not, are the default",
            policy(max: 1, levels: [level(), level(), level()], defaultLevel: 1),
            [
                .arrive("a", priority: 3, at: 0), .arrive("b", at: 0), .arrive("c", priority: 4, at: 0),
                .arrive("d", priority: .max, at: 0), .arrive("e", priority: 1, at: 0), .runs("e", at: 0),
                .runs("b", at: 0), .runs("c", at: 0), .runs("d", at: 0), .runs("a", at: 0),
            ]),
        Case(
            "without levels priorities have no effect", policy(max: 1),
            [.arrive("a", priority: 9, at: 0), .arrive("b", priority: 1, at: 0), .runs("a", at: 0)]),
        Case(
            "a high priority overtakes those that wait for the delay",
            policy(max: 2, delay: 100, levels: [level(), level()]),
            [
                .arrive("a", priority: 2, at: 0), .waits(100, at: 0), .arrive("b", rows: 2, priority: 1, at: 5),
                .runs("b", at: 5), .waits(100, at: 5), .runs("a", at: 100),
            ]),
        Case(
            "nobody grows older: the lowest priority waits as long as others come",
            policy(max: 1, levels: [level(), level()]),
            [
                .arrive("a", priority: 2, at: 0), .arrive("b", priority: 1, at: 0), .runs("b", at: 0),
                .arrive("c", priority: 1, at: 1), .runs("c", at: 1), .arrive("d", priority: 1, at: 2),
                .runs("d", at: 2), .runs("a", at: 2),
            ]),
        Case(
            "the oldest of a batch sets the delay, whatever its priority",
            policy(delay: 100, levels: [level(), level()]),
            [
                .arrive("a", priority: 2, at: 0), .waits(100, at: 0), .arrive("b", priority: 1, at: 50),
                .runs("ba", at: 100),
            ]),
    ]

    static let limits = [
        Case(
            "as many requests wait as may, whatever their rows", policy(delay: 100, levels: [level(limit: 2)]),
            [
                .arrive("a", rows: 3, at: 0), .arrive("b", rows: 3, at: 0), .refused("c", at: 0), .runs("ab", at: 100),
                .arrive("d", at: 101), .waits(201, at: 101),
            ]),
        Case(
            "each priority has its own limit", policy(max: 9, delay: 100, levels: [level(limit: 1), level()]),
            [
                .arrive("a", priority: 1, at: 0), .refused("b", priority: 1, at: 0), .arrive("c", priority: 2, at: 0),
                .arrive("d", priority: 2, at: 0), .runs("acd", at: 100),
            ]),
        Case(
            "who has left makes room", policy(delay: 100, levels: [level(limit: 1)]),
            [.arrive("a", at: 0), .refused("b", at: 0), .cancel("a"), .arrive("c", at: 1), .runs("c", at: 101)]),
        Case(
            "who waits behind because its time was over still counts",
            policy(delay: 100, levels: [level(timeout: 10, delays: true, limit: 1)]),
            [.arrive("a", at: 0), .waits(100, at: 20), .refused("b", at: 20), .runs("a", at: 100)]),
    ]

    static let timeouts = [
        Case(
            "a request whose time is over is refused", policy(delay: 100, levels: [level(timeout: 10)]),
            [.arrive("a", at: 0), .waits(10, at: 0), .waits(nil, expired: "a", at: 11)]),
        Case(
            "only a request's own time counts", policy(max: 9, delay: 100, levels: [level(timeout: 60)]),
            [
                .arrive("a", at: 0), .arrive("b", at: 50), .waits(110, expired: "a", at: 61),
                .waits(nil, expired: "b", at: 111),
            ]),
        Case(
            "time that is over ends before the batch begins", policy(levels: [level(timeout: 10)]),
            [.arrive("a", at: 0), .arrive("b", at: 5), .runs("b", expired: "a", at: 11)]),
        Case(
            "at its last instant a request still runs", policy(levels: [level(timeout: 10)]),
            [.arrive("a", at: 0), .runs("a", at: 10)]),
        Case(
            "a shorter time of the request's own counts where it may",
            policy(delay: 100, levels: [level(timeout: 50, own: true)]),
            [
                .arrive("a", timeout: 10, at: 0), .arrive("b", timeout: 90, at: 0), .waits(50, expired: "a", at: 11),
                .waits(nil, expired: "b", at: 51),
            ]),
        Case(
            "a time of the request's own has no effect without permission",
            policy(delay: 20, levels: [level(timeout: 50)]),
            [.arrive("a", timeout: 10, at: 0), .waits(20, at: 15), .runs("a", at: 20)]),
        Case(
            "a time of the request's own has no effect where the model has none",
            policy(delay: 20, levels: [level(own: true)]),
            [.arrive("a", timeout: 10, at: 0), .waits(20, at: 15), .runs("a", at: 20)]),
        Case(
            "who is delayed waits behind all others of its priority, and before lower ones",
            policy(max: 2, delay: 100, levels: [level(timeout: 10, delays: true), level()]),
            [
                .arrive("a", priority: 2, at: 0), .arrive("b", priority: 1, at: 0), .arrive("c", priority: 1, at: 50),
                .runs("cb", at: 60), .waits(100, at: 60), .runs("a", at: 100),
            ]),
        Case(
            "who is delayed is not refused later and runs when its delay is over",
            policy(delay: 1000, levels: [level(timeout: 10, delays: true)]),
            [.arrive("a", at: 0), .waits(1000, at: 11), .waits(1000, at: 999), .runs("a", at: 1000)]),
        Case(
            "a time beyond every clock never ends",
            BatchPolicy(maxBatchSize: 8, delay: .microseconds(10), levels: [level(own: true)]),
            [.arrive("a", timeout: .max, at: 0), .runs("a", at: 10)]),
        Case(
            "behind the request that does not fit time-outs are not looked at",
            policy(max: 1, levels: [level(timeout: 10)]),
            [
                .arrive("a", at: 8), .arrive("b", at: 9), .arrive("c", at: 0), .runs("a", at: 11),
                .runs("b", expired: "c", at: 11), .waits(nil, at: 11),
            ]),
    ]

    static let cancellations = [
        Case(
            "who has left does not run", policy(delay: 100),
            [.arrive("a", at: 0), .arrive("b", at: 1), .cancel("a"), .waits(101, at: 100), .runs("b", at: 101)]),
        Case(
            "when all have left nothing runs", policy(delay: 100),
            [.arrive("a", at: 0), .waits(100, at: 0), .cancel("a"), .waits(nil, at: 100)]),
        Case(
            "one who has been delayed may leave", policy(delay: 100, levels: [level(timeout: 10, delays: true)]),
            [.arrive("a", at: 0), .arrive("b", at: 1), .waits(100, at: 50), .cancel("a"), .runs("b", at: 101)]),
    ]

    @Test(arguments: forming + priorities + limits + cancellations)
    func `requests run, wait or are refused as the rules say`(example: Case) {
        check(example)
    }

    @Test(arguments: timeouts)
    func `requests whose time is over are refused or delayed as the rules say`(example: Case) {
        check(example)
    }

    private func check(_ example: Case) {
        var queue = BatchQueue<Character>(example.policy)
        var tickets: [Character: BatchQueue<Character>.Ticket] = [:]
        for (number, step) in example.steps.enumerated() {
            switch step {
            case .arrive(let name, let rows, let priority, let timeout, let time):
                let action = queue.arrived(
                    name, rowCount: rows, priority: priority, timeoutMicroseconds: timeout, at: .microseconds(time))
                guard case .wait(let ticket) = action else {
                    Issue.record("step \(number): \(name) was refused")
                    continue
                }
                tickets[name] = ticket
            case .refused(let name, let rows, let priority, let time):
                let action = queue.arrived(name, rowCount: rows, priority: priority, at: .microseconds(time))
                #expect(action == .refuse, "step \(number)")
            case .cancel(let name):
                guard let ticket = tickets[name] else { preconditionFailure("\(name) has come") }
                #expect(queue.cancelled(ticket) == name, "step \(number)")
                #expect(queue.cancelled(ticket) == nil, "step \(number)")
            case .runs(let names, let expired, let time):
                let look = looked(&queue, at: time)
                #expect(look == Look(action: .run, batch: names, expired: expired), "step \(number)")
            case .waits(let until, let expired, let time):
                let look = looked(&queue, at: time)
                #expect(look.batch.isEmpty && look.expired == expired, "step \(number): \(look)")
                expectWait(look.action, until: until, number)
            }
        }
    }

    private struct Look: Equatable {
        var action: BatchQueue<Character>.LookAction
        var batch: String
        var expired: String
    }

    private func looked(_ queue: inout BatchQueue<Character>, at time: Int) -> Look {
        var (batch, expired): ([Character], [Character]) = ([], [])
        let action = queue.looked(at: .microseconds(time), batch: &batch, expired: &expired)
        return Look(action: action, batch: String(batch), expired: String(expired))
    }

    /// A deadline is over a nanosecond behind it: instants are compared in microseconds.
    private func expectWait(_ action: BatchQueue<Character>.LookAction, until time: Int?, _ number: Int) {
        guard case .wait(let instant) = action else {
            Issue.record("step \(number): a batch runs")
            return
        }
        let found = instant == .never ? nil : Int(instant.count / 1_000)
        #expect(found == time, "step \(number)")
    }

    @Test func `a time-out is looked at in the first instant at which it is over`() {
        var level = Level()
        level.timeout = .microseconds(10)
        var queue = BatchQueue<Character>(BatchPolicy(maxBatchSize: 8, delay: .seconds(1), levels: [level]))
        _ = queue.arrived("a", rowCount: 1, at: .zero)
        #expect(looked(&queue, at: 0).action == .wait(until: Nanoseconds(10_001)))
        // One that comes later and ends sooner brings it forward.
        #expect(queue.nextLook == Nanoseconds(10_001))
    }

    @Test func `places are used again, and an old ticket names nobody`() {
        var queue = BatchQueue<Character>(BatchPolicy(maxBatchSize: 8))
        var tickets: [BatchQueue<Character>.Ticket] = []
        for name in "abcd" {
            if case .wait(let ticket) = queue.arrived(name, rowCount: 1, at: .zero) { tickets.append(ticket) }
            #expect(looked(&queue, at: 0).batch == String(name))
        }
        #expect(tickets.count == 4)
        for ticket in tickets { #expect(queue.cancelled(ticket) == nil) }
        #expect(queue.count == 0 && queue.rowCount == 0)
    }
}
