/// The messages of `config.pbtxt`: field names, numbers and types of `inference.ModelConfig`, each with what this
/// server does about it.
///
/// - Source: Triton's `model_config.proto`, as protobuf descriptor of tritonclient 2.73; a test compares every field.
enum ModelConfigurationSchema {
    static let modelConfiguration = MessageSchema(
        "inference.ModelConfig",
        [
            .field("name", 1, .string),
            .field("platform", 2, .string),
            .field("backend", 17, .string),
            .field("runtime", 25, .string, .noted("the server brings its own engines")),
            .field("version_policy", 3, .message(versionPolicy)),
            .field("max_batch_size", 4, .int32),
            .repeated("input", 5, .message(input)),
            .repeated("output", 6, .message(output)),
            .repeated("batch_input", 20, .message(batchInput), .refused("ragged batches are not served")),
            .repeated("batch_output", 21, .message(batchOutput), .refused("ragged batches are not served")),
            .field("optimization", 12, .message(optimizationPolicy), .noted("has no effect on this server")),
            .field("dynamic_batching", 11, .message(dynamicBatching), choice: "scheduling_choice"),
            .field(
                "sequence_batching", 13, .message(sequenceBatching), .refused("sequences of requests are not served"),
                choice: "scheduling_choice"),
            .field("ensemble_scheduling", 15, .message(ensembling), choice: "scheduling_choice"),
            .repeated("instance_group", 7, .message(instanceGroup)),
            .field("default_model_filename", 8, .string),
            .map("cc_model_filenames", 9, key: .string, value: .string, .noted("this server has no GPU")),
            .map("metric_tags", 10, key: .string, value: .string),
            .map("parameters", 14, key: .string, value: .message(parameter)),
            .repeated("model_warmup", 16, .message(warmup)),
            .field("model_operations", 18, .message(operations), .noted("libraries of operations are not loaded")),
            .field("model_transaction_policy", 19, .message(transactionPolicy)),
            .field(
                "model_repository_agents", 23, .message(repositoryAgents),
                .refused("agents are not available in this version")),
            .field(
                "response_cache", 24, .message(responseCache),
                .noted("not needed: evaluating a row costs less than looking it up")),
            .field("model_metrics", 26, .message(metrics), .noted("the buckets of histograms are fixed")),
        ])

    static let versionPolicy = MessageSchema(
        "inference.ModelVersionPolicy",
        [
            .field("latest", 1, .message(versionPolicyLatest), choice: "policy_choice"),
            .field("all", 2, .message(versionPolicyAll), choice: "policy_choice"),
            .field("specific", 3, .message(versionPolicySpecific), choice: "policy_choice"),
        ])

    static let versionPolicyLatest = MessageSchema(
        "inference.ModelVersionPolicy.Latest",
        [
            .field("num_versions", 1, .uint32)
        ])

    static let versionPolicyAll = MessageSchema("inference.ModelVersionPolicy.All", [])

    static let versionPolicySpecific = MessageSchema(
        "inference.ModelVersionPolicy.Specific",
        [
            .repeated("versions", 1, .int64)
        ])

    static let input = MessageSchema(
        "inference.ModelInput",
        [
            .field("name", 1, .string),
            .field("data_type", 2, .enumeration(dataType)),
            .field("format", 3, .enumeration(inputFormat), .noted("inputs are rows of features")),
            .repeated("dims", 4, .int64),
            .field("reshape", 5, .message(tensorReshape), .refused("rows of features have one shape")),
            .field("is_shape_tensor", 6, .boolean, .refused("shape tensors are not served")),
            .field("allow_ragged_batch", 7, .boolean, .noted("every row has the same features")),
            .field("optional", 8, .boolean),
            .field("is_non_linear_format_io", 9, .boolean, .noted("this server has no GPU")),
        ])

    static let dataType = EnumerationSchema(
        "inference.DataType",
        [
            ("TYPE_INVALID", 0), ("TYPE_BOOL", 1), ("TYPE_UINT8", 2), ("TYPE_UINT16", 3), ("TYPE_UINT32", 4),
            ("TYPE_UINT64", 5), ("TYPE_INT8", 6), ("TYPE_INT16", 7), ("TYPE_INT32", 8), ("TYPE_INT64", 9),
            ("TYPE_FP16", 10), ("TYPE_FP32", 11), ("TYPE_FP64", 12), ("TYPE_STRING", 13), ("TYPE_BF16", 14),
        ])

    static let inputFormat = EnumerationSchema(
        "inference.ModelInput.Format", [("FORMAT_NONE", 0), ("FORMAT_NHWC", 1), ("FORMAT_NCHW", 2)])

    static let tensorReshape = MessageSchema(
        "inference.ModelTensorReshape",
        [
            .repeated("shape", 1, .int64)
        ])

