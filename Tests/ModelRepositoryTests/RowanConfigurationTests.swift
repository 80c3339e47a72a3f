import ModelMonitoring
import Testing
import TrafficSplitting

@testable import ModelRepository

struct RowanConfigurationTests {
    static func fault(_ text: String) -> String? {
        do throws(TextFormatFault) {
            _ = try RowanConfiguration.read(Array(text.utf8).span)
            return nil
        } catch {
            return error.description
        }
    }

    /// The example of the public contract.
    static let example = """
        features { name: "cpu_user" default: 0.0 }
        features { name: "cpu_system" }
        anomaly  { output: "probabilities" class_index: 1 threshold: 0.85 combine: ANY z_score { threshold: 3 } }
        drift    { reference_file: "reference.json" window_rows: 10000 window_seconds: 3600 sample_fraction: 1.0
          psi_warning: 0.1 psi_alert: 0.3 }
        monitoring { keep_predictions: 1000000 window_predictions: 1000 }
        explanation { durability: MEMORY generator { openai { base_url: "http://x" model: "m" api_key_env: "K"
          timeout_seconds: 20 max_retries: 2 } } }
        traffic_split {
          variant { name: "a" model: "xgboost_anomaly" version: 1 weight: 70 }
          variant { name: "b" model: "catboost_anomaly" weight: 30 }
          sticky  { cookie: "rowan_key" header: "x-user-id" metadata: "x-user-id" max_age_seconds: 2592000 }
          on_unavailable: REFUSE
          shadow  { variant: "b" sample_fraction: 0.1 max_queue: 1000 }
          rollout { candidate: "b" steps: [10, 30, 50, 100] hold_seconds: 600 guard { max_error_rate: 0.01
            max_p95_seconds: 0.05 max_anomaly_rate_ratio: 1.5 max_psi: 0.3 min_accuracy: 0.85 min_samples: 1000
            } }
        }
        """

    @Test func `the contract's example is read, and what has no effect yet is said`() throws {
        let read = try RowanConfiguration.read(Array(Self.example.utf8).span)
        #expect(read.features.map(\.name) == ["cpu_user", "cpu_system"])
        #expect(read.features.map(\.defaultValue) == [0, nil])
        #expect(read.drift?.referenceFile == "reference.json")
        #expect(read.drift?.settings == DriftSettings())
        let split = try #require(read.trafficSplit)
        #expect(split.position == TextPosition(line: 9, column: 1))
        #expect(split.variants.map(\.name) == ["a", "b"] && split.variants.map(\.version) == [1, nil])
        #expect(split.variants.map(\.model) == ["xgboost_anomaly", "catboost_anomaly"])
        #expect(split.variants.map(\.weight.millionths) == [70_000_000, 30_000_000])
        #expect(split.sticky == StickyRules(header: "x-user-id", metadata: "x-user-id"))
        #expect(split.unavailability == .refuse)
        #expect(split.shadow == TrafficSplitConfiguration.Shadow(variant: 1, sampleFraction: 0.1, queueLimit: 1_000))
        let rule = try #require(read.anomalyRules.first)
        #expect(rule.output == "probabilities" && rule.classIndex == 1 && rule.threshold == 0.85)
        #expect(rule.combination == .any && rule.position == TextPosition(line: 3, column: 10))
        #expect(rule.zScore == AnomalyRule.ZScore(threshold: 3, windowRows: AnomalyRule.usualWindowRows))
        #expect(read.explanation?.settings == ExplanationPlan.Settings())
        #expect(read.notices.map(\.field) == ["explanation.generator"])
        #expect(read.notices.allSatisfy { $0.sentence == "not acted on by this version" })
    }

