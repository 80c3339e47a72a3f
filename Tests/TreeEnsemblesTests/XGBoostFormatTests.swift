import Testing

@testable import TreeEnsembles

/// The XGBoost reader on small documents made here: forms of older versions, and everything that is refused.
@Suite struct XGBoostFormatTests {
    /// A document with one tree of one split, whose parts can be replaced.
    private struct Document {
        var learner: [(key: String, value: String)] = []
        var attributes = "{}"
        var booster = "gbtree"
        var boosterMembers = ""
        var baseScore = "\"5E-1\""
        var parameters = "\"num_class\":\"0\",\"num_feature\":\"2\""
        var objective = "reg:squarederror"
        var treeInfo = "[0]"
        var left = "[1,-1,-1]"
        var right = "[2,-1,-1]"
        var features = "[1,0,0]"
        var conditions = "[0.5,1.25,-2.5]"
        var defaultLeft = "[1,0,0]"
        var treeMembers = ""

        var text: String {
            let tree = """
                {"left_children":\(left),"right_children":\(right),"split_indices":\(features),\
                "split_conditions":\(conditions),"default_left":\(defaultLeft),"sum_hessian":[3,1,2]\(treeMembers)}
                """
            let model = """
                {"gbtree_model_param":{"num_trees":"1","num_parallel_tree":"1"},"tree_info":\(treeInfo),\
                "trees":[\(tree)]}
                """
            return """
                {"learner":{"attributes":\(attributes),"feature_names":[],"gradient_booster":\
                {"model":\(model),"name":"\(booster)"\(boosterMembers)},"learner_model_param":\
                {"base_score":\(baseScore),\(parameters)},"objective":{"name":"\(objective)"}},"version":[1,0,0]}
                """
        }

        func load() throws(TreeEnsembleFault) -> TreeEnsemble {
            let bytes = Array(text.utf8)
            return try TreeEnsembleFormats.load(fileName: "m.json", bytes: bytes.span)
        }

        /// The fault's field and last part of its sentence, or nil if the document is read.
        func refusal() -> String? {
            do {
                _ = try load()
                return nil
            } catch {
                return "\(error.field): \(error.reason.text)"
            }
        }
    }

    @Test func `a value on the condition goes right, NaN where the node says`() throws {
        let evaluator = ReferenceEvaluator(try Document().load())
        #expect(evaluator.margins(of: [Float(9), 0.5]) == [-2])
        #expect(evaluator.margins(of: [Float(9), Float(0.5).nextDown]) == [1.75])
        #expect(evaluator.margins(of: [Float(9), .nan]) == [1.75])
        #expect(evaluator.leafNumbers(of: [Float(9), .infinity]) == [2])
    }

    @Test(arguments: ["\"5E-1\"", "\"[5E-1]\"", "\"0.5\"", "0.5", "\"[0.5]\""])
    func `a base score is read in each form that versions write`(text: String) throws {
        var document = Document()
        document.baseScore = text
        #expect(try document.load().baseMargins == [0.5])
    }

    @Test func `a list of base scores has one element per class`() throws {
        var document = Document()
        document.objective = "multi:softprob"
        document.parameters = "\"num_class\":\"3\",\"num_feature\":\"2\",\"num_target\":\"1\""
        document.treeInfo = "[2]"
        document.baseScore = "\"[1E-1,2E-1,3E-1]\""
        document.boosterMembers = ""
        // One tree is no whole round of three classes where rounds are not listed.
        #expect(document.refusal()?.hasSuffix("1 trees in rounds of 3") == true)
        document.baseScore = "\"[1E-1,2E-1]\""
        #expect(document.refusal() == "learner.learner_model_param.base_score: 2 values for 3 margins")
    }

    @Test func `truth values of the first JSON versions are read as directions`() throws {
        var document = Document()
        document.defaultLeft = "[true,false,false]"
        #expect(try document.load() == Document().load())
    }

    @Test func `nodes that pruning deleted do not count`() throws {
        var document = Document()
        document.left = "[1,-1,-1,-1]"
        document.right = "[2,-1,-1,-1]"
        document.features = "[1,0,0,2147483647]"
        document.conditions = "[0.5,1.25,-2.5,7]"
        document.defaultLeft = "[1,0,0,1]"
        document.treeMembers = ",\"tree_param\":{\"num_deleted\":\"1\"}"
        // The list of hessians is one too short.
        #expect(document.refusal()?.contains("sum_hessian: 3 elements for the 4") == true)
        var text = document.text
        text.replace("[3,1,2]", with: "[3,1,2,0]")
        let bytes = Array(text.utf8)
        let ensemble = try TreeEnsembleFormats.load(fileName: "m", bytes: bytes.span)
        #expect(ensemble.nodeCount == 3 && ensemble.covers == [3, 1, 2])
    }

    @Test func `dart multiplies leaves with the weights of trees`() throws {
        var document = Document()
        document.booster = "dart"
        document.boosterMembers = ",\"weight_drop\":[0.5]"
        #expect(try document.load().values == [0.5, 0.625, -1.25])
        document.boosterMembers = ",\"weight_drop\":[0.5,1]"
        #expect(document.refusal() == "learner.gradient_booster.weight_drop: 2 weights for 1 trees")
    }