    static let output = MessageSchema(
        "inference.ModelOutput",
        [
            .field("name", 1, .string),
            .field("data_type", 2, .enumeration(dataType)),
            .repeated("dims", 3, .int64),
            .field("reshape", 5, .message(tensorReshape), .refused("outputs have one shape")),
            .field("label_filename", 4, .string),
            .field("is_shape_tensor", 6, .boolean, .refused("shape tensors are not served")),
            .field("is_non_linear_format_io", 7, .boolean, .noted("this server has no GPU")),
        ])

    static let dynamicBatching = MessageSchema(
        "inference.ModelDynamicBatching",
        [
            .repeated("preferred_batch_size", 1, .int32),
            .field("max_queue_delay_microseconds", 2, .uint64),
            .field("preserve_ordering", 3, .boolean),
            .field("priority_levels", 4, .uint64),
            .field("default_priority_level", 5, .uint64),
            .field("default_queue_policy", 6, .message(queuePolicy)),
            .map("priority_queue_policy", 7, key: .uint64, value: .message(queuePolicy)),
        ])

    static let queuePolicy = MessageSchema(
        "inference.ModelQueuePolicy",
        [
            .field("timeout_action", 1, .enumeration(queuePolicyTimeoutAction)),
            .field("default_timeout_microseconds", 2, .uint64),
            .field("allow_timeout_override", 3, .boolean),
            .field("max_queue_size", 4, .uint32),
        ])

    static let queuePolicyTimeoutAction = EnumerationSchema(
        "inference.ModelQueuePolicy.TimeoutAction", [("REJECT", 0), ("DELAY", 1)])

    static let ensembling = MessageSchema(
        "inference.ModelEnsembling",
        [
            .repeated("step", 1, .message(ensemblingStep)),
            .field("max_inflight_requests", 2, .uint32, .noted("steps of a request follow each other without a queue")),
        ])

    static let ensemblingStep = MessageSchema(
        "inference.ModelEnsembling.Step",
        [
            .field("model_name", 1, .string),
            .field("model_version", 2, .int64),
            .map("input_map", 3, key: .string, value: .string),
            .map("output_map", 4, key: .string, value: .string),
            .field("model_namespace", 5, .string, .refused("models have no namespaces")),
        ])

    static let instanceGroup = MessageSchema(
        "inference.ModelInstanceGroup",
        [
            .field("name", 1, .string),
            .field("kind", 4, .enumeration(instanceGroupKind)),
            .field("count", 2, .int32),
            .field("rate_limiter", 6, .message(rateLimiter), .noted("every loop evaluates at its own pace")),
            .repeated("gpus", 3, .int32, .noted("this server has no GPU")),
            .repeated("secondary_devices", 8, .message(instanceGroupSecondaryDevice), .noted("this server has no GPU")),
            .repeated("profile", 5, .string, .noted("this server has no GPU")),
            .field("passive", 7, .boolean, .noted("every loop evaluates every model")),
            .field("host_policy", 9, .string, .noted("every loop evaluates every model")),
        ])

    static let instanceGroupKind = EnumerationSchema(
        "inference.ModelInstanceGroup.Kind", [("KIND_AUTO", 0), ("KIND_GPU", 1), ("KIND_CPU", 2), ("KIND_MODEL", 3)])

    static let rateLimiter = MessageSchema(
        "inference.ModelRateLimiter",
        [
            .repeated("resources", 1, .message(rateLimiterResource)),
            .field("priority", 2, .uint32),
        ])

    static let rateLimiterResource = MessageSchema(
        "inference.ModelRateLimiter.Resource",
        [
            .field("name", 1, .string),
            .field("global", 2, .boolean),
            .field("count", 3, .uint32),
        ])

    static let instanceGroupSecondaryDevice = MessageSchema(
        "inference.ModelInstanceGroup.SecondaryDevice",
        [
            .field("kind", 1, .enumeration(instanceGroupSecondaryDeviceSecondaryDeviceKind)),
            .field("device_id", 2, .int64),
        ])

    static let instanceGroupSecondaryDeviceSecondaryDeviceKind = EnumerationSchema(
        "inference.ModelInstanceGroup.SecondaryDevice.SecondaryDeviceKind", [("KIND_NVDLA", 0)])

    static let parameter = MessageSchema(
        "inference.ModelParameter",
        [
            .field("string_value", 1, .string)
        ])

    static let warmup = MessageSchema(
        "inference.ModelWarmup",
        [
            .field("name", 1, .string),
            .field("batch_size", 2, .uint32),
            .map("inputs", 3, key: .string, value: .message(warmupInput)),
            .field("count", 4, .uint32),
        ])

    static let warmupInput = MessageSchema(
        "inference.ModelWarmup.Input",
        [
            .field("data_type", 1, .enumeration(dataType)),
            .repeated("dims", 2, .int64),
            .field("zero_data", 3, .boolean, choice: "input_data_type"),
            .field("random_data", 4, .boolean, choice: "input_data_type"),
            .field("input_data_file", 5, .string, choice: "input_data_type"),
        ])

    static let transactionPolicy = MessageSchema(
        "inference.ModelTransactionPolicy",
        [
            .field("decoupled", 1, .boolean)
        ])
}
