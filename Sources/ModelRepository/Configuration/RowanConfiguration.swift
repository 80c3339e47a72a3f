package import ModelMonitoring

/// What a `rowan.pbtxt` says: today the features of a model, which of its rows are anomalous, how its drift is watched,
/// what is kept of its predictions, and the traffic split that a directory is.
///
/// The other sections are read and checked against their schema and reported as notices.
///
/// - Isolation: a value; any thread.
/// - Source: `RowanConfiguration.proto`.
package struct RowanConfiguration: Sendable {
    /// One column of a model's input.
    package struct Feature: Sendable {
        package var name: String
        /// What a missing column is filled with; nil where it must be given.
        package var defaultValue: Double?
    }

    /// How a model's rows are watched.
    package struct Drift: Sendable {
        /// Plain name of a file in the model's directory.
        package var referenceFile: String
        package var settings: DriftSettings
        /// Where the section begins, for faults that compare the reference with the model.
        package var position: TextPosition
        /// Where the file's name stands.
        package var filePosition: TextPosition
    }

    /// What is kept of a model's predictions.
    package struct Monitoring: Sendable {
        package var settings: MonitoringPlan.Settings
        /// Where the section begins, for faults that compare it with the model.
        package var position: TextPosition
    }

    /// What makes a row an anomaly.
    package struct AnomalyCondition: Sendable {
        /// The name of an output.
        package var output: String
        package var classIndex: Int
        package var threshold: Double?
        package var zScore: AnomalyRule.ZScore?
        package var combination: AnomalyRule.Combination
        /// Where the section begins, for faults that compare it with the model.
        package var position: TextPosition
    }

    /// How anomalous rows are explained.
    package struct Explanation: Sendable {
        package var settings: ExplanationPlan.Settings
        /// Where the section begins, for faults that compare it with the model.
        package var position: TextPosition
    }

    /// In column order; empty if the file names none.
    package private(set) var features: [Feature] = []
    /// Where the features begin, for faults that compare them with the model.
    package private(set) var featuresPosition = TextPosition.start
    package private(set) var anomalyRules: [AnomalyCondition] = []
    /// Nil where nobody wants to know.
    package private(set) var drift: Drift?
    /// Nil where no predictions are kept.
    package private(set) var monitoring: Monitoring?
    /// Nil where anomalous rows are not explained.
    package private(set) var explanation: Explanation?
    /// The split that makes the directory a routed name; nil for a model.
    package private(set) var trafficSplit: TrafficSplitConfiguration?
    /// Sections that have no effect.
    package private(set) var notices: [TextFormatParser.Notice] = []

    /// The configuration of a directory without `rowan.pbtxt`.
    package init() {}

    /// Reads and checks a `rowan.pbtxt`.
    package static func read(_ bytes: Span<UInt8>) throws(TextFormatFault) -> RowanConfiguration {
        let (message, notices) = try TextFormatParser.parse(bytes, as: RowanConfigurationSchema.rowanConfiguration)
        var configuration = RowanConfiguration()
        configuration.notices = notices
        configuration.features = try features(of: message)
        configuration.featuresPosition = message.messages("features").first?.position ?? .start
        configuration.anomalyRules = try anomalyRules(of: message)
        configuration.drift = try drift(of: message)
        configuration.monitoring = try monitoring(of: message)
        configuration.explanation = try explanation(of: message)
        if let split = message.message("traffic_split") {
            configuration.trafficSplit = try TrafficSplitConfiguration(
                split, position: message.position(of: "traffic_split"))
        }
        return configuration
    }

    static func fault(_ field: String, _ sentence: String, _ message: MessageValue) -> TextFormatFault {
        TextFormatFault(.meaningless(sentence), at: message.position(of: field))
    }

    private static func features(of message: MessageValue) throws(TextFormatFault) -> [Feature] {
        var features: [Feature] = []
        var known: Set<String> = []
        for feature in message.messages("features") {
            let name = feature.text("name")
            if name.isEmpty { throw fault("name", "the feature has no name", feature) }
            if !known.insert(name).inserted { throw fault("name", "the feature '\(name)' is given twice", feature) }
            if features.count == ModelRepositoryLimits.featureLimit {
                throw fault("name", "more than \(features.count) features", feature)
            }
            let value = feature.has("default") ? feature.real("default") : nil
            features.append(Feature(name: name, defaultValue: value))
        }
        return features
    }
}
