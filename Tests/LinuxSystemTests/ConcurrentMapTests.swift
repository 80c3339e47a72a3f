import Synchronization
import Testing

@testable import LinuxSystem

/// Every item once, results in order, whatever the number of threads.
struct ConcurrentMapTests {
    @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 100]) func `results stand in the order of the items`(
        threadCount: Int, count: Int
    ) {
        let calls = Atomic(0)
        let results = ConcurrentMap.results(count: count, threadCount: threadCount) { index in
            calls.add(1, ordering: .relaxed)
            return index * index
        }
        #expect(results == (0..<count).map { $0 * $0 })
        #expect(calls.load(ordering: .relaxed) == count)
    }

    @Test func `items are worked on at the same time`() {
        // Each of two items waits until the other has begun.
        let gates = Gates()
        let results = ConcurrentMap.results(count: 2, threadCount: 2) { index in
            gates.begun[index].signal()
            gates.begun[1 - index].wait()
            return index
        }
        #expect(results == [0, 1])
    }

    private final class Gates: Sendable {
        let begun: [2 of ThreadSemaphore]

        init() { begun = InlineArray { _ in ThreadSemaphore() } }
    }
}
