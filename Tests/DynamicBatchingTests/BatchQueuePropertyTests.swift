import LinuxSystem
import TestSupport
import Testing

@testable import DynamicBatching

/// Random policies and loads, against a model that follows the rules literally.
@Suite struct BatchQueuePropertyTests {
    private func policy(_ random: inout SeededGenerator) -> BatchPolicy {
        let limit = random.element(of: [0, 1, 2, 5, 8, 16, 100])
        let preferred = (0..<random.int(in: 0...3)).map { _ in random.int(in: 1...max(1, limit)) }
        let levels = (0..<random.element(of: [1, 1, 2, 3])).map { _ in
            var level = BatchPolicy.Level()
            if random.chance(oneIn: 2) { level.timeout = .microseconds(random.int(in: 1...300)) }
            level.allowsOwnTimeout = random.chance(oneIn: 2)
            level.delaysExpired = random.chance(oneIn: 2)
            if random.chance(oneIn: 3) { level.requestCountLimit = random.int(in: 1...6) }
            return level
        }
        return BatchPolicy(
            maxBatchSize: limit, preferredRowCounts: preferred,
            delay: .microseconds(random.element(of: [0, 0, 1, 50, 200, 1_000])), levels: levels,
            defaultLevel: random.int(in: 0...levels.count - 1))
    }

    /// What a client sees of a request at the end.
    private enum Fate: Equatable {
        case refused, expired, cancelled, ran
    }

    /// Both queues, fed with the same events.
    private struct Pair {
        var queue: BatchQueue<Int>
        var naive: NaiveBatchQueue
        var tickets: [Int: BatchQueue<Int>.Ticket] = [:]
        var fates: [Int: Fate] = [:]
        var now: Int64 = 0
        var next = 0

        init(_ policy: BatchPolicy) {
            queue = BatchQueue(policy)
            naive = NaiveBatchQueue(policy)
        }

        mutating func arrive(_ random: inout SeededGenerator) {
            let rows = random.int(in: 0...max(1, min(9, queue.policy.rowCountLimit)))
            let priority = UInt64(random.int(in: 0...queue.policy.levels.count + 1))
            let timeout = UInt64(random.chance(oneIn: 2) ? 0 : random.int(in: 1...400))
            let action = queue.arrived(
                next, rowCount: rows, priority: priority, timeoutMicroseconds: timeout, at: Nanoseconds(now))
            let isTaken = naive.arrived(next, rows: rows, priority: priority, timeout: timeout, at: now)
            switch action {
            case .wait(let ticket): tickets[next] = ticket
            case .refuse: fates[next] = .refused
            }
            #expect(isTaken == (action != .refuse))
            next += 1
        }

        mutating func cancel(_ random: inout SeededGenerator) {
            guard next > 0 else { return }
            let number = random.int(in: max(0, next - 20)...next - 1)
            guard let ticket = tickets[number] else { return }
            let isThere = naive.requests.contains { $0.number == number }
            #expect(queue.cancelled(ticket) == (isThere ? number : nil))
            naive.cancelled(number)
            if isThere { end(number, .cancelled) }
        }

        /// Returns whether a batch has run.
        mutating func look() -> Bool {
            var (batch, expired): ([Int], [Int]) = ([], [])
            let action = queue.looked(at: Nanoseconds(now), batch: &batch, expired: &expired)
            let outcome = naive.looked(at: now)
            #expect(expired == outcome.expired)
            #expect((action == .run ? batch : nil) == outcome.batch)
            #expect(queue.count == naive.requests.count)
            #expect(queue.rowCount == naive.requests.reduce(0) { $0 + $1.rows })
            if case .wait(let instant) = action {
                #expect(instant == naive.wakesAt.map { Nanoseconds($0) } ?? .never)
            }
            for number in expired { end(number, .expired) }
            for number in batch { end(number, .ran) }
            return action == .run
        }

        mutating func end(_ number: Int, _ fate: Fate) {
            #expect(fates.updateValue(fate, forKey: number) == nil, "a request ends once")
        }
    }

    @Test func `whatever comes in whatever order, the queue does what the rules say`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<400 {
            var pair = Pair(policy(&random))
            let pause = random.element(of: [1, 20, 100, 400])
            for _ in 0..<120 {
                pair.now += Int64(random.int(in: 0...pause * 1_000))
                switch random.int(in: 0...9) {
                case 0...5: pair.arrive(&random)
                case 6: pair.cancel(&random)
                default: _ = pair.look()
                }
            }
            // What waits has a reason to: time alone brings every request to its end.
            while pair.queue.count > 0 {
                if pair.queue.nextLook == .never { break }
                pair.now = max(pair.now, pair.queue.nextLook.count)
                while pair.look() {}
            }
            #expect(pair.queue.count == 0)
            #expect(pair.fates.count == pair.next, "every request ends")
        }
    }

    @Test func `a queue that is looked at when it asks to be holds nobody beyond the delay`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<100 {
            var pair = Pair(policy(&random))
            let delay = pair.queue.policy.delay.count
            var arrivals: [Int: Int64] = [:]
            for _ in 0..<200 {
                let arrival = pair.now + Int64(random.int(in: 0...200_000))
                // Time stops wherever the queue wants to be looked at.
                while pair.queue.nextLook.count <= arrival {
                    pair.now = max(pair.now, pair.queue.nextLook.count)
                    while pair.look() {}
                    for waiting in pair.naive.requests {
                        #expect(pair.now - (arrivals[waiting.number] ?? 0) < delay)
                    }
                }
                pair.now = arrival
                arrivals[pair.next] = arrival
                pair.arrive(&random)
            }
        }
    }
}
