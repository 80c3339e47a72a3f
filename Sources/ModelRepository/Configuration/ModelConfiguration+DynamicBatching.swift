extension ModelConfiguration {
    /// Reads and checks `dynamic_batching`.
    ///
    /// - Source: Triton's validation: preferred sizes within the batch size; default priority and policy keys within
    ///   the levels; `preserve_ordering` excludes several priorities and delayed timeouts.
    static func dynamicBatching(
        of message: MessageValue, maxBatchSize: Int
    ) throws(TextFormatFault) -> DynamicBatching? {
        guard let block = message.message("dynamic_batching") else { return nil }
        func fault(_ field: String, _ sentence: String) -> TextFormatFault {
            TextFormatFault(.meaningless(sentence), at: block.position(of: field))
        }
        let preferred = block.integers("preferred_batch_size").map { Int($0) }
        for size in preferred where size <= 0 || (maxBatchSize > 0 && size > maxBatchSize) {
            let limit = maxBatchSize > 0 ? "\(maxBatchSize)" : "max_batch_size"
            throw fault("preferred_batch_size", "preferred_batch_size \(size) is not within 1 to \(limit)")
        }
        let levels = block.unsigned("priority_levels")
        if levels > ModelRepositoryLimits.priorityLevelLimit {
            let limit = ModelRepositoryLimits.priorityLevelLimit
            throw fault("priority_levels", "priority_levels \(levels) is not within 0 to \(limit)")
        }
        let defaultLevel = block.unsigned("default_priority_level")
        if levels > 0 && (defaultLevel == 0 || defaultLevel > levels) {
            throw fault("default_priority_level", "default_priority_level \(defaultLevel) is not within 1 to \(levels)")
        }
        let defaultPolicy = block.message("default_queue_policy").map { queuePolicy($0) } ?? QueuePolicy()
        var policies: [UInt64: QueuePolicy] = [:]
        for entry in block.messages("priority_queue_policy") {
            let level = entry.unsigned("key")
            if level == 0 || level > levels {
                throw TextFormatFault(
                    .meaningless("priority_queue_policy names level \(level) of \(levels)"), at: entry.position)
            }
            policies[level] = entry.message("value").map { queuePolicy($0) } ?? QueuePolicy()
        }
        if block.boolean("preserve_ordering") {
            if levels > 1 { throw fault("preserve_ordering", "preserve_ordering excludes several priority levels") }
            let delays = ([defaultPolicy] + policies.values).contains {
                $0.timeoutAction == .delay && $0.defaultTimeoutMicroseconds > 0
            }
            if delays { throw fault("preserve_ordering", "preserve_ordering excludes timeouts that delay") }
        }
        return DynamicBatching(
            preferredBatchSizes: preferred, queueDelayMicroseconds: block.unsigned("max_queue_delay_microseconds"),
            preservesOrdering: block.boolean("preserve_ordering"), priorityLevels: levels,
            defaultPriorityLevel: defaultLevel, defaultQueuePolicy: defaultPolicy, priorityQueuePolicies: policies)
    }

    private static func queuePolicy(_ message: MessageValue) -> QueuePolicy {
        QueuePolicy(
            timeoutAction: message.enumeration("timeout_action") == 0 ? .reject : .delay,
            defaultTimeoutMicroseconds: message.unsigned("default_timeout_microseconds"),
            allowsTimeoutOverride: message.boolean("allow_timeout_override"),
            queueSizeLimit: Int(message.unsigned("max_queue_size")))
    }
}
