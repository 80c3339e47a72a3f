/// Messages that are read, so that their faults are found, and on which this server does not act.
extension ModelConfigurationSchema {
    static let batchInput = MessageSchema(
        "inference.BatchInput",
        [
            .field("kind", 1, .enumeration(batchInputKind)),
            .repeated("target_name", 2, .string),
            .field("data_type", 3, .enumeration(dataType)),
            .repeated("source_input", 4, .string),
        ])

    static let batchInputKind = EnumerationSchema(
        "inference.BatchInput.Kind",
        [
            ("BATCH_ELEMENT_COUNT", 0), ("BATCH_ACCUMULATED_ELEMENT_COUNT", 1),
            ("BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO", 2), ("BATCH_MAX_ELEMENT_COUNT_AS_SHAPE", 3),
            ("BATCH_ITEM_SHAPE", 4), ("BATCH_ITEM_SHAPE_FLATTEN", 5),
        ])

    static let batchOutput = MessageSchema(
        "inference.BatchOutput",
        [
            .repeated("target_name", 1, .string),
            .field("kind", 2, .enumeration(batchOutputKind)),
            .repeated("source_input", 3, .string),
        ])

    static let batchOutputKind = EnumerationSchema(
        "inference.BatchOutput.Kind", [("BATCH_SCATTER_WITH_INPUT_SHAPE", 0)])

    static let optimizationPolicy = MessageSchema(
        "inference.ModelOptimizationPolicy",
        [
            .field("graph", 1, .message(optimizationPolicyGraph)),
            .field("priority", 2, .enumeration(optimizationPolicyPriority)),
            .field("cuda", 3, .message(optimizationPolicyCuda)),
            .field("execution_accelerators", 4, .message(optimizationPolicyExecutionAccelerators)),
            .field("input_pinned_memory", 5, .message(optimizationPolicyPinnedMemoryBuffer)),
            .field("output_pinned_memory", 6, .message(optimizationPolicyPinnedMemoryBuffer)),
            .field("gather_kernel_buffer_threshold", 7, .uint32),
            .field("eager_batching", 8, .boolean),
        ])

    static let optimizationPolicyGraph = MessageSchema(
        "inference.ModelOptimizationPolicy.Graph",
        [
            .field("level", 1, .int32)
        ])

    static let optimizationPolicyPriority = EnumerationSchema(
        "inference.ModelOptimizationPolicy.ModelPriority",
        [("PRIORITY_DEFAULT", 0), ("PRIORITY_MAX", 1), ("PRIORITY_MIN", 2)])

    static let optimizationPolicyCuda = MessageSchema(
        "inference.ModelOptimizationPolicy.Cuda",
        [
            .field("graphs", 1, .boolean),
            .field("busy_wait_events", 2, .boolean),
            .repeated("graph_spec", 3, .message(optimizationPolicyCudaGraphSpec)),
            .field("output_copy_stream", 4, .boolean),
        ])

    static let optimizationPolicyCudaGraphSpec = MessageSchema(
        "inference.ModelOptimizationPolicy.Cuda.GraphSpec",
        [
            .field("batch_size", 1, .int32),
            .map("input", 2, key: .string, value: .message(optimizationPolicyCudaGraphSpecShape)),
            .field("graph_lower_bound", 3, .message(optimizationPolicyCudaGraphSpecLowerBound)),
        ])

    static let optimizationPolicyCudaGraphSpecShape = MessageSchema(
        "inference.ModelOptimizationPolicy.Cuda.GraphSpec.Shape",
        [
            .repeated("dim", 1, .int64)
        ])

    static let optimizationPolicyCudaGraphSpecLowerBound = MessageSchema(
        "inference.ModelOptimizationPolicy.Cuda.GraphSpec.LowerBound",
        [
            .field("batch_size", 1, .int32),
            .map("input", 2, key: .string, value: .message(optimizationPolicyCudaGraphSpecShape)),
        ])

    static let optimizationPolicyExecutionAccelerators = MessageSchema(
        "inference.ModelOptimizationPolicy.ExecutionAccelerators",
        [
            .repeated("gpu_execution_accelerator", 1, .message(optimizationPolicyExecutionAcceleratorsAccelerator)),
            .repeated("cpu_execution_accelerator", 2, .message(optimizationPolicyExecutionAcceleratorsAccelerator)),
        ])

    static let optimizationPolicyExecutionAcceleratorsAccelerator = MessageSchema(
        "inference.ModelOptimizationPolicy.ExecutionAccelerators.Accelerator",
        [
            .field("name", 1, .string),
            .map("parameters", 2, key: .string, value: .string),
        ])

    static let optimizationPolicyPinnedMemoryBuffer = MessageSchema(
        "inference.ModelOptimizationPolicy.PinnedMemoryBuffer",
        [
            .field("enable", 1, .boolean)
        ])

