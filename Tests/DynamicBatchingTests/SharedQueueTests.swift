import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization
import TestSupport
import Testing

@testable import DynamicBatching

/// One queue with its evaluations: who is told what, in which order.
@Suite struct SharedQueueTests {
    /// A request that remembers how it ended.
    private final class Member: QueuedMember {
        struct End: Equatable {
            var values: [Float]?
            var isFirst = false
        }

        let values: [Float]
        let order: QueueOrder
        private let ended = Mutex<[End]>([])

        init(_ values: [Float], priority: UInt64 = 0, timeout: UInt64 = 0, wanted: UInt64 = 1, at now: Nanoseconds) {
            self.values = values
            order = QueueOrder(
                rowCount: values.count, wantedOutputs: wanted, priority: priority, timeoutMicroseconds: timeout,
                arrival: now)
        }

        var ends: [End] { ended.withLock { $0 } }

        func appendRows(to matrix: inout FeatureMatrix) {
            var rows = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: values.count)
            rows.withTail(rows: values.count) { tail in
                for (row, value) in values.enumerated() {
                    tail[2 * row] = value
                    tail[2 * row + 1] = -1
                }
            }
            rows.advance(by: values.count)
            matrix.append(rows)
        }

        func batchEvaluated(
            _ workspace: any InferenceWorkspace, rows: Range<Int>, timing: BatchTiming, isFirst: Bool
        ) {
            let found = workspace.outputs[0].withFloats { all in rows.map { all[$0] } }
            ended.withLock { $0.append(End(values: found, isFirst: isFirst)) }
        }

        func timeExpired() { ended.withLock { $0.append(End(values: nil)) } }
    }

    private let clock = FakeClock(at: .zero)

    private func queue(
        max: Int = 4, delay: Nanoseconds = .zero, timeout: Nanoseconds = .never, levelCount: Int = 1
    ) -> SharedQueue {
        var level = BatchPolicy.Level()
        level.timeout = timeout
        let policy = BatchPolicy(
            maxBatchSize: max, delay: delay, levels: Array(repeating: level, count: levelCount))
        return SharedQueue(of: EchoEngine.served(name: "m", featureCount: 2, maxBatchSize: max), policy)
    }

    @Test func `members of a batch get their own rows in order, and one of them counts the batch`() {
        let queue = queue()
        let members = [Member([1], at: .zero), Member([], at: .zero), Member([2, 3], at: .zero)]
        for member in members {
            if case .refuse = queue.arrived(member) { Issue.record("refused") }
        }
        #expect(!queue.isEmpty && queue.nextLook == .zero)
        var finished: [[Float]] = []
        queue.look(clock: clock) { finished.append(($0 as? Member)?.values ?? [-1]) }
        #expect(finished == [[1], [], [2, 3]])
        #expect(members[0].ends == [.init(values: [1], isFirst: true)])
        #expect(members[1].ends == [.init(values: [])])
        #expect(members[2].ends == [.init(values: [2, 3])])
        #expect(queue.isEmpty && queue.nextLook == .never)
    }

    @Test func `one look runs one batch, and who comes meanwhile with a higher priority is next`() {
        let queue = queue(max: 1, levelCount: 2)
        let low = [Member([1], priority: 2, at: .zero), Member([2], priority: 2, at: .zero)]
        for member in low { _ = queue.arrived(member) }
        queue.look(clock: clock) { _ in }
        let high = Member([3], priority: 1, at: .zero)
        _ = queue.arrived(high)
        queue.look(clock: clock) { _ in }
        #expect(low[0].ends.count == 1 && low[1].ends.isEmpty && high.ends.count == 1)
        #expect(queue.nextLook == .zero)
        queue.look(clock: clock) { _ in }
        #expect(low[1].ends == [.init(values: [2], isFirst: true)])
    }

    @Test func `whose time is over is told so, and who has left is told nothing`() {
        let queue = queue(delay: .milliseconds(1), timeout: .microseconds(10))
        let late = Member([1], at: .zero)
        let gone = Member([2], at: .zero)
        _ = queue.arrived(late)
        guard case .wait(let ticket) = queue.arrived(gone) else {
            Issue.record("refused")
            return
        }
        #expect(queue.cancelled(ticket))
        #expect(!queue.cancelled(ticket))
        clock.advance(by: .microseconds(11))
        var finished: [[Float]] = []
        queue.look(clock: clock) { finished.append(($0 as? Member)?.values ?? [-1]) }
        #expect(finished == [[1]] && late.ends == [.init(values: nil)] && gone.ends.isEmpty)
        #expect(queue.isEmpty)
    }

    @Test func `the memory of a large batch is given back, and the next batch is right`() {
        let kept = DynamicBatchingLimits.keptRowCapacity
        let queue = queue(max: kept + 1)
        for size in [kept + 1, 2] {
            let member = Member((0..<size).map { Float($0) }, at: .zero)
            _ = queue.arrived(member)
            queue.look(clock: clock) { _ in }
            #expect(member.ends == [.init(values: member.values, isFirst: true)])
        }
    }
}
