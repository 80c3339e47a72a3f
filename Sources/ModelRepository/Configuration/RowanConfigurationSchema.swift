/// The messages of `rowan.pbtxt`; the schema file `RowanConfiguration.proto` says what each field means.
///
/// A test compares this table with that file.
enum RowanConfigurationSchema {
    static let rowanConfiguration = MessageSchema(
        "rowan.RowanConfiguration",
        [
            .repeated("features", 1, .message(feature)),
            .repeated("anomaly", 2, .message(anomalyRule)),
            .field("drift", 3, .message(drift)),
            .field("monitoring", 4, .message(monitoring)),
            .field("explanation", 5, .message(explanation)),
            .field("traffic_split", 6, .message(trafficSplit)),
        ])

    private static let notYet = MessageSchema.Treatment.noted("not acted on by this version")

    static let feature = MessageSchema("rowan.Feature", [.field("name", 1, .string), .field("default", 2, .double)])

    static let anomalyRule = MessageSchema(
        "rowan.AnomalyRule",
        [
            .field("output", 1, .string),
            .field("class_index", 2, .uint32),
            .field("threshold", 3, .double),
            .field("combine", 4, .enumeration(combination)),
            .field("z_score", 5, .message(zScore)),
        ])

    static let combination = EnumerationSchema("rowan.AnomalyRule.Combination", [("ANY", 0), ("ALL", 1)])

    static let zScore = MessageSchema(
        "rowan.ZScore",
        [
            .field("threshold", 1, .double), .field("window_rows", 2, .uint32),
            .repeated("features", 3, .string, notYet),
        ])

    static let drift = MessageSchema(
        "rowan.Drift",
        [
            .field("reference_file", 1, .string),
            .field("window_rows", 2, .uint32),
            .field("window_seconds", 3, .uint32),
            .field("sample_fraction", 4, .double),
            .field("psi_warning", 5, .double),
            .field("psi_alert", 6, .double),
        ])

    static let monitoring = MessageSchema(
        "rowan.Monitoring", [.field("keep_predictions", 1, .uint64), .field("window_predictions", 2, .uint32)])

    static let explanation = MessageSchema(
        "rowan.Explanation",
        [
            .field("durability", 1, .enumeration(durability)),
            .repeated("generator", 2, .message(generator), notYet),
            .field("window_seconds", 3, .uint32),
        ])

    static let durability = EnumerationSchema("rowan.Explanation.Durability", [("MEMORY", 0), ("DISK", 1)])

    static let generator = MessageSchema(
        "rowan.Generator",
        [
            .field("openai", 1, .message(openAI), choice: "kind"),
            .field("extractive", 2, .message(extractive), choice: "kind"),
        ])

    static let openAI = MessageSchema(
        "rowan.OpenAI",
        [
            .field("base_url", 1, .string),
            .field("model", 2, .string),
            .field("api_key_env", 3, .string),
            .field("timeout_seconds", 4, .double),
            .field("max_retries", 5, .uint32),
        ])

    static let extractive = MessageSchema("rowan.Extractive", [])

    static let trafficSplit = MessageSchema(
        "rowan.TrafficSplit",
        [
            .repeated("variant", 1, .message(variant)),
            .field("sticky", 2, .message(sticky)),
            .field("on_unavailable", 3, .enumeration(unavailability)),
            .field("shadow", 4, .message(shadow)),
            .field("rollout", 5, .message(rollout)),
        ])

    static let unavailability = EnumerationSchema(
        "rowan.TrafficSplit.Unavailability", [("REFUSE", 0), ("REDISTRIBUTE", 1)])

    static let variant = MessageSchema(
        "rowan.Variant",
        [
            .field("name", 1, .string),
            .field("model", 2, .string),
            .field("version", 3, .int64),
            .field("weight", 4, .double),
        ])

    static let sticky = MessageSchema(
        "rowan.Sticky",
        [
            .field("cookie", 1, .string),
            .field("header", 2, .string),
            .field("metadata", 3, .string),
            .field("max_age_seconds", 4, .uint32),
        ])

    static let shadow = MessageSchema(
        "rowan.Shadow",
        [
            .field("variant", 1, .string), .field("sample_fraction", 2, .double), .field("max_queue", 3, .uint32),
        ])

    static let rollout = MessageSchema(
        "rowan.Rollout",
        [
            .field("candidate", 1, .string),
            .repeated("steps", 2, .uint32),
            .field("hold_seconds", 3, .uint32),
            .field("guard", 4, .message(guardMetrics)),
        ])

    static let guardMetrics = MessageSchema(
        "rowan.Guard",
        [
            .field("max_error_rate", 1, .double),
            .field("max_p95_seconds", 2, .double),
            .field("max_anomaly_rate_ratio", 3, .double),
            .field("max_psi", 4, .double),
            .field("min_accuracy", 5, .double),
            .field("min_samples", 6, .uint64),
        ])
}