    static let sequenceBatching = MessageSchema(
        "inference.ModelSequenceBatching",
        [
            .field("direct", 3, .message(sequenceBatchingStrategyDirect), choice: "strategy_choice"),
            .field("oldest", 4, .message(sequenceBatchingStrategyOldest), choice: "strategy_choice"),
            .field("max_sequence_idle_microseconds", 1, .uint64),
            .repeated("control_input", 2, .message(sequenceBatchingControlInput)),
            .repeated("state", 5, .message(sequenceBatchingState)),
            .field("iterative_sequence", 6, .boolean),
        ])

    static let sequenceBatchingStrategyDirect = MessageSchema(
        "inference.ModelSequenceBatching.StrategyDirect",
        [
            .field("max_queue_delay_microseconds", 1, .uint64),
            .field("minimum_slot_utilization", 2, .float),
        ])

    static let sequenceBatchingStrategyOldest = MessageSchema(
        "inference.ModelSequenceBatching.StrategyOldest",
        [
            .field("max_candidate_sequences", 1, .int32),
            .repeated("preferred_batch_size", 2, .int32),
            .field("max_queue_delay_microseconds", 3, .uint64),
            .field("preserve_ordering", 4, .boolean),
        ])

    static let sequenceBatchingControlInput = MessageSchema(
        "inference.ModelSequenceBatching.ControlInput",
        [
            .field("name", 1, .string),
            .repeated("control", 2, .message(sequenceBatchingControl)),
        ])

    static let sequenceBatchingControl = MessageSchema(
        "inference.ModelSequenceBatching.Control",
        [
            .field("kind", 1, .enumeration(sequenceBatchingControlKind)),
            .repeated("int32_false_true", 2, .int32),
            .repeated("fp32_false_true", 3, .float),
            .repeated("bool_false_true", 5, .boolean),
            .field("data_type", 4, .enumeration(dataType)),
        ])

    static let sequenceBatchingControlKind = EnumerationSchema(
        "inference.ModelSequenceBatching.Control.Kind",
        [
            ("CONTROL_SEQUENCE_START", 0), ("CONTROL_SEQUENCE_READY", 1), ("CONTROL_SEQUENCE_END", 2),
            ("CONTROL_SEQUENCE_CORRID", 3),
        ])

    static let sequenceBatchingState = MessageSchema(
        "inference.ModelSequenceBatching.State",
        [
            .field("input_name", 1, .string),
            .field("output_name", 2, .string),
            .field("data_type", 3, .enumeration(dataType)),
            .repeated("dims", 4, .int64),
            .repeated("initial_state", 5, .message(sequenceBatchingInitialState)),
            .field("use_same_buffer_for_input_output", 6, .boolean),
            .field("use_growable_memory", 7, .boolean),
        ])

    static let sequenceBatchingInitialState = MessageSchema(
        "inference.ModelSequenceBatching.InitialState",
        [
            .field("data_type", 1, .enumeration(dataType)),
            .repeated("dims", 2, .int64),
            .field("zero_data", 3, .boolean, choice: "state_data"),
            .field("data_file", 4, .string, choice: "state_data"),
            .field("name", 5, .string),
        ])

    static let operations = MessageSchema(
        "inference.ModelOperations",
        [
            .repeated("op_library_filename", 1, .string)
        ])

    static let repositoryAgents = MessageSchema(
        "inference.ModelRepositoryAgents",
        [
            .repeated("agents", 1, .message(repositoryAgentsAgent))
        ])

    static let repositoryAgentsAgent = MessageSchema(
        "inference.ModelRepositoryAgents.Agent",
        [
            .field("name", 1, .string),
            .map("parameters", 2, key: .string, value: .string),
        ])

    static let responseCache = MessageSchema(
        "inference.ModelResponseCache",
        [
            .field("enable", 1, .boolean)
        ])

    static let metrics = MessageSchema(
        "inference.ModelMetrics",
        [
            .repeated("metric_control", 1, .message(metricsMetricControl))
        ])

    static let metricsMetricControl = MessageSchema(
        "inference.ModelMetrics.MetricControl",
        [
            .field("metric_identifier", 1, .message(metricsMetricControlMetricIdentifier)),
            .field("histogram_options", 2, .message(metricsMetricControlHistogramOptions), choice: "metric_options"),
        ])

    static let metricsMetricControlMetricIdentifier = MessageSchema(
        "inference.ModelMetrics.MetricControl.MetricIdentifier",
        [
            .field("family", 1, .string)
        ])

    static let metricsMetricControlHistogramOptions = MessageSchema(
        "inference.ModelMetrics.MetricControl.HistogramOptions",
        [
            .repeated("buckets", 1, .double)
        ])
}
