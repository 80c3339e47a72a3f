/// What the dimensions of a CatBoost model mean, by its loss function.
///
/// - Source: CatBoost 1.2.10, `predict_proba` of `CatBoostClassifier` and the default `prediction_type` of
///   `CatBoostRegressor` and `CatBoostRanker`: exponents for Poisson and Tweedie, mean and variance for
///   RMSEWithUncertainty, else raw values; `CatBoost` itself, which sums of models are, gives raw values.
struct CatBoostLoss {
    var task: TreeEnsemble.Task
    var link: TreeEnsemble.Link

    /// Losses of several dimensions that predict raw values, own ones among them; a sum of models names none.
    private static let targetLosses: Set<String> = [
        "MultiRMSE", "MultiRMSEWithMissingValues", "MultiQuantile", "PythonUserDefinedMultiTarget",
        "PythonUserDefinedPerObject", "",
    ]

    /// The meaning of a loss function's name, which is empty where the file has none.
    init(name: String, dimensionCount: Int, labelCount: Int) throws(TreeEnsembleFault) {
        let isMany = dimensionCount > 1
        switch name {
        case "Logloss" where !isMany, "CrossEntropy" where !isMany, "Focal" where !isMany:
            self.init(.classification(classCount: 2), .logistic)
        case "" where labelCount == 2 && !isMany: self.init(.classification(classCount: 2), .logistic)
        case "" where labelCount == dimensionCount && isMany, "MultiClass" where isMany:
            self.init(.classification(classCount: dimensionCount), .softmax)
        case "MultiClassOneVsAll" where isMany: self.init(.classification(classCount: dimensionCount), .logistic)
        case "MultiLogloss", "MultiCrossEntropy":
            self.init(
                isMany ? .multiLabel(labelCount: dimensionCount) : .classification(classCount: 2), .logistic)
        case "RMSEWithUncertainty" where dimensionCount == 2: self.init(.regression, .meanAndVariance)
        case "Poisson" where !isMany, "Tweedie" where !isMany: self.init(.regression, .exponential)
        case _ where Self.targetLosses.contains(name): self.init(.regression, .identity)
        case _ where isMany || name == "MultiClass" || name == "MultiClassOneVsAll" || name == "RMSEWithUncertainty":
            throw TreeEnsembleFault(
                .unsupported("loss function \"\(name)\" of \(dimensionCount) dimensions"), field: "loss_function")
        default: self.init(.regression, .identity)
        }
    }

    private init(_ task: TreeEnsemble.Task, _ link: TreeEnsemble.Link) {
        self.task = task
        self.link = link
    }
}
