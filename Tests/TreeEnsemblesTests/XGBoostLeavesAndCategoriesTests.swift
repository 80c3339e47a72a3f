import Testing

@testable import TreeEnsembles

/// The XGBoost reader on small documents made here: categorical splits and leaves of several values that do not add up.
///
/// That they are read as the trainer means them is what the fixtures `categories…`, `targets…`, `labels…` and
/// `vector_leaves…` show.
@Suite struct XGBoostLeavesAndCategoriesTests {
    /// A document whose root is a categorical split, or whose leaves have several values.
    private struct Document {
        var categories = "[2,5]"
        var nodes = "[0]"
        var segments = "[0]"
        var sizes = "[2]"
        var booster = "gbtree"
        var boosterMembers = ""
        var parameters = ""
        var treeInfo = "[0]"
        var right = "[2,-1,-1]"
        var treeMembers = ""

        var text: String {
            """
            {"learner":{"gradient_booster":{"model":{"gbtree_model_param":{"num_trees":"1"},"iteration_indptr":[0,1],\
            "tree_info":\(treeInfo),"trees":[{"base_weights":[9,8,7,1,2,3,4,5,6],"left_children":[1,-1,-1],\
            "right_children":\(right),"split_indices":[0,0,0],"split_conditions":[1e-45,10,20],\
            "default_left":[0,0,0],"split_type":[1,0,0],"categories":\(categories),"categories_nodes":\(nodes),\
            "categories_segments":\(segments),"categories_sizes":\(sizes)\(treeMembers)}]},\
            "name":"\(booster)"\(boosterMembers)},"learner_model_param":\
            {"base_score":"0","num_feature":"1"\(parameters)},"objective":{"name":"reg:squarederror"}}}
            """
        }

        func load() throws(TreeEnsembleFault) -> TreeEnsemble {
            try TreeEnsembleFormats.load(fileName: "m.json", bytes: Array(text.utf8).span)
        }

        /// The fault's last part of the field and its reason, or nil if the document is read.
        func refusal() -> String? {
            do {
                _ = try load()
                return nil
            } catch {
                let path = "learner.gradient_booster.model.trees[0]."
                return "\(error.field.replacing(path, with: "")): \(error.reason.text)"
            }
        }
    }

    private static func vectorDocument() -> Document {
        var document = Document()
        document.parameters = ",\"num_target\":\"3\""
        document.treeMembers = ",\"tree_param\":{\"size_leaf_vector\":\"3\"}"
        return document
    }

    @Test(arguments: [
        (Float(2), 20.0), (5.9, 20), (3, 10), (-5, 10), (6, 10), (64, 10), (16_777_216, 10), (.nan, 20),
        (.infinity, 10),
    ])
    func `a category of the list goes right, what is none goes left`(value: Float, margin: Double) throws {
        #expect(ReferenceEvaluator(try Document().load()).margins(of: [value]) == [margin])
    }

    @Test func `lists of categories that do not add up are refused`() {
        var document = Document()
        document.nodes = "[1]"
        #expect(document.refusal() == "categories_nodes: node 0 is not listed")
        document = Document()
        document.sizes = "[3]"
        #expect(
            document.refusal()
                == "categories_segments[0]: a list that does not follow the one before it within 2 categories")
        document = Document()
        document.sizes = "[1,1]"
        #expect(document.refusal() == "categories_sizes: 2 elements for the 1 of categories_nodes")
        document = Document()
        document.nodes = "[0,0]"
        document.segments = "[0,1]"
        document.sizes = "[1,1]"
        #expect(document.refusal() == "categories_nodes[1]: node 0 has two lists")
        document = Document()
        document.categories = "[2,-1]"
        #expect(document.refusal() == "categories[1]: category -1")
        document.categories = "[2,\(TreeEnsembleLimits.category + 1)]"
        #expect(document.refusal() == "categories[1]: category 16777216")
        document.categories = "[2,\(TreeEnsembleLimits.category)]"
        #expect(document.refusal() == nil)
    }

    @Test func `leaves of several values stand by node, or by leaf where the file says so`() throws {
        var document = Self.vectorDocument()
        #expect(ReferenceEvaluator(try document.load()).margins(of: [Float(0)]) == [1, 2, 3])
        #expect(ReferenceEvaluator(try document.load()).margins(of: [Float(2)]) == [4, 5, 6])
        document.right = "[2,1,0]"
        document.treeMembers += ",\"leaf_weights\":[-1,-2,-3,-4,-5,-6]"
        #expect(ReferenceEvaluator(try document.load()).margins(of: [Float(0)]) == [-4, -5, -6])
        #expect(ReferenceEvaluator(try document.load()).margins(of: [Float(2)]) == [-1, -2, -3])
        document.right = "[2,1,2]"
        #expect(document.refusal() == "right_children[2]: leaf 2 of 2")
    }

    @Test func `leaves of several values that do not fit the model are refused`() {
        var document = Self.vectorDocument()
        document.parameters = ",\"num_target\":\"2\""
        #expect(document.refusal() == "tree_param.size_leaf_vector: leaves of 3 values for 2 margins")
        document = Self.vectorDocument()
        document.treeInfo = "[1]"
        #expect(document.refusal()?.hasSuffix("a tree that adds to all margins belongs to margin 1") == true)
        document = Self.vectorDocument()
        document.booster = "dart"
        document.boosterMembers = ",\"weight_drop\":[1]"
        #expect(
            document.refusal()
                == "learner.gradient_booster.name: booster \"dart\" with leaves of several values is not supported")
        document = Self.vectorDocument()
        let limit = TreeEnsembleLimits.marginCount
        document.treeMembers = ",\"tree_param\":{\"size_leaf_vector\":\"\(limit + 1)\"}"
        #expect(
            document.refusal()
                == "tree_param.size_leaf_vector: \(limit + 1) values of a leaf exceed the limit of \(limit)")
        document.treeMembers = ",\"tree_param\":{\"size_leaf_vector\":\"-1\"}"
        #expect(document.refusal() == "tree_param.size_leaf_vector: expected a count")
    }
}
