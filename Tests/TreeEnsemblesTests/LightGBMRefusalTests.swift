import Testing

@testable import TreeEnsembles

/// The LightGBM reader on small models made here: what a line means, and everything that is refused, with its line.
@Suite struct LightGBMRefusalTests {
    /// A model of one tree of two splits, the first of which may be categorical.
    private static let text = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=1
        objective=binary sigmoid:1
        feature_names=a b
        feature_infos=none none
        tree_sizes=300

        Tree=0
        num_leaves=3
        num_cat=0
        split_feature=1 0
        split_gain=3 2
        threshold=0.5 -2
        decision_type=2 8
        left_child=1 -1
        right_child=-2 -3
        leaf_value=1 2 4
        leaf_weight=1 1 1
        leaf_count=10 20 30
        internal_value=0 0
        internal_weight=2 2
        internal_count=60 40
        is_linear=0
        shrinkage=0.1


        end of trees

        """

    private static let categorical = text.replacing("num_cat=0", with: "num_cat=1")
        .replacing("threshold=0.5", with: "threshold=0").replacing("decision_type=2 8", with: "decision_type=1 8")
        .replacing("is_linear=0", with: "cat_boundaries=0 2\ncat_threshold=5 1\nis_linear=0")

    private static let linear = text.replacing(
        "is_linear=0",
        with: """
            is_linear=1
            leaf_const=0.5 0 -1
            num_features=2 0 1
            leaf_features=0 1   0
            leaf_coeff=2 -1   0.25
            """)

    private static func load(_ text: String) throws(TreeEnsembleFault) -> TreeEnsemble {
        let bytes = Array(text.utf8)
        return try TreeEnsembleFormats.load(fileName: "m.txt", bytes: bytes.span, platform: "lightgbm")
    }

    /// The message of a model in which one text is replaced by another, or nil if it is read.
    private static func refusal(in text: String = text, _ old: String, _ new: String) -> String? {
        precondition(text.contains(old), "the model holds \(old)")
        do {
            _ = try load(text.replacing(old, with: new))
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `a leaf of a linear tree is a function unless a feature of it is missing`() throws {
        let evaluator = ReferenceEvaluator(try Self.load(Self.linear))
        func margins(_ row: [Double]) -> [Double] { evaluator.margins(of: row) }
        // Leaves 0, 1 and 2: a ≤ −2, b > 0.5, the others.
        #expect(margins([-3, 0.25]) == [0.5 - 6 - 0.25])
        #expect(margins([-3, .nan]) == [1], "the value of leaf 0, since b is missing")
        #expect(margins([.nan, 1]) == [0], "leaf 1 has a constant only")
        #expect(margins([8, 0]) == [1] && margins([.infinity, 0]) == [.infinity])
        #expect(margins([1e-36, 0]) == [-1] && margins([1e-34, 0]) == [-1 + 0.25e-34])
    }

    @Test func `linear functions that do not fit their tree are refused`() {
        func refusal(_ old: String, _ new: String) -> String? { Self.refusal(in: Self.linear, old, new) }
        #expect(
            refusal("is_linear=1", "is_linear=2")
                == "m.txt: line 27: Tree=0.is_linear: expected an integer between 0 and 1")
        #expect(
            refusal("is_linear=1", "is_linear=0")
                == "m.txt: line 12: Tree=0.leaf_const: 3 elements where 3 leaves and 0 sets need 0")
        #expect(refusal("leaf_const=0.5 0 -1\n", "") == "m.txt: line 12: Tree=0.leaf_const: the field is missing")
        #expect(
            refusal("num_features=2 0 1", "num_features=2 0")
                == "m.txt: line 12: Tree=0.num_features: 2 elements where 3 leaves and 0 sets need 3")
        #expect(
            refusal("num_features=2 0 1", "num_features=2 0 2")
                == "m.txt: line 12: Tree=0.leaf_features: 3 elements where num_features asks for 4")
        #expect(
            refusal("num_features=2 0 1", "num_features=4 0 -1")
                == "m.txt: line 12: Tree=0.num_features: a leaf of -1 features")
        #expect(
            refusal("leaf_coeff=2 -1", "leaf_coeff=2")
                == "m.txt: line 12: Tree=0.leaf_coeff: 2 elements where num_features asks for 3")
        #expect(
            refusal("leaf_features=0 1", "leaf_features=0 2")
                == "m.txt: line 12: Tree=0: the function of leaf 0 tests feature 2 of 2")
        #expect(
            refusal("leaf_coeff=2", "leaf_coeff=inf")
                == "m.txt: line 12: Tree=0: a coefficient of leaf 0 is not finite")
        #expect(
            refusal("leaf_const=0.5", "leaf_const=nan")
                == "m.txt: line 12: Tree=0: the value of leaf 0 is not finite")
    }

    @Test func `the model itself is read`() throws {
        let ensemble = try Self.load(Self.text)
        let evaluator = ReferenceEvaluator(ensemble)
        #expect(evaluator.margins(of: [Double(-2), 0.5]) == [1])
        #expect(evaluator.margins(of: [Double(-1.5), 0.5]) == [4])
        #expect(evaluator.margins(of: [Double.nan, .nan]) == [4])
        #expect(evaluator.margins(of: [Double(0), 0.6]) == [2])
        #expect(ensemble.covers == [60, 40, 10, 30, 20])
        #expect(ensemble.leafNumbers == [-1, -1, 0, 2, 1])
        let sets = ReferenceEvaluator(try Self.load(Self.categorical))
        // Members 0, 2 and 32 go left.
        let categories: [Double] = [0, 1, 2, 31, 32, 33, -0.9, -1, 2.9, .nan, 64, 1e300]
        #expect(categories.map { sets.margins(of: [9, $0])[0] } == [4, 2, 4, 2, 4, 2, 4, 2, 4, 2, 2, 2])
    }

    /// A threshold near zero and what becomes of it; `LightGBM` compares values that it has rounded to zero.
    @Test(arguments: [
        ("0", 1e-35 as Float), ("-0", 1e-35), ("1e-300", 1e-35), ("9.9e-36", 1e-35), ("1.0000000180025095e-35", 1e-35),
    ])
    func `thresholds move to the edge of what counts as zero`(_ text: String, _ edge: Float) throws {
        let positive = try Self.load(Self.text.replacing("threshold=0.5", with: "threshold=\(text)"))
        #expect(positive.values[0] == Double(edge))
        guard !text.hasPrefix("-") && text != "0" else { return }
        let negative = try Self.load(Self.text.replacing("threshold=0.5", with: "threshold=-\(text)"))
        #expect(negative.values[0] == (-Double(edge)).nextDown)
        // NaN counts as zero here, which is above the threshold.
        #expect(positive.missingGoesLeft[0] && !negative.missingGoesLeft[0])
    }

    @Test func `what a file may hold and is not served is refused by its name`() {
        #expect(
            Self.refusal("version=v4", "version=v5")
                == "m.txt: line 2: version: version \"v5\" of the format is not supported")
        #expect(
            Self.refusal("objective=binary sigmoid:1", "objective=survival")
                == "m.txt: line 7: objective: objective \"survival\" is not supported")
        #expect(
            Self.refusal("sigmoid:1", "sigmoid:1 alpha:2")
                == "m.txt: line 7: objective: parameter \"alpha:2\" of an objective is not supported")
        #expect(Self.refusal("label_index=0", "leaf_kind=x") == "m.txt: line 5: leaf_kind: the key is not supported")
        #expect(
            Self.refusal("is_linear=0", "leaf_vectors=1 2")
                == "m.txt: line 27: Tree=0.leaf_vectors: the key is not supported")
        #expect(
            Self.refusal("decision_type=2 8", "decision_type=2 14")
                == "m.txt: line 12: Tree=0.decision_type: decision type 14 is not supported")
    }

    @Test(arguments: [
        ("num_class=1\n", "", "line 11: num_class: the field is missing"),
        ("max_feature_idx=1\n", "", "line 11: max_feature_idx: the field is missing"),
        ("version=v4\n", "", "line 11: version: the field is missing"),
        ("feature_names=a b", "feature_names=a", "line 12: feature_names: 1 names for 2 features"),
        ("num_class=1", "num_class=x", "line 3: num_class: expected an integer between 1 and 4096"),
        ("num_class=1", "num_class", "line 3: num_class: expected an integer between 1 and 4096"),
        ("label_index=0", "num_class=1", "line 5: num_class: the key appears twice"),
        ("sigmoid:1", "sigmoid:0", "line 7: objective: expected a parameter sigmoid above zero"),
        ("binary sigmoid:1", "binary", "line 7: objective: expected a parameter sigmoid above zero"),
        ("binary sigmoid:1", " ", "line 7: objective: expected the name of an objective"),
        ("binary sigmoid:1", "multiclass num_class:1", "line 12: objective: objective \"multiclass\" with 1 margins"),
        ("tion=1\n", "tion=2\n", "line 12: objective: objective \"binary\" with 2 margins"),
        ("Tree=0", "Trees=0", "line 12: Trees: the key is not supported"),
    ])
    func `a header that contradicts itself is refused with its line`(_ old: String, _ new: String, _ message: String) {
        #expect(Self.refusal(old, new) == "m.txt: " + message)
    }

    @Test func `several margins need as many classes and whole rounds`() {
        let several = Self.text.replacing("num_tree_per_iteration=1", with: "num_tree_per_iteration=2")
        #expect(
            Self.refusal(in: several, "binary sigmoid:1", "multiclass num_class:3")
                == "m.txt: line 12: objective: objective \"multiclass\" of 3 classes with 2 margins")
        #expect(
            Self.refusal(in: several, "binary sigmoid:1", "multiclass num_class:2")
                == "m.txt: line 31: num_tree_per_iteration: 1 trees in rounds of 2")
        #expect(
            Self.refusal("tree_sizes=300", "tree_sizes=300 300") == "m.txt: line 31: the file ends too early")
        #expect(
            Self.refusal("tree_sizes=300", "tree_sizes=")
                == "m.txt: line 31: tree_sizes: 1 trees where tree_sizes counts 0")
    }

    @Test(arguments: [
        ("num_leaves=3\n", "", "line 12: Tree=0.num_leaves: the field is missing"),
        ("threshold=0.5 -2\n", "", "line 12: Tree=0.threshold: the field is missing"),
        ("num_leaves=3", "num_leaves=0", "line 13: Tree=0.num_leaves: expected an integer between 1 and 268435456"),
        (
            "num_leaves=3", "num_leaves=268435456",
            "line 12: Tree=0.leaf_value: 3 elements where 268435456 leaves and 0 sets need 268435456"
        ),
        (
            "split_feature=1 0", "split_feature=1",
            "line 12: Tree=0.split_feature: 1 elements where 3 leaves and 0 sets need 2"
        ),
        ("split_feature=1 0", "split_feature=2 0", "line 12: Tree=0: node 3 tests feature 2 of 2"),
        (
            "split_feature=1 0", "split_feature=1 9999999999",
            "line 15: Tree=0.split_feature: expected integers between -2147483648 and 2147483647"
        ),
        ("threshold=0.5 -2", "threshold=0.5 -2x", "line 17: Tree=0.threshold: expected numbers separated by spaces"),
        ("threshold=0.5 -2", "threshold=0.5 nan", "line 12: Tree=0: the threshold of node 4 is NaN"),
        ("threshold=0.5 -2", "threshold", "line 17: Tree=0.threshold: expected an equals sign"),
        ("leaf_value=1 2 4", "leaf_value=1 2 inf", "line 12: Tree=0: the value of leaf 2 is not finite"),
        ("left_child=1 -1", "left_child=2 -1", "line 12: Tree=0.left_child: child 2 of node 0 in a tree of 3 leaves"),
        ("left_child=1 -1", "left_child=1 -4", "line 12: Tree=0.left_child: child -4 of node 1 in a tree of 3 leaves"),
        (
            "left_child=1 -1", "left_child=1 -2",
            "line 12: Tree=0: node 1 is missing, or is the child of several nodes, or its own ancestor"
        ),
        ("split_gain=3 2", "threshold=3 2", "line 17: Tree=0.threshold: the key appears twice"),
        ("decision_type=2 8", "decision_type=3 8", "line 12: Tree=0.threshold: set 0.5 of 0 at node 0"),
        ("shrinkage=0.1\n", "shrinkage=0.1\n\nTree 1\n", "line 30: expected a tree or the end of trees"),
    ])
    func `a tree that is none is refused with its line`(_ old: String, _ new: String, _ message: String) {
        #expect(Self.refusal(old, new) == "m.txt: " + message)
    }

    @Test(arguments: [
        ("threshold=0 -2", "threshold=1 -2", "Tree=0.threshold: set 1.0 of 1 at node 0"),
        ("threshold=0 -2", "threshold=0.5 -2", "Tree=0.threshold: set 0.5 of 1 at node 0"),
        ("cat_boundaries=0 2", "cat_boundaries=0 3", "Tree=0.cat_boundaries: the boundaries are not those of 2 words"),
        (
            "cat_boundaries=0 2", "cat_boundaries=0",
            "Tree=0.cat_boundaries: 1 elements where 3 leaves and 1 sets need 2"
        ),
        ("cat_threshold=5 1", "cat_threshold=5 -1", "Tree=0.cat_threshold: expected integers between 0 and 4294967295"),
        ("cat_threshold=5 1\n", "", "Tree=0.cat_threshold: the field is missing"),
        ("decision_type=1 8", "decision_type=1 1", "Tree=0.threshold: set -2.0 of 1 at node 1"),
    ])
    func `sets that are none are refused`(_ old: String, _ new: String, _ message: String) {
        #expect(Self.refusal(in: Self.categorical, old, new)?.hasSuffix(message) == true)
    }

    @Test func `nodes do not share sets, and boundaries ascend`() {
        let shared = Self.categorical.replacing("decision_type=1 8", with: "decision_type=1 1")
        #expect(
            Self.refusal(in: shared, "threshold=0 -2", "threshold=0 0")?.hasSuffix("nodes share their sets") == true)
        let two = shared.replacing("num_cat=1", with: "num_cat=2").replacing("threshold=0 -2", with: "threshold=0 1")
        #expect(Self.refusal(in: two, "cat_boundaries=0 2", "cat_boundaries=0 1 2") == nil)
        #expect(
            Self.refusal(in: two, "cat_boundaries=0 2", "cat_boundaries=0 3 2")?
                .hasSuffix("Tree=0.cat_boundaries: set 0 has the words 0 to 3 of 2") == true)
        #expect(
            Self.refusal(in: two, "cat_boundaries=0 2", "cat_boundaries=0 -1 2")?
                .hasSuffix("Tree=0.cat_boundaries: set 0 has the words 0 to -1 of 2") == true)
    }

    @Test func `numbers beyond the limits are refused`() {
        let features = TreeEnsembleLimits.featureCount
        #expect(
            Self.refusal("max_feature_idx=1", "max_feature_idx=\(features)")
                == "m.txt: line 6: max_feature_idx: expected an integer between 0 and \(features - 1)")
        let names = String(repeating: "n ", count: features + 1)
        #expect(
            Self.refusal("feature_names=a b", "feature_names=\(names)")
                == "m.txt: line 8: feature_names: \(features + 1) features exceed the limit of \(features)")
        let bytes = TreeEnsembleLimits.nameByteCount
        #expect(Self.refusal("feature_names=a b", "feature_names=a " + String(repeating: "b", count: bytes)) == nil)
        #expect(
            Self.refusal("feature_names=a b", "feature_names=a " + String(repeating: "b", count: bytes + 1))
                == "m.txt: line 8: feature_names: \(bytes + 1) bytes of a name exceed the limit of \(bytes)")
        let words = (TreeEnsembleLimits.category + 1) / 32
        func set(_ count: Int) -> String? {
            let zeros = String(repeating: "0 ", count: count - 1)
            let boundaries = Self.categorical.replacing("cat_boundaries=0 2", with: "cat_boundaries=0 \(count)")
            return Self.refusal(in: boundaries, "cat_threshold=5 1", "cat_threshold=\(zeros)1")
        }
        #expect(set(words) == nil)
        let fault = "\(words + 1) words of a set of categories exceed the limit of \(words)"
        #expect(set(words + 1) == "m.txt: line 12: Tree=0.cat_threshold: " + fault)
    }
}