    @Test func `the best round picks the trees that serve`() throws {
        var document = Document()
        document.attributes = "{\"best_iteration\":\"0\",\"best_score\":\"0.1\"}"
        #expect(try document.load().defaultTreeCount == 1)
        // A model sliced shorter keeps the attribute.
        document.attributes = "{\"best_iteration\":\"40\"}"
        #expect(try document.load().defaultTreeCount == 1)
        // A model of no round says −1 in versions before 2.0.
        document.attributes = "{\"best_iteration\":\"-1\"}"
        #expect(try document.load().defaultTreeCount == 1)
        document.attributes = "{\"best_iteration\":\"-2\"}"
        #expect(document.refusal() == "learner.attributes.best_iteration: expected the number of a boosting round")
    }

    @Test func `infinite conditions are kept and NaN is refused`() throws {
        var document = Document()
        document.conditions = "[Infinity,1.25,-2.5]"
        #expect(ReferenceEvaluator(try document.load()).margins(of: [Float(0), .infinity]) == [-2])
        document.conditions = "[NaN,1.25,-2.5]"
        #expect(document.refusal()?.hasSuffix("the threshold of node 0 is NaN") == true)
    }

    @Test func `what is not supported is refused by its name`() {
        var document = Document()
        document.booster = "gblinear"
        #expect(document.refusal() == "learner.gradient_booster.name: booster \"gblinear\" is not supported")
        document = Document()
        document.objective = "reg:secret"
        #expect(document.refusal() == "learner.objective.name: objective \"reg:secret\" is not supported")
        document = Document()
        document.objective = "multi:softprob"
        document.parameters = "\"num_class\":\"3\",\"num_feature\":\"2\",\"num_target\":\"2\""
        #expect(
            document.refusal()
                == "learner.learner_model_param.num_target: classification of several classes with 2 targets "
                + "is not supported")
    }

    @Test func `a fault names file, byte and field`() {
        var document = Document()
        document.left = "[1,-1,\"x\"]"
        let text = document.text
        do {
            _ = try document.load()
            Issue.record("a text among node numbers was accepted")
        } catch {
            let offset = text.utf8.count - text.split(separator: "\"x\"")[1].utf8.count
            #expect(
                error.message
                    == "m.json: byte \(offset): learner.gradient_booster.model.trees[0].left_children: "
                    + "expected an array of numbers")
            #expect(error.format == "xgboost_json")
        }
    }

    @Test func `numbers that do not fit together are refused`() {
        var document = Document()
        document.left = "[1,-1]"
        #expect(document.refusal()?.contains("3 elements for the 2 of left_children") == true)
        document = Document()
        document.features = "[2,0,0]"
        #expect(document.refusal()?.hasSuffix("node 0 tests feature 2 of 2") == true)
        document = Document()
        document.left = "[99999999999,-1,-1]"
        #expect(document.refusal()?.hasSuffix("expected an array of integers within 32 bits") == true)
        document = Document()
        document.left = "[0,-1,-1]"
        #expect(document.refusal()?.hasSuffix("child 0 of node 0 is not a node below it") == true)
        document = Document()
        document.treeInfo = "[1]"
        #expect(document.refusal()?.hasSuffix("the tree adds to margin 1 of 1") == true)
        document = Document()
        document.treeInfo = "[]"
        #expect(document.refusal() == "learner.gradient_booster.model.tree_info: 0 elements for 1 trees")
        document = Document()
        document.parameters = "\"num_class\":\"0\",\"num_feature\":\"2000000\""
        #expect(document.refusal()?.hasSuffix("2000000 elements exceed the limit of 1048576") == true)
        document = Document()
        document.parameters = "\"num_class\":\"0\""
        #expect(document.refusal() == "learner.learner_model_param.num_feature: the field is missing")
    }

    @Test func `a base probability is kept away from zero and one`() {
        let logistic = XGBoostObjective(name: "binary:logistic")
        // Printed by XGBoost 3.2.0 as the margins of models without trees.
        #expect(logistic?.baseMargin(0) == -13.81551)
        #expect(logistic?.baseMargin(1e-7) == -13.81551)
        #expect(logistic?.baseMargin(0.1) == -2.1972246)
        #expect(logistic?.baseMargin(0.9999999) == 13.74516)
        #expect(XGBoostObjective(name: "count:poisson")?.baseMargin(1e-20) == -46.0517)
        #expect(XGBoostObjective(name: "binary:logitraw")?.baseMargin(0.3) == 0.3)
    }

    @Test func `names of features have a limit`() throws {
        let limit = TreeEnsembleLimits.nameByteCount
        func reason(_ byteCount: Int) -> TreeEnsembleFault.Reason? {
            let name = String(repeating: "n", count: byteCount)
            let text = Document().text.replacing("\"feature_names\":[]", with: "\"feature_names\":[\"\(name)\",\"b\"]")
            do throws(TreeEnsembleFault) {
                _ = try TreeEnsembleFormats.load(fileName: "m", bytes: Array(text.utf8).span)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason(limit) == nil)
        #expect(reason(limit + 1) == .limit(what: "bytes of a name", value: limit + 1, limit: limit))
    }
}
