package import ModelMonitoring
package import TrafficSplitting

/// What `traffic_split` of a `rowan.pbtxt` says, checked.
///
/// - Isolation: a value; any thread.
/// - Source: `RowanConfiguration.proto`.
package struct TrafficSplitConfiguration: Sendable {
    /// A model that gets a share.
    package struct Variant: Sendable {
        package var name: String
        package var model: String
        /// nil for the highest version that is ready.
        package var version: Int64?
        package var weight: VariantWeight
        package var position: TextPosition
    }

    /// What becomes of the share of a variant that is not ready.
    package enum Unavailability: Int, Sendable {
        /// Its clients are refused.
        case refuse = 0
        /// Its clients go to the others, each always to the same one.
        case redistribute = 1
    }

    /// A variant that answers copies of the others' requests, for nobody.
    package struct Shadow: Equatable, Sendable {
        /// Its place among the variants.
        package var variant: Int
        /// What part of the requests it gets.
        package var sampleFraction = 1.0
        /// Copies that may wait for it.
        package var queueLimit = 1_000
    }

    /// At least one; at least one has a weight.
    package let variants: [Variant]
    package let sticky: StickyRules
    package let unavailability: Unavailability
    /// How the share of one of the variants grows by itself; nil if none does.
    package let rollout: RolloutPlan?
    package let shadow: Shadow?
    /// Where the split is declared.
    package let position: TextPosition

    /// Reads and checks a split.
    ///
    /// - Parameter position: where it is declared.
    init(_ message: MessageValue, position: TextPosition) throws(TextFormatFault) {
        let variants = try Self.variants(of: message)
        self.variants = variants
        sticky = try Self.sticky(of: message.message("sticky"))
        guard let unavailability = Unavailability(rawValue: message.enumeration("on_unavailable")) else {
            preconditionFailure("the schema knows the values")
        }
        self.unavailability = unavailability
        self.position = position
        rollout = try Self.rollout(of: message.message("rollout"))
        shadow = try message.message("shadow").map { (shadow) throws(TextFormatFault) in
            try Self.shadow(of: shadow, variants)
        }
        if let rollout = message.message("rollout") {
            _ = try Self.variant("candidate", of: rollout, among: variants)
            guard variants.count > 1 else {
                throw Self.fault("candidate", "a rollout needs another variant beside its candidate", rollout)
            }
        }
    }

    private static func fault(_ field: String, _ sentence: String, _ message: MessageValue) -> TextFormatFault {
        TextFormatFault(.meaningless(sentence), at: message.position(of: field))
    }

    // MARK: Variants

    private static func variants(of message: MessageValue) throws(TextFormatFault) -> [Variant] {
        let messages = message.messages("variant")
        if messages.isEmpty { throw TextFormatFault(.meaningless("the split has no variant"), at: message.position) }
        if messages.count > TrafficSplittingLimits.variantCount {
            throw fault("variant", "more than \(TrafficSplittingLimits.variantCount) variants", message)
        }
        var variants: [Variant] = []
        for variant in messages {
            let read = try Self.variant(variant)
            if variants.contains(where: { $0.name == read.name }) {
                throw fault("name", "the variant '\(read.name)' is given twice", variant)
            }
            variants.append(read)
        }
        if !variants.contains(where: \.weight.isPositive) {
            throw fault("variant", "no variant has a weight", message)
        }
        return variants
    }

    private static func variant(_ message: MessageValue) throws(TextFormatFault) -> Variant {
        let name = message.text("name")
        if name.isEmpty { throw TextFormatFault(.meaningless("the variant has no name"), at: message.position) }
        // It stands in a field of answers.
        let limit = TrafficSplittingLimits.variantNameByteCount
        if name.utf8.count > limit || !name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) {
            throw fault("name", "a variant's name is 1 to \(limit) printable ASCII characters without spaces", message)
        }
        let model = message.text("model")
        if model.isEmpty { throw fault("name", "the variant '\(name)' names no model", message) }
        if !ModelName.isSafe(model) { throw fault("model", "'\(model)' is no name of a model", message) }
        let version = message.integer("version")
        if version < 0 { throw fault("version", "a version is not negative", message) }
        guard let weight = VariantWeight(message.real("weight")) else {
            throw fault(
                "weight", "a weight is 0, or within 0.000001 to \(Int(TrafficSplittingLimits.weight))", message)
        }
        return Variant(
            name: name, model: model, version: version == 0 ? nil : version, weight: weight, position: message.position)
    }

    // MARK: Keys

    private static func sticky(of message: MessageValue?) throws(TextFormatFault) -> StickyRules {
        guard let message else { return StickyRules() }
        let rules = StickyRules(
            cookie: message.has("cookie") ? message.text("cookie") : StickyRules.defaultCookie,
            header: message.text("header"), metadata: message.text("metadata"),
            maxAgeSeconds: message.has("max_age_seconds")
                ? message.unsigned("max_age_seconds") : StickyRules.defaultMaxAgeSeconds)
        if let found = rules.fault { throw fault(found.field, found.sentence, message) }
        return rules
    }

    // MARK: Experiments

    private static func shadow(of message: MessageValue, _ variants: [Variant]) throws(TextFormatFault) -> Shadow {
        var shadow = Shadow(variant: try variant("variant", of: message, among: variants))
        if message.has("sample_fraction") {
            shadow.sampleFraction = message.real("sample_fraction")
            if !(0...1).contains(shadow.sampleFraction) {
                throw fault("sample_fraction", "sample_fraction is not within 0 to 1", message)
            }
        }
        if message.has("max_queue") {
            let limit = TrafficSplittingLimits.shadowQueueCount
            guard (1...limit).contains(message.unsigned("max_queue")) else {
                throw fault("max_queue", "max_queue is not within 1 to \(limit)", message)
            }
            shadow.queueLimit = Int(message.unsigned("max_queue"))
        }
        return shadow
    }

    private static func rollout(of message: MessageValue?) throws(TextFormatFault) -> RolloutPlan? {
        guard let message else { return nil }
        let steps = message.unsigneds("steps").map { Int(clamping: $0) }
        if let sentence = RolloutPlan.fault(inSteps: steps) { throw fault("steps", sentence, message) }
        return RolloutPlan(
            candidate: message.text("candidate"), steps: steps, holdSeconds: Int64(message.unsigned("hold_seconds")),
            guards: try guards(of: message.message("guard")))
    }

    private static func guards(of message: MessageValue?) throws(TextFormatFault) -> RolloutGuards {
        guard let message else { return RolloutGuards() }
        func limit(_ field: String, upTo most: Double) throws(TextFormatFault) -> Double? {
            guard message.has(field) else { return nil }
            let value = message.real(field)
            guard value >= 0, value <= most, value.isFinite else {
                throw fault(field, "\(field) is not within 0 to \(most == .infinity ? "any number" : "1")", message)
            }
            return value
        }
        return RolloutGuards(
            maxErrorRate: try limit("max_error_rate", upTo: 1),
            maxP95Seconds: try limit("max_p95_seconds", upTo: .infinity),
            maxAnomalyRateRatio: try limit("max_anomaly_rate_ratio", upTo: .infinity),
            maxPSI: try limit("max_psi", upTo: .infinity), minAccuracy: try limit("min_accuracy", upTo: 1),
            minSamples: Int(clamping: message.unsigned("min_samples")))
    }

    /// The place of the variant that a field names.
    private static func variant(
        _ field: String, of message: MessageValue, among variants: [Variant]
    ) throws(TextFormatFault) -> Int {
        let name = message.text(field)
        if let place = variants.firstIndex(where: { $0.name == name }) { return place }
        let nearest =
            NearestName.among(variants.map(\.name).sorted(), to: name).map { "; did you mean '\($0)'?" } ?? ""
        throw fault(field, "'\(name)' is not a variant\(nearest)", message)
    }
}
