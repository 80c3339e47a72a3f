import Testing

@testable import TreeEnsembles

/// The CatBoost readers on trees that do not add up: small documents made here, and CBM files with one number changed.
@Suite struct CatBoostTreesTests {
    /// A JSON model of one tree that is not oblivious, over a float and a categorical feature.
    private struct Document {
        var left = #"{"value":1,"weight":3}"#
        var right = #"{"value":2,"weight":4}"#
        var split = #"{"border":0.5,"float_feature_index":0,"split_type":"FloatFeature"}"#
        var bias = "[10]"
        var columns = (0, 1)

        var text: String {
            """
            {"features_info":{"categorical_features":[{"feature_index":0,\
            "flat_feature_index":\(columns.1),"values":[1]}],\
            "float_features":[{"borders":[0.5],"feature_index":0,"flat_feature_index":\(columns.0),\
            "nan_value_treatment":"AsTrue"}]},"trees":[{"left":\(left),"right":\(right),"split":\(split)}],\
            "scale_and_bias":[2,\(bias)]}
            """
        }

        func load() throws(TreeEnsembleFault) -> TreeEnsemble {
            try TreeEnsembleFormats.load(fileName: "", bytes: Array(text.utf8).span)
        }

        func refusal() -> String? {
            do {
                _ = try load()
                return nil
            } catch {
                return "\(error.field): \(error.reason.text)"
            }
        }
    }

    @Test func `a tree of any shape is read with its weights`() throws {
        let ensemble = try Document().load()
        #expect(ensemble.covers == [7, 3, 4])
        let evaluator = ReferenceEvaluator(ensemble)
        #expect(evaluator.margins(of: [Float(0.5), 0]) == [12])
        #expect(evaluator.margins(of: [Float(0.5).nextUp, 0]) == [14])
        #expect(evaluator.margins(of: [Float.nan, 0]) == [14])
    }

    @Test(arguments: [(Float(1), 14.0), (2, 12), (1.5, 12), (-1, 12), (.nan, 12), (.infinity, 12)])
    func `a category that is asked for goes right, whatever else goes left`(value: Float, margin: Double) throws {
        var document = Document()
        document.split = #"{"cat_feature_index":0,"split_type":"OneHotFeature","value":1121341681}"#
        #expect(ReferenceEvaluator(try document.load()).margins(of: [Float(0), value]) == [margin])
    }

    @Test func `documents that do not add up are refused`() {
        var document = Document()
        document.left = #"{"weight":3}"#
        #expect(document.refusal() == "trees[0].left: a node that is neither a split nor a leaf")
        document.left = #"{"value":[1,2],"weight":3}"#
        #expect(document.refusal() == "trees[0].right: 1 values of a leaf where others have 2")
        document.right = #"{"value":[1,2],"weight":3}"#
        #expect(document.refusal() == "bias: 1 biases for leaves of 2 values")
        document.bias = "[1,2]"
        #expect(document.refusal() == nil, "a sum of models names no loss function")
        document = Document()
        document.split = #"{"cat_feature_index":1,"split_type":"OneHotFeature","value":5}"#
        #expect(document.refusal() == "trees[0]: a split tests categorical feature 1, which is not listed")
        document.split = #"{"cat_feature_index":0,"split_type":"OneHotFeature","value":4294967296}"#
        #expect(document.refusal() == "trees[0].split.value: expected an integer of 32 bits")
        document.split = #"{"cat_feature_index":0,"split_type":"OneHotFeature"}"#
        #expect(document.refusal() == "trees[0].split.value: the field is missing")
        document = Document()
        document.columns = (1, 1)
        #expect(document.refusal()?.hasSuffix("two features stand in column 1") == true)
        document = Document()
        document.bias = "[" + String(repeating: "0,", count: TreeEnsembleLimits.marginCount) + "0]"
        #expect(document.refusal()?.hasSuffix("4097 dimensions exceed the limit of 4096") == true)
    }

    /// The CBM model `lossguide_multi_class` with the first of some 32-bit numbers overwritten.
    private static func refusal(replacing words: [UInt32], with others: [UInt32]) throws -> String? {
        let fixture = FixtureCatalog.all.first { $0.description == "catboost_cbm/lossguide_multi_class" }
        var bytes = try #require(fixture).modelBytes
        func little(_ words: [UInt32]) -> [UInt8] {
            words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
        }
        let place = try #require(bytes.firstRange(of: little(words)))
        bytes.replaceSubrange(place.prefix(4 * others.count), with: little(others))
        do {
            _ = try TreeEnsembleFormats.load(fileName: "", bytes: bytes.span)
            return nil
        } catch {
            return "\(error.field): \(error.reason.text)"
        }
    }

    @Test func `steps that form no tree are refused`() throws {
        let steps: [UInt32] = [0x000e_0001, 0x0005_0001, 0x0001_0000]
        #expect(
            try Self.refusal(replacing: steps, with: [0x0011_0001])
                == "ModelTrees.NonSymmetricStepNodes: step 0 leads out of its tree")
        #expect(
            try Self.refusal(replacing: steps, with: [0x0001_0001])
                == "trees[0]: node 13 is missing, or is the child of several nodes, or its own ancestor")
        let leaves: [UInt32] = [.max, .max, 0, .max, 3, 6, 9]
        #expect(
            try Self.refusal(replacing: leaves, with: [.max, .max, 0, .max, 4])
                == "ModelTrees.NonSymmetricNodeIdToLeafId: leaf value 4 begins no leaf of 3 values")
        #expect(
            try Self.refusal(replacing: leaves, with: [.max, .max, 0, .max, 300_000])
                == "trees[0]: leaf 100000 is none of the tree's")
        #expect(try Self.refusal(replacing: leaves, with: [.max, .max, 3]) == "trees[0]: node 0 appears twice")
    }
}
