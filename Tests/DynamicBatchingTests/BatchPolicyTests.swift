import LinuxSystem
import Testing

@testable import DynamicBatching
@testable import ModelRepository

/// From a configuration's words to a policy, and which models need a queue of their own.
@Suite struct BatchPolicyTests {
    private typealias QueuePolicy = ModelConfiguration.QueuePolicy

    private func batching(
        preferred: [Int] = [], delay: UInt64 = 0, ordered: Bool = false, levels: UInt64 = 0, defaultLevel: UInt64 = 0,
        policy: QueuePolicy = QueuePolicy(), policies: [UInt64: QueuePolicy] = [:]
    ) -> ModelConfiguration.DynamicBatching {
        ModelConfiguration.DynamicBatching(
            preferredBatchSizes: preferred, queueDelayMicroseconds: delay, preservesOrdering: ordered,
            priorityLevels: levels, defaultPriorityLevel: defaultLevel, defaultQueuePolicy: policy,
            priorityQueuePolicies: policies)
    }

    private func isShared(_ batching: ModelConfiguration.DynamicBatching) -> Bool {
        BatchPolicy.ofSharedQueue(batching, maxBatchSize: 64) != nil
    }

    @Test func `a configuration's numbers become a policy`() {
        var first = QueuePolicy()
        first.queueSizeLimit = 7
        var others = QueuePolicy()
        others.timeoutAction = .delay
        others.defaultTimeoutMicroseconds = 30
        others.allowsTimeoutOverride = true
        let policy = BatchPolicy(
            batching(
                preferred: [8, 4, 8], delay: 250, levels: 3, defaultLevel: 2, policy: others, policies: [1: first]),
            maxBatchSize: 64)
        #expect(policy.rowCountLimit == 64)
        #expect(policy.preferredRowCounts == [4, 8])
        #expect(policy.delay == .microseconds(250))
        #expect(policy.defaultLevel == 1)
        #expect(policy.levels.map(\.requestCountLimit) == [7, .max, .max])
        #expect(policy.levels.map(\.timeout) == [.never, .microseconds(30), .microseconds(30)])
        #expect(policy.levels.map(\.delaysExpired) == [false, true, true])
        #expect(policy.levels.map(\.allowsOwnTimeout) == [false, true, true])
    }

    @Test func `without preferred sizes the largest batch is preferred, and without batches one row is`() {
        #expect(BatchPolicy(maxBatchSize: 64).preferredRowCounts == [64])
        #expect(BatchPolicy(maxBatchSize: 0).preferredRowCounts == [1])
        #expect(BatchPolicy(maxBatchSize: 0).rowCountLimit == 1)
    }

    @Test func `what no clock reaches is never`() {
        #expect(BatchPolicy.nanoseconds(ofMicroseconds: .max) == .never)
        #expect(BatchPolicy.nanoseconds(ofMicroseconds: UInt64(Int64.max) / 1_000).count == Int64.max / 1_000 * 1_000)
        #expect(BatchPolicy(batching(delay: .max), maxBatchSize: 1).delay == .never)
    }

    @Test func `loops keep their own batches while nobody waits, goes first or is given up`() {
        #expect(!isShared(batching()))
        #expect(!isShared(batching(preferred: [4, 8])))
        #expect(!isShared(batching(ordered: true)))
        #expect(!isShared(batching(levels: 1, defaultLevel: 1)))
        var permission = QueuePolicy()
        permission.allowsTimeoutOverride = true
        permission.timeoutAction = .delay
        #expect(!isShared(batching(policy: permission)))
    }

    @Test func `a delay, priorities, time-outs and limits each make a shared queue`() {
        #expect(isShared(batching(delay: 1)))
        #expect(isShared(batching(levels: 2, defaultLevel: 1)))
        var policy = QueuePolicy()
        policy.defaultTimeoutMicroseconds = 1
        #expect(isShared(batching(policy: policy)))
        policy = QueuePolicy()
        policy.queueSizeLimit = 1
        #expect(isShared(batching(policy: policy)))
        #expect(isShared(batching(levels: 1, defaultLevel: 1, policies: [1: policy])))
    }

    @Test func `a model that says nothing about batches has no shared queue`() {
        #expect(BatchPolicy.ofSharedQueue(for: .inferred(directoryName: "m")) == nil)
    }
}
