import func Glibc.logf

/// What an XGBoost objective means for a served model.
///
/// - Source: XGBoost 3.2.0, `PredTransform` and `ProbToMargin` of the classes in `src/objective`.
struct XGBoostObjective {
    /// How `base_score`, which is written as a prediction, becomes a margin.
    enum BaseTransform {
        case identity
        /// −logf(1 / b − 1), b kept away from 0 and 1
        case logit
        /// logf(b)
        case logarithm
    }

    /// The distance from 0 and 1 that the trainer keeps a base probability at.
    ///
    /// - Source: `kRtEps` of XGBoost.
    private static let leastProbability: Float = 1e-6

    var link: TreeEnsemble.Link
    var isClassification: Bool
    var decision: TreeEnsemble.Decision
    var baseTransform: BaseTransform

    /// The objective of a name, or nil for one that is not known.
    init?(name: String) {
        switch name {
        case "binary:logistic": self.init(.logistic, isClassification: true, .logit)
        case "binary:logitraw": self.init(.identity, isClassification: true, .identity)
        case "binary:hinge": self.init(.hinge, isClassification: true, .identity)
        case "multi:softprob": self.init(.softmax, isClassification: true, .identity)
        case "multi:softmax": self.init(.softmax, isClassification: true, .identity, .margin)
        case "reg:logistic": self.init(.logistic, isClassification: false, .logit)
        case "reg:gamma", "reg:tweedie", "count:poisson", "survival:cox", "survival:aft":
            self.init(.exponential, isClassification: false, .logarithm)
        case "reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror",
            "reg:quantileerror", "rank:pairwise", "rank:ndcg", "rank:map":
            self.init(.identity, isClassification: false, .identity)
        default: return nil
        }
    }

    private init(
        _ link: TreeEnsemble.Link, isClassification: Bool, _ baseTransform: BaseTransform,
        _ decision: TreeEnsemble.Decision = .value
    ) {
        self.link = link
        self.isClassification = isClassification
        self.decision = decision
        self.baseTransform = baseTransform
    }

    /// The margin that a prediction `base` stands for, in the trainer's float32 steps.
    func baseMargin(_ base: Float) -> Float {
        switch baseTransform {
        case .identity: base
        case .logit: -logf(1 / min(max(base, Self.leastProbability), 1 - Self.leastProbability) - 1)
        case .logarithm: logf(base)
        }
    }
}
