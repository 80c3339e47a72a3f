import Testing

@testable import TreeEnsembles

/// Files of Rowan's own format that contradict themselves, made by changing one member of a sound one.
@Suite struct RowanForestRefusalTests {
    private static let header: [(String, String)] = [
        ("rowan_forest", "1"), ("trainer", "\"scikit-learn\""), ("task", "\"regression\""), ("feature_count", "2"),
        ("margin_count", "1"), ("leaf_width", "1"), ("input_precision", "\"float64\""), ("base_margins", "[0.5]"),
        ("link", "\"identity\""), ("decision", "\"value\""), ("has_margin", "true"), ("trees_per_iteration", "1"),
        ("category_sets", "[{\"members_go_left\": true, \"categories\": [1, 3]}]"),
    ]
    private static let tree: [(String, String)] = [
        ("margin", "0"), ("left", "[1,-1,3,-1,-1]"), ("right", "[2,-1,4,-1,-1]"), ("feature", "[0,-1,1,-1,-1]"),
        ("threshold", "[0.1,0,0,0,0]"), ("missing_goes_left", "[1,0,0,0,0]"), ("leaf_values", "[1,2,4]"),
        ("category_set", "[-1,-1,0,-1,-1]"), ("cover", "[5,1,4,2,2]"),
    ]

    private static func object(_ members: [(String, String)], changing changes: [String: String?]) -> String {
        let kept = members.compactMap { name, value -> String? in
            guard let change = changes[name] else { return "\"\(name)\": \(value)" }
            return change.map { "\"\(name)\": \($0)" }
        }
        let added = changes.keys.filter { key in !members.contains { $0.0 == key } }.sorted()
        return (kept + added.compactMap { key in changes[key].flatMap { $0 }.map { "\"\(key)\": \($0)" } })
            .joined(separator: ", ")
    }

    private static func load(
        header changes: [String: String?] = [:], tree treeChanges: [String: String?] = [:], behind: String = ""
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        let text =
            "{\(object(header, changing: changes)), \"trees\": [{\(object(tree, changing: treeChanges))}]\(behind)}"
        let bytes = Array(text.utf8)
        return try TreeEnsembleFormats.load(fileName: "model.json", bytes: bytes.span)
    }

    private static func refusal(
        header changes: [String: String?] = [:], tree treeChanges: [String: String?] = [:], behind: String = ""
    ) -> String? {
        do {
            _ = try load(header: changes, tree: treeChanges, behind: behind)
            return nil
        } catch {
            return "\(error.field): \(error.reason.text)"
        }
    }

