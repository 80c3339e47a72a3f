import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

// The heap against a list that is searched from end to end.
@Suite struct TimerHeapPropertyTests {
    private final class Named: TimerHandler {
        let number: Int
        init(_ number: Int) { self.number = number }
        func timerFired(on loop: EventLoop) {}
    }

    private struct Entry {
        let deadline: Nanoseconds
        let number: Int
        let token: SlotToken
    }

    @Test func `timers fire in the order of their deadlines, equal ones in the order of arming`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<20 {
            var heap = TimerHeap()
            var naive: [Entry] = []
            var cancelled: [SlotToken] = []
            var now = Nanoseconds.zero
            for step in 0..<400 {
                switch random.int(in: 0...9) {
                case 0...4:
                    let deadline = now + Nanoseconds(Int64(random.int(in: 0...50)))
                    naive.append(
                        Entry(deadline: deadline, number: step, token: heap.arm(Named(step), at: deadline)))
                case 5...6 where !naive.isEmpty:
                    let entry = naive.remove(at: random.int(in: 0...naive.count - 1))
                    heap.cancel(entry.token)
                    cancelled.append(entry.token)
                case 7 where !cancelled.isEmpty: heap.cancel(random.element(of: cancelled))
                default: now = now + Nanoseconds(Int64(random.int(in: 0...30)))
                }
                drainDue(&heap, &naive, now)
                #expect(heap.count == naive.count)
                #expect(heap.nextDeadline == naive.map(\.deadline).min() ?? .never)
            }
        }
    }

    private func drainDue(_ heap: inout TimerHeap, _ naive: inout [Entry], _ now: Nanoseconds) {
        while let handler = heap.popDue(at: now, horizon: heap.horizon) {
            // Entries are in the order of arming, so the first of the least is the one to fire.
            let expected = naive.indices.min { naive[$0].deadline < naive[$1].deadline }
            guard let expected else {
                Issue.record("a timer fired that was not armed")
                return
            }
            #expect((handler as? Named)?.number == naive[expected].number)
            #expect(naive[expected].deadline <= now)
            naive.remove(at: expected)
        }
        #expect(naive.allSatisfy { $0.deadline > now })
    }
}
