import TestSupport

/// A small forest of random trees, written as a `rowan_forest` file.
struct SyntheticForest {
    var featureCount: Int
    var marginCount = 1
    var comparesDoubles = false
    /// In column order; empty for features without names.
    var featureNames: [String] = []
    /// Whether it tells two classes apart; then it has one margin.
    var isClassifier = false

    /// The file, whose splits and leaves a generator chooses.
    func json(_ generator: inout SeededGenerator) -> String {
        var trees: [String] = []
        for number in 0..<4 * marginCount {
            let features = (0..<7).map { _ in "\(generator.int(in: 0...featureCount - 1))" }
            let thresholds = (0..<7).map { _ in "\(Double(generator.int(in: -200...200)) / 64)" }
            let missing = (0..<7).map { _ in "\(generator.int(in: 0...1))" }
            let leaves = (0..<4).map { _ in "\(Double(generator.int(in: -1000...1000)) / 301)" }
            trees.append(
                """
                {"margin": \(number % marginCount),
                "left": [1, 3, 5, -1, -1, -1, -1], "right": [2, 4, 6, -1, -1, -1, -1],
                "feature": [\(features.joined(separator: ","))], "threshold": [\(thresholds.joined(separator: ","))],
                "missing_goes_left": [\(missing.joined(separator: ","))], "cover": [8, 4, 4, 2, 2, 2, 2],
                "leaf_values": [\(leaves.joined(separator: ","))]}
                """)
        }
        let names = featureNames.map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"rowan_forest": 1, "task": "\(isClassifier ? "classification" : "regression")",
            "feature_count": \(featureCount), \(featureNames.isEmpty ? "" : "\"feature_names\": [\(names)],")
            "margin_count": \(marginCount), "input_precision": "\(comparesDoubles ? "float64" : "float32")",
            "base_margins": [\(Array(repeating: "0.125", count: marginCount).joined(separator: ","))],
            "link": "\(isClassifier ? "logistic" : "identity")", "decision": "margin",
            "trees": [\(trees.joined(separator: ","))]}
            """
    }
}

extension TemporaryFolder {
    /// Writes a forest as version 1 of a model, the same one for the same seed.
    func write(
        _ forest: SyntheticForest, as name: String, configuration: String? = nil, rowan: String? = nil,
        version: Int = 1, seed: UInt64 = 1
    ) {
        var generator = SeededGenerator(seed: seed)
        write(forest.json(&generator), to: "\(name)/\(version)/model.json")
        if let configuration { write(configuration, to: "\(name)/config.pbtxt") }
        if let rowan { write(rowan, to: "\(name)/rowan.pbtxt") }
    }

    /// Writes an ensemble of version 1, whose directory is empty but for a file that nobody reads.
    func writeEnsemble(_ configuration: String, as name: String = "e") {
        write("platform: \"ensemble\"\n" + configuration, to: "\(name)/config.pbtxt")
        write("", to: "\(name)/1/.keep")
    }
}

/// Parts of an ensemble's configuration.
enum EnsembleText {
    static func tensor(_ field: String, _ name: String, _ datatype: String, _ dims: String = "1") -> String {
        "\(field) { name: \"\(name)\" data_type: TYPE_\(datatype) dims: \(dims) }\n"
    }

    /// A step on one line.
    ///
    /// - Parameter inputs: the model's names with the ensemble's.
    static func step(
        _ model: String, _ inputs: [(String, String)], _ outputs: [(String, String)], version: String = "-1"
    ) -> String {
        func maps(_ field: String, _ pairs: [(String, String)]) -> String {
            pairs.map { "\(field) { key: \"\($0.0)\" value: \"\($0.1)\" }" }.joined(separator: " ")
        }
        return "step { model_name: \"\(model)\" model_version: \(version) \(maps("input_map", inputs)) "
            + "\(maps("output_map", outputs)) }\n"
    }

    static func scheduling(_ steps: String...) -> String {
        "ensemble_scheduling {\n" + steps.joined() + "}\n"
    }
}
