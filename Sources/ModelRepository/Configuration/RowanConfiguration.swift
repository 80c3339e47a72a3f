/// What a `rowan.pbtxt` says: today the features of a model, and whether the directory is a traffic split.
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

    /// In column order; empty if the file names none.
    package private(set) var features: [Feature] = []
    /// Where the features begin, for faults that compare them with the model.
    package private(set) var featuresPosition = TextPosition.start
    /// Where the directory is declared to be a traffic split.
    package private(set) var trafficSplitPosition: TextPosition?
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
        for rule in message.messages("anomaly") { try check(rule: rule) }
        try check(drift: message.message("drift"))
        if let split = message.message("traffic_split") {
            try check(split: split)
            configuration.trafficSplitPosition = message.position(of: "traffic_split")
        }
        return configuration
    }

    private static func fault(_ field: String, _ sentence: String, _ message: MessageValue) -> TextFormatFault {
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

    private static func check(fraction field: String, of message: MessageValue) throws(TextFormatFault) {
        guard message.has(field) else { return }
        if !(0...1).contains(message.real(field)) { throw fault(field, "\(field) is not within 0 to 1", message) }
    }

    private static func check(rule: MessageValue) throws(TextFormatFault) {
        if !rule.has("threshold") && !rule.has("z_score") {
            throw TextFormatFault(.meaningless("the rule has neither threshold nor z_score"), at: rule.position)
        }
        if rule.has("threshold") && !rule.real("threshold").isFinite {
            throw fault("threshold", "the threshold is not finite", rule)
        }
    }

    private static func check(drift: MessageValue?) throws(TextFormatFault) {
        guard let drift else { return }
        if drift.text("reference_file").isEmpty {
            throw TextFormatFault(.meaningless("drift has no reference_file"), at: drift.position)
        }
        try check(fraction: "sample_fraction", of: drift)
    }

    private static func check(split: MessageValue) throws(TextFormatFault) {
        let variants = split.messages("variant")
        if variants.isEmpty { throw TextFormatFault(.meaningless("the split has no variant"), at: split.position) }
        var names: Set<String> = []
        for variant in variants {
            let name = variant.text("name")
            if name.isEmpty { throw TextFormatFault(.meaningless("the variant has no name"), at: variant.position) }
            if !names.insert(name).inserted { throw fault("name", "the variant '\(name)' is given twice", variant) }
            if variant.text("model").isEmpty { throw fault("name", "the variant '\(name)' names no model", variant) }
            if variant.integer("version") < 0 { throw fault("version", "a version is not negative", variant) }
        }
        if variants.allSatisfy({ $0.unsigned("weight") == 0 }) {
            throw fault("variant", "no variant has a weight", split)
        }
        if let shadow = split.message("shadow") {
            try check(fraction: "sample_fraction", of: shadow)
            try check(isKnown: shadow, "variant", among: names)
        }
        if let rollout = split.message("rollout") { try check(isKnown: rollout, "candidate", among: names) }
    }

    private static func check(
        isKnown message: MessageValue, _ field: String, among names: Set<String>
    ) throws(TextFormatFault) {
        let name = message.text(field)
        if names.contains(name) { return }
        let nearest = NearestName.among(names.sorted(), to: name).map { "; did you mean '\($0)'?" } ?? ""
        throw fault(field, "'\(name)' is not a variant\(nearest)", message)
    }
}