    @Test func `a model without features is refused, whatever its format`() {
        let text = """
            {"rowan_forest": 1, "task": "regression", "feature_count": 0, "margin_count": 1,
             "input_precision": "float32", "base_margins": [0], "link": "identity", "decision": "value", "trees": []}
            """
        let fault = #expect(throws: TreeEnsembleFault.self) {
            try TreeEnsembleFormats.load(fileName: "model.json", bytes: Array(text.utf8).span)
        }
        #expect(fault?.reason.text == "a model without features, which has no rows")
    }

    @Test func `the sound file is read, unknown members passed over`() throws {
        let ensemble = try Self.load(header: ["note": "{\"a\": []}"])
        let evaluator = ReferenceEvaluator(ensemble)
        for row in [[0.1, 0], [.nan, 1]] {
            #expect(evaluator.margins(of: row) == [1.5] && evaluator.leafNumbers(of: row) == [1])
        }
        #expect(evaluator.margins(of: [0.2, 3]) == [2.5] && evaluator.leafNumbers(of: [0.2, 3]) == [3])
        for category in [3.5, -1, 2, .nan, 1e20, .infinity] {
            #expect(evaluator.margins(of: [0.2, category]) == [4.5])
            #expect(evaluator.leafNumbers(of: [0.2, category]) == [4])
        }
    }

    @Test(arguments: [
        ("rowan_forest", "2", "rowan_forest: version 2 of the file is not supported"),
        ("task", "\"ranking\"", "task: task \"ranking\" is not supported"),
        ("link", "\"probit\"", "link: link \"probit\" is not supported"),
        ("link", "\"softmax\"", ": softmax of something else than several classes"),
        ("link", "\"scaled_logistic\"", "link_scale: expected a number above 0"),
        ("link", "\"isolation\"", "isolation: the field is missing"),
        ("decision", "\"vote\"", "decision: decision \"vote\" is not supported"),
        ("input_precision", "\"float16\"", "input_precision: input_precision \"float16\" is not supported"),
        ("leaf_width", "3", "leaf_width: 3 values for 1 margins"),
        ("divisor", "0", "base_margins: an average that does not start with 0"),
        ("trees_per_iteration", "0", "trees_per_iteration: expected a number of trees"),
        ("trees_per_iteration", "2", "trees: 1 trees in rounds of 2"),
        ("has_margin", "1", "has_margin: expected true or false"),
        ("base_margins", "[NaN]", ": a base value is not finite"),
        ("margin_count", "5000", ": 5000 margins per row exceed the limit of 4096"),
        ("feature_count", "1", "trees[0]: node 2 tests feature 1 of 1"),
        ("isolation", "{\"normalizer\": 0, \"offset\": 1}", "isolation: expected a normalizer above 0 and an offset"),
        ("task", "\"isolation\"", "link: isolation without path lengths"),
        ("class_labels", "[1]", ""),
    ])
    func `a header that contradicts itself is refused`(name: String, value: String, refusal: String) {
        let found = Self.refusal(header: [name: value])
        // A regression's labels are nobody's.
        #expect(found == (refusal.isEmpty ? nil : refusal))
    }

    @Test(arguments: [
        "task", "feature_count", "margin_count", "input_precision", "base_margins", "link", "decision",
    ])
    func `a header that lacks a member is refused`(name: String) {
        let found = Self.refusal(header: [name: String?.none])
        #expect(found == "\(name): the field is missing")
    }

    @Test(arguments: [
        ("left", "[1,-1,3,-1]", "trees[0].right: 5 elements for the 4 of left"),
        ("cover", "[1]", "trees[0].cover: 1 elements for the 5 of left"),
        ("leaf_values", "[1,2]", "trees[0].leaf_values: 2 values for 3 leaves of 1"),
        ("category_set", "[-1,-1,1,-1,-1]", "trees[0].category_set[2]: set 1 of 1"),
        ("margin", "1", "trees[0]: the tree adds to margin 1 of 1"),
        ("threshold", "[NaN,0,0,0,0]", "trees[0]: the threshold of node 0 is NaN"),
        ("leaf_values", "[1,2,1e999]", "trees[0]: the value of leaf 4 is not finite"),
        (
            "left", "[1,-1,1,-1,-1]",
            "trees[0]: node 1 is missing, or is the child of several nodes, or its own ancestor"
        ),
    ])
    func `a tree that contradicts itself is refused`(name: String, value: String, refusal: String) {
        let found = Self.refusal(tree: [name: value]) ?? "read"
        #expect(found == refusal)
    }

    @Test func `categories are bounded in value and in sum`() {
        let sets = "[{\"members_go_left\": true, \"categories\": [16777216]}]"
        #expect(Self.refusal(header: ["category_sets": sets]) == "category_sets[0].categories: category 16777216")
        #expect(
            Self.refusal(header: ["category_sets": "[{\"categories\": [1]}]"])
                == "category_sets[0].members_go_left: the field is missing")
    }

    @Test func `sets of great categories are counted as often as splits ask for them`() throws {
        let text = "[{\"members_go_left\": true, \"categories\": [16777215]}]"
        let bytes = Array(text.utf8)
        var document = JSONDocument()
        var sets = RowanForestCategorySets()
        try sets.read(&document, bytes.span)
        let wordsOfOne = (TreeEnsembleLimits.category + 1) / 32
        for _ in 0..<TreeEnsembleLimits.categoryWordCount / wordsOfOne { _ = try sets.set(0) }
        #expect(throws: TreeEnsembleFault.self) { try sets.set(0) }
    }

    @Test func `nothing of meaning stands behind the trees`() {
        #expect(Self.refusal(behind: ", \"divisor\": 2") == "divisor: the member stands behind the trees")
        #expect(Self.refusal(behind: "} {") != nil)
    }
}
