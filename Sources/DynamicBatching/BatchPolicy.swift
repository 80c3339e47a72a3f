package import LinuxSystem
package import ModelRepository

/// When the requests of one queue run together, which go first, and which are given up.
///
/// Made from a configuration's `dynamic_batching`; numbers that no request can reach are cut to those that one can.
///
/// - Isolation: immutable; any thread.
/// - Source: Triton's dynamic batcher, `dynamic_batch_scheduler.cc` and `scheduler_utils.cc`.
package struct BatchPolicy: Sendable, Equatable {
    /// What holds for the requests of one priority.
    package struct Level: Sendable, Equatable {
        /// How long a request may wait; `never` for as long as it takes.
        package var timeout = Nanoseconds.never
        /// Whether a request's own time-out counts where it is the shorter one.
        package var allowsOwnTimeout = false
        /// Whether a request whose time is over waits behind the others instead of being refused.
        package var delaysExpired = false
        /// Requests that may wait; those beyond are refused.
        package var requestCountLimit = Int.max

        /// Nothing is given up.
        package init() {}

        init(_ policy: ModelConfiguration.QueuePolicy) {
            if policy.defaultTimeoutMicroseconds > 0 {
                timeout = BatchPolicy.nanoseconds(ofMicroseconds: policy.defaultTimeoutMicroseconds)
            }
            allowsOwnTimeout = policy.allowsTimeoutOverride
            delaysExpired = policy.timeoutAction == .delay
            if policy.queueSizeLimit > 0 { requestCountLimit = policy.queueSizeLimit }
        }

        /// How long a request may wait.
        ///
        /// A request's own time-out can only shorten the model's: where that has none, the request's has no effect.
        ///
        /// - Parameter ownMicroseconds: what the request asks for; 0 if it does not.
        package func timeout(ownMicroseconds: UInt64) -> Nanoseconds {
            guard allowsOwnTimeout, ownMicroseconds > 0, timeout != .never else { return timeout }
            return min(timeout, BatchPolicy.nanoseconds(ofMicroseconds: ownMicroseconds))
        }

        /// Whether any request can be given up or overtaken because of this.
        var isNeutral: Bool { timeout == .never && requestCountLimit == .max }
    }

    /// Rows of one batch at most.
    package let rowCountLimit: Int
    /// Rows at which a batch runs without waiting for more; ascending, at least one.
    package let preferredRowCounts: [Int]
    /// How long the oldest request of a batch waits for others.
    package let delay: Nanoseconds
    /// By priority, the highest first.
    package let levels: [Level]
    /// Where requests go that name no priority, or one that there is not.
    package let defaultLevel: Int

    /// Makes a policy.
    ///
    /// - Parameter maxBatchSize: rows; 0 is a model without batches, whose requests run one by one.
    /// - Parameter preferredRowCounts: in any order; empty for the largest batch.
    package init(
        maxBatchSize: Int, preferredRowCounts: [Int] = [], delay: Nanoseconds = .zero, levels: [Level] = [Level()],
        defaultLevel: Int = 0
    ) {
        precondition(levels.indices.contains(defaultLevel), "the default priority is one of the levels")
        precondition(preferredRowCounts.allSatisfy { $0 > 0 }, "a batch has rows")
        rowCountLimit = max(1, maxBatchSize)
        self.preferredRowCounts = preferredRowCounts.isEmpty ? [rowCountLimit] : Set(preferredRowCounts).sorted()
        self.delay = delay
        self.levels = levels
        self.defaultLevel = defaultLevel
    }

    /// Makes the policy that a configuration asks for.
    package init(_ batching: ModelConfiguration.DynamicBatching, maxBatchSize: Int) {
        let levelCount = max(1, batching.priorityLevels)
        let levels = (1...levelCount).map { level in
            Level(batching.priorityQueuePolicies[level] ?? batching.defaultQueuePolicy)
        }
        self.init(
            maxBatchSize: maxBatchSize, preferredRowCounts: batching.preferredBatchSizes,
            delay: Self.nanoseconds(ofMicroseconds: batching.queueDelayMicroseconds), levels: levels,
            defaultLevel: batching.priorityLevels == 0 ? 0 : Int(batching.defaultPriorityLevel) - 1)
    }

    /// The policy of a model whose requests wait in one queue for all loops; nil if each loop has its own batches.
    ///
    /// Nothing that a client could see distinguishes the two while nobody waits, nobody goes first and nobody is given
    /// up, and batches of the loop's own cost no way to another one.
    package static func ofSharedQueue(for configuration: ModelConfiguration) -> BatchPolicy? {
        configuration.dynamicBatching.flatMap { ofSharedQueue($0, maxBatchSize: configuration.maxBatchSize) }
    }

    static func ofSharedQueue(_ batching: ModelConfiguration.DynamicBatching, maxBatchSize: Int) -> BatchPolicy? {
        let policy = BatchPolicy(batching, maxBatchSize: maxBatchSize)
        let isNeutral = policy.delay == .zero && policy.levels.count == 1 && policy.levels[0].isNeutral
        return isNeutral ? nil : policy
    }

    /// The level of a request that names a priority.
    ///
    /// - Parameter priority: 1 is the highest; 0, or more than there are, is the default.
    package func level(ofPriority priority: UInt64) -> Int {
        priority == 0 || priority > UInt64(levels.count) ? defaultLevel : Int(priority) - 1
    }

    /// A time of a configuration or a request; what no clock reaches is `never`.
    static func nanoseconds(ofMicroseconds count: UInt64) -> Nanoseconds {
        count > UInt64(Int64.max) / 1_000 ? .never : Nanoseconds(Int64(count) * 1_000)
    }
}
