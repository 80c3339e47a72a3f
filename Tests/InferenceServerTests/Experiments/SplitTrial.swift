import Testing

@testable import InferenceServer
@testable import ModelRepository

/// A split for tests: its variants serve a model whose answers nobody asks for.
enum SplitTrial {
    /// Makes the split of a configuration, named "s".
    static func split(_ text: String) throws -> TrafficSplit {
        let read = try RowanConfiguration.read(Array("traffic_split { \(text) }".utf8).span)
        let configuration = try #require(read.trafficSplit)
        let variants = try configuration.variants.map { variant in
            TrafficSplit.Variant(
                name: variant.name, model: variant.model, weight: variant.weight,
                member: try FirstFeatureEngine.served(name: variant.model, configuration: ""), signature: nil,
                absence: "")
        }
        return TrafficSplit(name: "s", configuration, variants: variants, unreadiness: "")
    }

    static let two =
        "variant { name: \"a\" model: \"m\" weight: 70 } variant { name: \"b\" model: \"n\" weight: 30 }"
}
