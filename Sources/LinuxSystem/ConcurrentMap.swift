import Synchronization

/// Work on independent items that is done by several threads, in any order, and collected in the items' order.
package enum ConcurrentMap {
    private final class Progress<Result: Sendable>: Sendable {
        let next = Atomic(0)
        let results: Mutex<[Result?]>

        init(count: Int) {
            results = Mutex(Array(repeating: nil, count: count))
        }

        /// Takes items until none is left.
        func work(count: Int, _ body: (Int) -> Result) {
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result = body(index)
                results.withLock { $0[index] = result }
            }
        }
    }

    /// Calls `body` once for each index below `count` and returns the results in order.
    ///
    /// The calling thread works, too; where the kernel refuses more threads it does all.
    ///
    /// - Parameter threadCount: threads that work at once, at least one.
    package static func results<Result: Sendable>(
        count: Int, threadCount: Int, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        precondition(count >= 0 && threadCount > 0, "there is a thread, and no negative number of items")
        let progress = Progress<Result>(count: count)
        var threads: [SystemThread] = []
        for _ in 1..<max(1, min(threadCount, count)) {
            guard let thread = try? SystemThread(name: "rowan-load", body: { progress.work(count: count, body) })
            else { break }
            threads.append(thread)
        }
        progress.work(count: count, body)
        for thread in threads { thread.join() }
        return progress.results.withLock { results in
            results.map { result in
                guard let result else { preconditionFailure("every item was taken once") }
                return result
            }
        }
    }
}
