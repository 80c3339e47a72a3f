/// What an `objective` line of a LightGBM model means for a served model.
///
/// - Source: LightGBM 4.7.0, `ConvertOutput`, `ToString` and the constructors from text of the classes in
///   `src/objective`, and `ParseObjectiveAlias`. `sqrt` has no effect on `huber`, `poisson`, `gamma` and `tweedie`.
struct LightGBMObjective {
    /// A model without an objective line was trained with a function of its user's; its margins are what it predicts.
    static let custom = LightGBMObjective(link: .identity, isClassification: false, needsOneMargin: false)

    var link: TreeEnsemble.Link
    var isClassification: Bool
    private var needsOneMargin = true
    private var name = "custom"
    private var classCount: Int?

    /// Reads an objective's name and parameters.
    init(_ text: String) throws(TreeEnsembleFault) {
        let words = text.split(separator: " ").map { String($0) }
        guard let name = words.first else { throw TreeEnsembleFault(.expected("the name of an objective")) }
        let parameters = try Parameters(words.dropFirst())
        switch name {
        case "binary": self.init(link: try parameters.logisticLink(), isClassification: true)
        case "multiclass", "softmax": self.init(link: .softmax, isClassification: true, needsOneMargin: false)
        case "multiclassova", "multiclass_ova", "ova", "ovr":
            self.init(link: try parameters.logisticLink(), isClassification: true, needsOneMargin: false)
        case "cross_entropy", "xentropy": self.init(link: .logistic)
        case "cross_entropy_lambda", "xentlambda": self.init(link: .softplus)
        case "poisson", "gamma", "tweedie": self.init(link: .exponential)
        case "huber", "lambdarank", "rank_xendcg", "xendcg", "xe_ndcg", "xe_ndcg_mart", "xendcg_mart":
            self.init(link: .identity)
        case "regression", "regression_l2", "mean_squared_error", "mse", "l2", "l2_root", "root_mean_squared_error",
            "rmse", "regression_l1", "mean_absolute_error", "l1", "mae", "quantile", "fair", "mape",
            "mean_absolute_percentage_error":
            self.init(link: parameters.takesRoots ? .signedSquare : .identity)
        case "custom", "none", "null", "na": self = .custom
        default: throw TreeEnsembleFault(.unsupported("objective \"\(name)\""))
        }
        self.name = name
        classCount = parameters.classCount
    }

    private init(link: TreeEnsemble.Link, isClassification: Bool = false, needsOneMargin: Bool = true) {
        self.link = link
        self.isClassification = isClassification
        self.needsOneMargin = needsOneMargin
    }

    /// What a model with so many margins predicts.
    func task(marginCount: Int) throws(TreeEnsembleFault) -> TreeEnsemble.Task {
        let isOfSeveral = isClassification && !needsOneMargin
        guard needsOneMargin ? marginCount == 1 : !isOfSeveral || marginCount > 1 else {
            throw TreeEnsembleFault(.inconsistent("objective \"\(name)\" with \(marginCount) margins"))
        }
        guard !isOfSeveral || classCount == nil || classCount == marginCount else {
            throw TreeEnsembleFault(
                .inconsistent("objective \"\(name)\" of \(classCount ?? 0) classes with \(marginCount) margins"))
        }
        return isClassification ? .classification(classCount: max(2, marginCount)) : .regression
    }

    /// What stands behind an objective's name.
    private struct Parameters {
        var sigmoid: Double?
        var classCount: Int?
        var takesRoots = false

        init(_ words: some Sequence<String>) throws(TreeEnsembleFault) {
            for word in words {
                if word == "sqrt" {
                    takesRoots = true
                } else if word.hasPrefix("sigmoid:"), let value = Double(word.dropFirst(8)) {
                    sigmoid = value
                } else if word.hasPrefix("num_class:"), let value = Int(word.dropFirst(10)) {
                    classCount = value
                } else {
                    throw TreeEnsembleFault(.unsupported("parameter \"\(word)\" of an objective"))
                }
            }
        }

        func logisticLink() throws(TreeEnsembleFault) -> TreeEnsemble.Link {
            guard let sigmoid, sigmoid > 0, sigmoid.isFinite else {
                throw TreeEnsembleFault(.expected("a parameter sigmoid above zero"))
            }
            return .scaledLogistic(scale: sigmoid)
        }
    }
}