    @Test(arguments: [
        ("feature { name: \"a\" }", "1:1: rowan.RowanConfiguration has no field 'feature'; did you mean 'features'?"),
        ("features { }", "1:10: the feature has no name"),
        ("features { name: \"a\" } features { name: \"a\" }", "1:35: the feature 'a' is given twice"),
        ("anomaly { output: \"score\" }", "1:9: the rule has neither threshold nor z_score"),
        ("anomaly { threshold: nan }", "1:11: the threshold is not finite"),
        ("anomaly { threshold: 1 }", "1:9: the rule names no output"),
        ("anomaly { output: \"o\" z_score { } }", "1:31: the threshold of z_score is not above 0"),
        (
            "anomaly { output: \"o\" z_score { threshold: 3 window_rows: 1 } }",
            "1:46: window_rows is not within 2 to \(ModelMonitoringLimits.zScoreRows.upperBound)"
        ),
        ("anomaly { threshold: 1 combine: SOME }", "1:33: 'SOME' is not a value of 'combine'"),
        ("drift { }", "1:7: drift has no reference_file"),
        ("drift { reference_file: \"r\" sample_fraction: 1.5 }", "1:29: sample_fraction is not above 0 and up to 1"),
        ("drift { reference_file: \"r\" sample_fraction: 0 }", "1:29: sample_fraction is not above 0 and up to 1"),
        ("drift { reference_file: \"a/b\" }", "1:9: reference_file 'a/b' is not the plain name of a file"),
        ("drift { reference_file: \"r\" window_rows: 99 }", "1:29: window_rows is not within 100 to 1000000000"),
        ("drift { reference_file: \"r\" window_seconds: 0 }", "1:29: window_seconds is not within 1 to 2592000"),
        ("drift { reference_file: \"r\" psi_warning: 0 }", "1:29: psi_warning is not above 0"),
        ("drift { reference_file: \"r\" psi_alert: 0.05 }", "1:29: psi_alert is less than psi_warning"),
        ("traffic_split { }", "1:15: the split has no variant"),
        ("traffic_split { variant { model: \"m\" weight: 1 } }", "1:25: the variant has no name"),
        ("traffic_split { variant { name: \"a\" weight: 1 } }", "1:27: the variant 'a' names no model"),
        ("traffic_split { variant { name: \"a\" model: \"m\" } }", "1:17: no variant has a weight"),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } shadow { variant: \"b\" } }",
            "1:69: 'b' is not a variant; did you mean 'a'?"
        ),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } shadow { variant: \"a\" max_queue: 0 } }",
            "1:82: max_queue is not within 1 to 65536"
        ),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: -1 } }",
            "1:48: a weight is 0, or within 0.000001 to 1000000"
        ),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: nan } }",
            "1:48: a weight is 0, or within 0.000001 to 1000000"
        ),
        (
            "traffic_split { variant { name: \"a b\" model: \"m\" weight: 1 } }",
            "1:27: a variant's name is 1 to 64 printable ASCII characters without spaces"
        ),
        ("traffic_split { variant { name: \"a\" model: \"../m\" weight: 1 } }", "1:37: '../m' is no name of a model"),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } sticky { cookie: \"a;b\" } }",
            "1:69: 'a;b' is no name of a cookie"
        ),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } sticky { max_age_seconds: 0 } }",
            "1:69: max_age_seconds is not within 1 to 34560000"
        ),
        (
            "explanation { generator { openai { } extractive { } } }",
            "1:38: 'extractive' and 'openai' exclude each other"
        ),
    ])
    func `what makes no sense is refused at its place`(_ text: String, _ fault: String) {
        #expect(Self.fault(text) == fault)
    }

    @Test func `what is kept of predictions is read and limited`() throws {
        let kept = ModelMonitoringLimits.keptPredictions
        let text = "monitoring { keep_predictions: \(kept.upperBound) window_predictions: 1 }"
        let read = try RowanConfiguration.read(Array(text.utf8).span)
        #expect(read.monitoring?.settings.keepPredictions == kept.upperBound)
        #expect(read.monitoring?.settings.windowPredictions == 1)
        let usual = try RowanConfiguration.read(Array("monitoring { }".utf8).span)
        #expect(usual.monitoring?.settings == MonitoringPlan.Settings())
        for text in [
            "monitoring { keep_predictions: \(kept.lowerBound - 1) }",
            "monitoring { keep_predictions: \(kept.upperBound + 1) }", "monitoring { window_predictions: 0 }",
        ] {
            let fault = try #require(Self.fault(text))
            #expect(fault.contains("1:14: ") && fault.contains("is not within"), "\(text): \(fault)")
        }
    }

    private static let rollouts: [(String, String)] = [
        ("candidate: \"b\" steps: [10]", "'b' is not a variant"), ("candidate: \"a\"", "at least one step"),
        ("candidate: \"a\" steps: [0, 10]", "percents from 1 to 100"),
        ("candidate: \"a\" steps: [10, 10]", "larger than the one before"),
        ("candidate: \"a\" steps: [10] guard { max_error_rate: 2 }", "max_error_rate is not within 0 to 1"),
        ("candidate: \"a\" steps: [10] guard { max_psi: -1 }", "max_psi is not within 0 to any number"),
        ("candidate: \"a\" steps: [10] guard { min_accuracy: nan }", "min_accuracy is not within 0 to 1"),
    ]

    @Test func `a rollout is read, and what makes no sense in it is refused`() throws {
        let split = "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } rollout { "
        let read = try RowanConfiguration.read(Array(Self.example.utf8).span)
        #expect(
            read.trafficSplit?.rollout
                == RolloutPlan(
                    candidate: "b", steps: [10, 30, 50, 100], holdSeconds: 600,
                    guards: RolloutGuards(
                        maxErrorRate: 0.01, maxP95Seconds: 0.05, maxAnomalyRateRatio: 1.5, maxPSI: 0.3,
                        minAccuracy: 0.85, minSamples: 1_000)))
        let alone = try #require(Self.fault(split + "candidate: \"a\" steps: [100] } }"))
        #expect(alone.contains("a rollout needs another variant beside its candidate"))
        for (text, sentence) in Self.rollouts {
            let fault = try #require(Self.fault(split + text + " } }"))
            #expect(fault.contains(sentence), "\(text): \(fault)")
        }
    }

    @Test func `a variant's name and its weight are limited`() {
        func fault(name: Int = 1, weight: Double = 1) -> String? {
            let name = String(repeating: "v", count: name)
            return Self.fault("traffic_split { variant { name: \"\(name)\" model: \"m\" weight: \(weight) } }")
        }
        #expect(fault(name: TrafficSplittingLimits.variantNameByteCount) == nil)
        #expect(fault(name: TrafficSplittingLimits.variantNameByteCount + 1) != nil)
        #expect(fault(weight: TrafficSplittingLimits.weight) == nil)
        #expect(fault(weight: TrafficSplittingLimits.weight + 1) != nil)
        #expect(fault(weight: 1 / TrafficSplittingLimits.weightParts) == nil)
        #expect(fault(weight: 0.1 / TrafficSplittingLimits.weightParts) != nil)
    }

    @Test func `the queue of a shadow is limited`() {
        func fault(_ count: UInt64) -> String? {
            Self.fault(
                "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } "
                    + "shadow { variant: \"a\" max_queue: \(count) } }")
        }
        #expect(fault(TrafficSplittingLimits.shadowQueueCount) == nil)
        #expect(fault(TrafficSplittingLimits.shadowQueueCount + 1) != nil)
    }

    @Test func `variants are limited`() {
        let limit = TrafficSplittingLimits.variantCount
        let variants = (0...limit).map { "variant { name: \"v\($0)\" model: \"m\" weight: 0.5 }" }
        #expect(Self.fault("traffic_split { \(variants.dropLast().joined()) }") == nil)
        #expect(
            Self.fault("traffic_split { \(variants.joined()) }")?.hasSuffix("more than \(limit) variants") == true)
    }

    @Test func `a window's limits are permitted themselves`() throws {
        let (rows, seconds) = (DriftLimits.windowRows, DriftLimits.windowSeconds)
        for (row, second) in [(rows.lowerBound, seconds.lowerBound), (rows.upperBound, seconds.upperBound)] {
            let text = "drift { reference_file: \"r\" window_rows: \(row) window_seconds: \(second) }"
            let read = try RowanConfiguration.read(Array(text.utf8).span)
            #expect(read.drift?.settings.windowRows == row)
            #expect(read.drift?.settings.windowSeconds == second)
        }
    }

    @Test func `features are limited`() {
        let limit = ModelRepositoryLimits.featureLimit
        let features = (0...limit).map { "features{name:\"\($0)\"}" }
        #expect(Self.fault(features.dropLast().joined()) == nil)
        #expect(Self.fault(features.joined())?.hasSuffix("more than \(limit) features") == true)
    }
}
