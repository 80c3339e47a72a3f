import Testing

@testable import TreeEnsembles

/// The CatBoost readers: both syntaxes of a model are one forest, and what is not supported is refused by name.
@Suite struct CatBoostFormatTests {
    private static let small = "text_labels"

    private static func fixture(_ format: String, _ name: String) throws -> Fixture {
        try #require(FixtureCatalog.all.first { $0.format == format && $0.name == name })
    }

    /// The fault of a JSON model in which one text is replaced by another, without file and byte.
    private static func refusal(
        replacing text: String, with other: String, in name: String = small
    ) throws -> String? {
        var model = String(decoding: try fixture("catboost_json", name).modelBytes, as: UTF8.self)
        try #require(model.contains(text))
        model.replace(text, with: other, maxReplacements: 1)
        return refusal(of: Array(model.utf8))
    }

    private static func refusal(of bytes: [UInt8]) -> String? {
        do {
            _ = try TreeEnsembleFormats.load(fileName: "", bytes: bytes.span)
            return nil
        } catch {
            return "\(error.field): \(error.reason.text)"
        }
    }

    @Test(arguments: FixtureCatalog.fixtures(format: "catboost_cbm").map(\.name))
    func `a model is the same forest in both syntaxes`(name: String) throws {
        var binary = try Self.fixture("catboost_cbm", name).load()
        var text = try Self.fixture("catboost_json", name).load()
        if binary.form == .nodes {
            // JSON does not keep the numbers of leaves; the fixtures show that each syntax has CatBoost's own.
            binary.leafNumbers = []
            text.leafNumbers = []
            #expect(binary.covers == text.covers && binary.values == text.values)
        }
        #expect(binary.splitFeatures == text.splitFeatures)
        #expect(binary.splitThresholds == text.splitThresholds)
        #expect(binary.splitMissingGoesLeft == text.splitMissingGoesLeft)
        #expect(binary.leafValues == text.leafValues)
        #expect(binary.leafWeights == text.leafWeights)
        #expect(binary == text)
    }

    @Test func `feature names are read where every column has one`() throws {
        #expect(try Self.fixture("catboost_cbm", "feature_names").load().featureNames.count == 10)
        #expect(try Self.fixture("catboost_cbm", "logloss").load().featureNames.isEmpty)
    }

    @Test func `NaN follows the treatment of its feature`() throws {
        let least = try Self.fixture("catboost_json", "nan_min").load()
        let greatest = try Self.fixture("catboost_json", "nan_max").load()
        #expect(!least.splitMissingGoesLeft.contains(false))
        #expect(greatest.splitMissingGoesLeft.contains(false))
    }

    @Test func `what is not supported is refused by its name`() throws {
        #expect(
            try Self.refusal(replacing: "\"FloatFeature\"", with: "\"OnlineCtr\"")
                == "oblivious_trees[0].splits[0].split_type: split type \"OnlineCtr\" is not supported")
        for name in ["text_features", "embedding_features", "ctrs"] {
            #expect(
                try Self.refusal(replacing: "\"float_features\"", with: "\"\(name)\"")
                    == "features_info.\(name): a model with \(name) is not supported")
        }
        #expect(
            try Self.refusal(replacing: "\"scale_and_bias\"", with: "\"ctr_data\"")
                == "ctr_data: a model with ctr_data is not supported")
        #expect(
            try Self.refusal(
                replacing: "\"nan_value_treatment\":\"AsIs\"", with: "\"nan_value_treatment\":\"AsYouLike\"")
                == "features_info.float_features[0].nan_value_treatment: treatment \"AsYouLike\" is not supported")
        #expect(
            try Self.refusal(replacing: "\"type\":\"Logloss\"", with: "\"type\":\"MultiClass\"")
                == "loss_function: loss function \"MultiClass\" of 1 dimensions is not supported")
        #expect(
            try Self.refusal(
                replacing: "\"type\":\"MultiClass\"", with: "\"type\":\"RMSEWithUncertainty\"", in: "multi_class_text")
                == "loss_function: loss function \"RMSEWithUncertainty\" of 3 dimensions is not supported")
        #expect(
            try Self.refusal(replacing: "\"type\":\"Logloss\"", with: "\"type\":\"RMSEWithUncertainty\"")
                == "loss_function: loss function \"RMSEWithUncertainty\" of 1 dimensions is not supported")
        #expect(
            try Self.refusal(replacing: "\"type\":\"MultiClass\"", with: "\"type\":\"Later\"", in: "multi_class_text")
                == "loss_function: loss function \"Later\" of 3 dimensions is not supported")
    }

    @Test func `a tree must have the leaves that its splits need`() throws {
        let fixture = try Self.fixture("catboost_json", Self.small)
        var model = String(decoding: fixture.modelBytes, as: UTF8.self)
        let values = try #require(model.firstRange(of: "\"leaf_values\":"))
        let bracket = try #require(model[values.upperBound...].firstIndex(of: "["))
        model.insert(contentsOf: "1,", at: model.index(after: bracket))
        #expect(
            Self.refusal(of: Array(model.utf8)) == "oblivious_trees[0]: 17 leaf values where 4 splits need 16")
    }

    @Test func `a split of an unlisted feature is refused`() throws {
        let refusal = try Self.refusal(replacing: "\"float_feature_index\":", with: "\"float_feature_index\":99")
        #expect(refusal?.contains("which is not listed") == true)
    }

    @Test func `another version of the binary format is refused by its name`() throws {
        var bytes = try Self.fixture("catboost_cbm", Self.small).modelBytes
        let version = Array("FlabuffersModel_v1".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: version) })
        bytes[place + version.count - 1] = UInt8(ascii: "9")
        #expect(
            Self.refusal(of: bytes) == "FormatVersion: format version \"FlabuffersModel_v9\" is not supported")
    }
}
