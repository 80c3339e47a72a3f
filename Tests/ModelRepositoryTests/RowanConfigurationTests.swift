import Testing

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
        #expect(read.trafficSplitPosition == TextPosition(line: 9, column: 1))
        #expect(read.notices.map(\.field) == ["anomaly", "drift", "monitoring", "explanation"])
        #expect(read.notices.allSatisfy { $0.sentence == "not acted on by this version" })
    }

    @Test(arguments: [
        ("feature { name: \"a\" }", "1:1: rowan.RowanConfiguration has no field 'feature'; did you mean 'features'?"),
        ("features { }", "1:10: the feature has no name"),
        ("features { name: \"a\" } features { name: \"a\" }", "1:35: the feature 'a' is given twice"),
        ("anomaly { output: \"score\" }", "1:9: the rule has neither threshold nor z_score"),
        ("anomaly { threshold: nan }", "1:11: the threshold is not finite"),
        ("anomaly { threshold: 1 combine: SOME }", "1:33: 'SOME' is not a value of 'combine'"),
        ("drift { }", "1:7: drift has no reference_file"),
        ("drift { reference_file: \"r\" sample_fraction: 1.5 }", "1:29: sample_fraction is not within 0 to 1"),
        ("traffic_split { }", "1:15: the split has no variant"),
        ("traffic_split { variant { model: \"m\" weight: 1 } }", "1:25: the variant has no name"),
        ("traffic_split { variant { name: \"a\" weight: 1 } }", "1:27: the variant 'a' names no model"),
        ("traffic_split { variant { name: \"a\" model: \"m\" } }", "1:17: no variant has a weight"),
        (
            "traffic_split { variant { name: \"a\" model: \"m\" weight: 1 } shadow { variant: \"b\" } }",
            "1:69: 'b' is not a variant; did you mean 'a'?"
        ),
        (
            "explanation { generator { openai { } extractive { } } }",
            "1:38: 'extractive' and 'openai' exclude each other"
        ),
    ])
    func `what makes no sense is refused at its place`(_ text: String, _ fault: String) {
        #expect(Self.fault(text) == fault)
    }

    @Test func `features are limited`() {
        let limit = ModelRepositoryLimits.featureLimit
        let features = (0...limit).map { "features{name:\"\($0)\"}" }
        #expect(Self.fault(features.dropLast().joined()) == nil)
        #expect(Self.fault(features.joined())?.hasSuffix("more than \(limit) features") == true)
    }
}
