import LinuxSystem
import ModelRepository
import TestSupport
import Testing
import TrafficSplitting
import TreeEnsembles

@testable import InferenceServer

/// Copies of requests on their way to a shadow, and what comes of them.
struct ShadowComparisonTests {
    /// A forest of two features that answers a number.
    private static func forest(answering number: Double) -> String {
        "{\"rowan_forest\": 1, \"task\": \"regression\", \"feature_count\": 2, \"margin_count\": 1, "
            + "\"input_precision\": \"float32\", \"base_margins\": [0], \"link\": \"identity\", "
            + "\"decision\": \"value\", "
            + "\"trees\": [{\"left\": [-1], \"right\": [-1], \"feature\": [0], \"threshold\": [0], "
            + "\"missing_goes_left\": [0], \"leaf_values\": [\(number)]}]}"
    }

    /// A split whose variants answer 1 and 1.5, the second one as the shadow of the first.
    private static func split() throws -> TrafficSplit {
        let folder = TemporaryFolder()
        folder.write(forest(answering: 1), to: "first/1/model.json")
        folder.write(forest(answering: 1.5), to: "second/1/model.json")
        folder.write(
            """
            traffic_split {
              variant { name: "a" model: "first" weight: 1 }
              variant { name: "b" model: "second" weight: 0 }
              shadow { variant: "b" max_queue: 2 }
            }
            """, to: "split/rowan.pbtxt")
        let loaded = RepositoryLoader(instructionSet: .baseline).load(repositories: [folder.path])
        let split = loaded.table.servedModels.compactMap(\.split).first
        return try #require(split)
    }

    private static func lane(_ split: TrafficSplit, capacity: Int = 2) throws -> ShadowLane {
        let shadow = split.shadow
        let found = try #require(shadow)
        return ShadowLane(split, found, ShadowRecord(of: split.variants[found.variant]), capacity: capacity)
    }

    private static func fill(_ copy: ShadowCopy, _ body: String) {
        copy.withContent { content in
            content.body.removeAll()
            content.body.append(body)
            content.headerLength = nil
            content.isMessage = false
            content.variant = 0
        }
    }

    private static func request(rows: Int) -> String {
        let data = Array(repeating: "0.5", count: 2 * rows).joined(separator: ",")
        return #"{"inputs":[{"name":"x","shape":[\#(rows),2],"datatype":"FP32","data":[\#(data)]}]}"#
    }

    @Test func `copies go round: to be filled, to be answered, and back`() throws {
        let lane = try Self.lane(try Self.split())
        var (answered, free): ([ShadowCopy], [ShadowCopy]) = ([], [])
        #expect(lane.exchange(answered: &answered, free: &free))
        #expect(free.count == 2)
        answered = free
        free = []
        #expect(lane.exchange(answered: &answered, free: &free))
        #expect(answered.isEmpty && free.isEmpty, "both wait to be answered")
        var copies: [ShadowCopy] = []
        lane.take(into: &copies)
        #expect(copies.count == 2)
        lane.giveBack(&copies)
        #expect(lane.exchange(answered: &answered, free: &free) && free.count == 2 && copies.isEmpty)
        #expect(!lane.isOver)
        lane.close()
        #expect(lane.isOver)
    }

    @Test func `lanes of one split share what evaluates, also when they come together`() throws {
        let (one, other) = (try Self.split(), try Self.split())
        let lanes = [try Self.lane(one), try Self.lane(other), try Self.lane(one), try Self.lane(other)]
        let first = ShadowThread.withComparisons(lanes, known: [])
        #expect(first.map { $0.lane === lanes[0] } == [true, false, false, false])
        #expect(first[2].comparison === first[0].comparison && first[3].comparison === first[1].comparison)
        #expect(first[0].comparison !== first[1].comparison)
        let later = ShadowThread.withComparisons([try Self.lane(other), lanes[0]], known: first)
        #expect(later[0].comparison === first[1].comparison && later[1].comparison === first[0].comparison)
    }

    @Test func `a request is answered by both, and the difference is noted`() throws {
        let split = try Self.split()
        let lane = try Self.lane(split)
        let comparison = ShadowComparison(split, shadow: lane.shadow.variant)
        let copy = ShadowCopy()
        Self.fill(copy, Self.request(rows: 3))
        let clock = FakeClock()
        copy.withContent { comparison.compare(&$0, clock, into: lane.record) { _ in } }
        let tally = lane.record.tally
        #expect(tally.requests == 1 && tally.rows == 3 && tally.agreeingRows == 0 && tally.failures == 0)
        #expect(tally.differences.greatest == 0.5 && tally.differences.quantile(0.5) == 0.5)
    }

    @Test func `what cannot be read is a failure`() throws {
        let split = try Self.split()
        let lane = try Self.lane(split)
        let comparison = ShadowComparison(split, shadow: lane.shadow.variant)
        let copy = ShadowCopy()
        Self.fill(copy, "{")
        copy.withContent { comparison.compare(&$0, FakeClock(), into: lane.record) { _ in } }
        #expect(lane.record.tally.failures == 1 && lane.record.tally.requests == 0)
    }

    /// A clock that each look moves on.
    private final class TickingClock: MonotonicClock {
        private let time = Counter()
        private let step: Int64

        init(step: Int64) { self.step = step }

        func now() -> Nanoseconds { Nanoseconds(time.next() &* step) }
    }

    private final class Counter: Sendable {
        private let block = CounterBlock()

        func next() -> Int64 {
            block.add(1, to: 0)
            return Int64(block.value(at: 0))
        }
    }

    @Test(arguments: [(1_000 as Int64, 2...40), (20_000, 2...120), (45_000, 60...260)])
    func `rows are cut into slices by what the last ones have cost`(
        _ nanosecondsPerSlice: Int64, _ slices: ClosedRange<Int>
    ) throws {
        let split = try Self.split()
        let lane = try Self.lane(split)
        let comparison = ShadowComparison(split, shadow: lane.shadow.variant)
        let copy = ShadowCopy()
        Self.fill(copy, Self.request(rows: 100))
        var count = 0
        let clock = TickingClock(step: nanosecondsPerSlice)
        copy.withContent { content in
            comparison.compare(&content, clock, into: lane.record) { duration in
                count += 1
                #expect(duration == Nanoseconds(nanosecondsPerSlice))
            }
        }
        #expect(slices.contains(count), "\(count)")
        #expect(lane.record.tally.rows == 100)
    }

    @Test func `figures are kept for as long as the same model is behind the shadow`() throws {
        let shadows = ShadowThread()
        let split = try Self.split()
        let shadow = try #require(split.shadow)
        let first = shadows.open(split, shadow, capacity: 1)
        let second = shadows.open(split, shadow, capacity: 1)
        #expect(first.record === second.record)
        first.count(.dropped)
        second.count(.dropped)
        let known = shadows.figures
        #expect(known.map(\.split) == ["split"] && known.map(\.shadow) == ["b"])
        #expect(known[0].counts[ShadowLane.Cell.dropped.rawValue] == 2)
        let other = try Self.split()
        let third = shadows.open(other, try #require(other.shadow), capacity: 1)
        #expect(third.record !== first.record)
        #expect(shadows.figures[0].counts[ShadowLane.Cell.dropped.rawValue] == 0)
        shadows.stop()
    }
}
