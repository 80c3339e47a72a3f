import Testing

@testable import TreeEnsembles

/// Checkpoints that are not served, made by changing bytes of a sound one.
@Suite struct TreeliteRefusalTests {
    /// The fault of a checkpoint some bytes of which are replaced.
    private static func refusal(
        _ name: String, at offset: Int? = nil, after text: String? = nil, with bytes: [UInt8]
    ) throws -> String? {
        let fixture = try #require(FixtureCatalog.fixtures(format: "treelite_checkpoint").first { $0.name == name })
        var model = fixture.modelBytes
        var place = offset ?? 0
        if let text {
            let mark = Array(text.utf8)
            let found = try #require(model.indices.first { model[$0...].starts(with: mark) })
            place += found + mark.count
        }
        model.replaceSubrange(place..<place + bytes.count, with: bytes)
        do {
            _ = try TreeEnsembleFormats.load(
                fileName: "checkpoint.tl", bytes: model.span, platform: TreeliteCheckpointFormat.platform)
            return nil
        } catch {
            return "\(error.field): \(error.reason.text)"
        }
    }

    private static func renamed(_ name: String, _ text: String, to other: String) throws -> String? {
        precondition(text.utf8.count == other.utf8.count, "lengths stand in the file")
        return try refusal(name, at: -text.utf8.count, after: text, with: Array(other.utf8))
    }

    @Test func `other versions and types of numbers are refused`() throws {
        #expect(try Self.refusal("strict", at: 0, with: [5]) == ": a checkpoint of version 5.8.1 is not supported")
        #expect(
            try Self.refusal("version_3_doubles", at: 4, with: [8])
                == ": a checkpoint of version 3.8.1 is not supported")
        #expect(
            try Self.refusal("strict", at: 13, with: [1])
                == ": thresholds and leaves of types 2 and 1 is not supported")
        #expect(
            try Self.refusal("strict", at: 13, with: [3])
                == ": thresholds and leaves of types 2 and 3 is not supported")
    }

    @Test func `counts beyond the file are refused before memory is taken`() throws {
        #expect(try Self.refusal("strict", at: 20, with: [1]) == ": the file ends too early")
        // Classes of version 4 begin behind targets, at byte 32.
        #expect(try Self.refusal("strict", at: 39, with: [1]) == ": the file ends too early")
    }

    @Test func `what a header must not say is refused`() throws {
        #expect(try Self.refusal("strict", at: 26, with: [5]) == "task_type: task 5 is not supported")
        #expect(try Self.refusal("strict", at: 27, with: [2]) == ": expected 0 or 1")
        #expect(try Self.refusal("strict", at: 28, with: [2]) == ": 1 class counts for 2 targets")
        #expect(
            try Self.renamed("strict", "identity", to: "identify")
                == "postprocessor: postprocessor \"identify\" is not supported")
        #expect(
            try Self.refusal("xgb_binary", after: "sigmoid", with: [0, 0, 0, 0])
                == "sigmoid_alpha: expected a number above 0")
        #expect(
            try Self.refusal("isolation", at: 4, after: "exponential_standard_ratio", with: [0, 0, 0, 0])
                == "ratio_c: expected a number above 0")
        // The shape's two numbers stand behind three arrays' beginnings: 32 + 12 + 8.
        #expect(
            try Self.refusal("strict", at: 52, with: [0xff, 0xff, 0xff, 0x7f])
                == "leaf_vector_shape: leaves of shape [2147483647, 1]")
        #expect(try Self.refusal("strict", at: 52, with: [2]) == ": leaves of shape [2, 1] for 1 margins")
        #expect(
            try Self.renamed("lgb_entropy", "logarithm_one_plus_exp", to: "logarithm_one_plus_ex_")
                == "postprocessor: postprocessor \"logarithm_one_plus_ex_\" is not supported")
        // A regression of version 3 has kind 0, at byte 26.
        #expect(
            try Self.refusal("version_3_classes", at: 26, with: [0])
                == ": softmax of something else than several classes")
        #expect(
            try Self.refusal("average", at: 16, after: "identity", with: [0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
                == "base_scores: base scores added to an average is not supported")
        #expect(
            try Self.refusal("strict", at: 26, with: [0])
                == nil, "a binary classifier of raw values is read")
        #expect(
            try Self.refusal("strict", at: 26, with: [2])
                == ": postprocessor \"identity\" of 1 margins for the task multiclass is not supported")
        #expect(
            try Self.refusal("version_3_classes", at: 26, with: [3])
                == "task_type: leaves that are class numbers is not supported")
        #expect(
            try Self.refusal("version_3_classes", at: 32, with: [0, 0x20, 0, 0])
                == ": 8192 classes exceed the limit of 4096")
        #expect(
            try Self.refusal("version_3_classes", at: 36, with: [3]) == ": leaves of 3 values for 3 classes")
    }

    @Test func `bytes behind the last tree and optional fields are refused`() throws {
        let fixture = try #require(FixtureCatalog.fixtures(format: "treelite_checkpoint").first { $0.name == "strict" })
        let model = fixture.modelBytes
        func refusal(_ bytes: [UInt8]) -> String? {
            do {
                _ = try TreeEnsembleFormats.load(fileName: "checkpoint.tl", bytes: bytes.span)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(refusal(model) == nil)
        #expect(refusal(model + [0]) == "checkpoint.tl: byte \(model.count): bytes behind the last tree")
        var optional = model
        optional[model.count - 4] = 7
        let place = "checkpoint.tl: byte \(model.count - 4): trees[3]"
        #expect(refusal(optional) == "\(place): a checkpoint with 7 optional fields is not supported")
    }

    @Test func `leaves that share their values are refused`() throws {
        let fixture = try #require(
            FixtureCatalog.fixtures(format: "treelite_checkpoint").first { $0.name == "rf_targets" })
        let model = fixture.modelBytes
        var cursor = TreeliteCursor()
        let header = try TreeliteHeader(&cursor, model.span)
        var tree = try TreeliteTree(&cursor, model.span, header)
        for node in tree.nodes.indices { tree.nodes[node].vector = 0..<2 }
        tree.setLeafValues([1, 2, 3])
        var builder = try TreeEnsembleBuilder(header.builderHeader(comparison: .lessOrEqualGoesLeft))
        var words = 0
        #expect(throws: TreeEnsembleFault.self) { try tree.build(into: &builder, margin: 0, wordCount: &words) }
    }

    @Test func `categories are bounded in value and in sum`() throws {
        var words = TreeEnsembleLimits.categoryWordCount - 1
        let fixture = try #require(
            FixtureCatalog.fixtures(format: "treelite_checkpoint").first { $0.name == "version_3_categories" })
        let model = fixture.modelBytes
        var cursor = TreeliteCursor()
        let header = try TreeliteHeader(&cursor, model.span)
        let trees = try (0..<header.treeCount).map { _ in try TreeliteTree(&cursor, model.span, header) }
        let tree = try #require(trees.first { !$0.nodes.allSatisfy { $0.categories.isEmpty } })
        var builder = try TreeEnsembleBuilder(header.builderHeader(comparison: .lessOrEqualGoesLeft))
        #expect(throws: TreeEnsembleFault.self) { try tree.build(into: &builder, margin: 0, wordCount: &words) }
    }
}
