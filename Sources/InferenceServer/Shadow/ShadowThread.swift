import LinuxSystem
import ModelRepository
import Synchronization
import TrafficSplitting

/// The thread that answers copied requests: one for the whole server, of idle priority, begun with the first shadow.
///
/// - Isolation: any thread; the locks are taken when a table is adopted, for a request that is compared, and by who
///   scrapes.
final class ShadowThread: Sendable {
    /// What is known about the shadow of a split.
    struct Figures: Sendable {
        var split: String
        var shadow: String
        /// The shadow's share of requests.
        var sampleFraction: Double
        var queueLimit: Int
        /// By `ShadowLane.Cell`.
        var counts: [UInt64]
        var tally: ShadowTally
        /// The longest time for which the thread has worked without offering its processor.
        var longestSlice: Nanoseconds
    }

    private struct Entry: Sendable {
        var record: ShadowRecord
        var lanes: [ShadowLane] = []
        /// What lanes have counted that are gone.
        var goneCounts = [UInt64](repeating: 0, count: ShadowLane.Cell.allCases.count)
    }

    private struct Content: ~Copyable {
        var entries: [String: Entry] = [:]
        var thread: SystemThread?
        var generation = 0
    }

    private let content = Mutex(Content())
    private let wakeup = ThreadSemaphore()
    private let isAsleep = Atomic(false)
    private let isEnding = Atomic(false)

    /// Time after which the thread looks for work that nobody has announced.
    private static let lookInterval = Nanoseconds.milliseconds(100)

    init() {}

    // MARK: Loops

    /// Begins to take the requests of a loop to a split; of another shadow, or another model, nothing is known yet.
    func open(_ split: TrafficSplit, _ shadow: TrafficSplit.Shadow, capacity: Int) -> ShadowLane {
        content.withLock { content in
            let variant = split.variants[shadow.variant]
            var entry = content.entries[split.name] ?? Entry(record: ShadowRecord(of: variant))
            if !entry.record.isAbout(variant) { entry = Entry(record: ShadowRecord(of: variant), lanes: entry.lanes) }
            let lane = ShadowLane(split, shadow, entry.record, capacity: capacity)
            entry.lanes.append(lane)
            content.entries[split.name] = entry
            content.generation += 1
            if content.thread == nil, !isEnding.load(ordering: .relaxed) {
                // Without a thread copies find no room soon, and are counted as dropped.
                content.thread = try? SystemThread(name: "rowan-shadow", priority: .idle) { [self] in run() }
            }
            return lane
        }
    }

    /// Lets the thread look for work, if it waits for some.
    func wake() {
        guard isAsleep.load(ordering: .relaxed), isAsleep.exchange(false, ordering: .acquiringAndReleasing) else {
            return
        }
        wakeup.signal()
    }

    /// Ends the thread.
    func stop() {
        isEnding.store(true, ordering: .releasing)
        wakeup.signal()
        let thread = content.withLock { content in
            let thread = content.thread
            content.thread = nil
            return thread
        }
        thread?.join()
    }

    // MARK: The thread

    private func run() {
        var generation = -1
        var lanes: [(lane: ShadowLane, comparison: ShadowComparison)] = []
        let clock = ThreadProcessorClock()
        var copies: [ShadowCopy] = []
        while !isEnding.load(ordering: .acquiring) {
            lanes = current(lanes, &generation)
            var hasWorked = false
            for (lane, comparison) in lanes {
                lane.take(into: &copies)
                if copies.isEmpty { continue }
                hasWorked = true
                for copy in copies where !isEnding.load(ordering: .acquiring) {
                    compare(copy, lane, comparison, clock)
                }
                lane.giveBack(&copies)
            }
            if hasWorked { continue }
            forgetOver()
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            _ = wakeup.wait(atMost: Self.lookInterval)
            isAsleep.store(false, ordering: .relaxed)
        }
    }

    private func current(
        _ known: [(lane: ShadowLane, comparison: ShadowComparison)], _ generation: inout Int
    ) -> [(lane: ShadowLane, comparison: ShadowComparison)] {
        let (now, lanes) = content.withLock { content in
            (content.generation, content.generation == generation ? nil : content.entries.values.flatMap(\.lanes))
        }
        guard let lanes else { return known }
        generation = now
        return Self.withComparisons(lanes, known: known)
    }

    /// Finds what evaluates for each lane.
    ///
    /// - Parameter known: lanes that have been there before, with theirs.
    static func withComparisons(
        _ lanes: [ShadowLane], known: [(lane: ShadowLane, comparison: ShadowComparison)]
    ) -> [(lane: ShadowLane, comparison: ShadowComparison)] {
        lanes.reduce(into: []) { found, lane in
            // Loops share what evaluates: they have the same split.
            let shared = (known + found).first { $0.lane.split === lane.split }?.comparison
            found.append((lane, shared ?? ShadowComparison(lane.split, shadow: lane.shadow.variant)))
        }
    }

    private func compare(
        _ copy: ShadowCopy, _ lane: ShadowLane, _ comparison: ShadowComparison, _ clock: ThreadProcessorClock
    ) {
        var longest = Nanoseconds.zero
        copy.withContent { content in
            comparison.compare(&content, clock, into: lane.record) { duration in
                longest = max(longest, duration)
                SystemThread.yield()
            }
        }
        lane.record.note(slice: longest)
    }

    /// Lets go of lanes from which nothing will come any more.
    private func forgetOver() {
        content.withLock { content in
            for name in content.entries.keys {
                guard var entry = content.entries[name], entry.lanes.contains(where: \.isOver) else { continue }
                for lane in entry.lanes where lane.isOver && lane.record === entry.record {
                    for cell in ShadowLane.Cell.allCases { entry.goneCounts[cell.rawValue] += lane.value(of: cell) }
                }
                entry.lanes.removeAll(where: \.isOver)
                content.entries[name] = entry.lanes.isEmpty ? nil : entry
                content.generation += 1
            }
        }
    }

    // MARK: Figures

    /// What is known about all shadows, in the order of their splits' names.
    var figures: [Figures] {
        content.withLock { content in
            content.entries.sorted { $0.key < $1.key }.compactMap { name, entry in
                let lanes = entry.lanes.filter { $0.record === entry.record }
                guard let lane = lanes.last else { return nil }
                let counts = ShadowLane.Cell.allCases.map { cell in
                    lanes.reduce(entry.goneCounts[cell.rawValue]) { $0 + $1.value(of: cell) }
                }
                return Figures(
                    split: name, shadow: entry.record.name, sampleFraction: lane.shadow.sampleFraction,
                    queueLimit: lane.shadow.queueLimit, counts: counts, tally: entry.record.tally,
                    longestSlice: entry.record.longestSlice)
            }
        }
    }
}
