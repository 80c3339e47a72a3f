/// A forest as its trainer means it: the one representation that every file format is read into and every engine is
/// compiled from.
///
/// What differs between trainers is written down as a field instead of being a convention: the comparison, the
/// precision of inputs and sums, where the base is added, the direction of missing values, the link. A value of this
/// type comes only from `TreeEnsembleBuilder`, so its indices are valid and its trees are trees.
///
/// Trees are stored in one of two forms, the same for all trees of a forest (`form`): as nodes, or, where every level
/// of a tree asks one question (CatBoost), as a list of splits and a table of 2^depth leaves. `expandedToNodes` turns
/// the second into the first where that is affordable.
///
/// - Shape: node arrays are parallel; tree `t` owns the nodes `treeStarts[t] ..< treeStarts[t + 1]` in depth-first
///   order: its root first, a left child directly behind its parent, so leaves stand from left to right and children
///   always behind their parents.
/// - Source: the trainers' arithmetic is restated in the module's page.
package struct TreeEnsemble: Sendable, Equatable {
    /// When a value goes to the left child.
    ///
    /// Both trainers' forms are kept; engines bring them to one.
    package enum Comparison: Sendable {
        /// `x < threshold` (XGBoost)
        case lessGoesLeft
        /// `x ≤ threshold` (CatBoost's `x > border` goes right, LightGBM, scikit-learn)
        case lessOrEqualGoesLeft
    }

    /// Width of a floating-point number.
    package enum Precision: Sendable {
        case float32
        case float64
    }

    /// How leaf values become a margin.
    package enum Summation: Sendable, Equatable {
        /// base, then every leaf in tree order, in the sum's precision (XGBoost)
        case baseFirst
        /// zero, then every leaf in tree order; × scale + base last, in float64 and rounded to the sum's precision
        /// (CatBoost, Treelite; scale 1 and base 0: a plain sum)
        case baseLast(scale: Double)
        /// zero, then every leaf in tree order; the sum divided by a number, usually of trees (random forests), + base
        case average(divisor: Double)
        /// the least of the leaves, 0 where no tree has one for the margin; + base (ONNX)
        case least
        /// the greatest of the leaves, likewise
        case greatest
    }

    /// What a margin means and how the trainer turns it into its prediction; computed by `LinkFunction`.
    package enum Link: Sendable, Equatable {
        /// the margin itself, also for a binary classifier that predicts raw values (`binary:logitraw`)
        case identity
        /// 1 / (1 + exp(−m)) in the sum's precision; in float32 with −m cut off at 88.7, as XGBoost does
        case logistic
        /// 1 / (1 + exp(−scale · m)) (LightGBM's `sigmoid`)
        case scaledLogistic(scale: Double)
        /// exp(m)
        case exponential
        /// log(1 + exp(m)) (LightGBM's `cross_entropy_lambda`)
        case softplus
        /// sign(m) · m² (LightGBM's `sqrt`)
        case signedSquare
        /// m > 0 ? 1 : 0
        case hinge
        /// exp(m − largest) / Σ over the margins of one row; the sum in float64
        case softmax
        /// v = 1 / (1 + exp(−|m|)), 1 − v where m is negative; the complement is the same of −m; in float32, whatever
        /// the sum's precision (ONNX Runtime)
        case symmetricLogistic
        /// softmax with exponentials and their sum in float32, whatever the sum's precision; where `sparesZero`,
        /// margins within 1e−7 of 0 become m · exp(−largest) and do not count in the sum (ONNX Runtime)
        case narrowSoftmax(sparesZero: Bool)
        /// the first margin itself, exp(2m) of the second: mean and variance (CatBoost's `RMSEWithUncertainty`)
        case meanAndVariance
        /// √2 · erf⁻¹(2m − 1) by an approximation in float32 (ONNX Runtime)
        case probit
        /// softmax whose exponentials, largest margin and sum are rounded to float32 though margins are float64
        /// (Treelite)
        case roundedSoftmax
        /// The engine's sum is an isolation forest's sum of path lengths; see `IsolationScale`.
        case isolation(IsolationScale)
    }

    /// What divides the predictions of a row, in float32; nothing does where it is 0.
    ///
    /// - Source: ONNX `Normalizer` as ONNX Runtime computes it.
    package enum Normalization: Sendable {
        /// the largest prediction
        case largest
        /// the sum of magnitudes
        case sumOfMagnitudes
        /// the square root of the sum of squares; magnitudes are the roots of shares of squares
        case rootOfSquares
    }

    /// What a classifier decides its label on, as its trainer does.
    package enum Decision: Sendable {
        /// the predicted value: above ½, or the largest (XGBoost's scikit-learn wrapper)
        case value
        /// the margin: above 0, or the largest (CatBoost, `multi:softmax`)
        case margin
        /// the margin: not below 0, or the largest (scikit-learn's gradient boosting)
        case marginOrZero
    }

    /// What a forest predicts.
    package enum Task: Sendable, Equatable {
        case regression
        /// Two classes from one margin, or one margin per class.
        case classification(classCount: Int)
        /// Several yes-or-no questions, one margin each.
        case multiLabel(labelCount: Int)
        case isolation
    }

    /// How trees are stored.
    package enum Form: Sendable {
        /// the node arrays
        case nodes
        /// the split and leaf arrays
        case oblivious
    }

    /// What a categorical split makes of a value before it looks the category up.
    ///
    /// NaN follows the split's missing direction; a value that becomes no category belongs to no set.
    package enum CategoryRule: Sendable {
        /// a negative value is no category; others lose their fraction (XGBoost)
        case nonNegative
        /// a value loses its fraction first, so that −0.5 is category 0 (LightGBM)
        case truncated
        /// only a whole number is a category, and no negative one is (scikit-learn, which looks values up)
        case whole
    }

    /// The trainer's name as it stands in reports: `xgboost`, `lightgbm`, `catboost`, `scikit-learn (ONNX)`.
    package internal(set) var trainer: String
    /// What the forest predicts.
    package internal(set) var task: Task
    /// Class labels where the file holds them, else empty: text or decimal integers.
    package internal(set) var classLabels: [String] = []
    /// Columns of an input row.
    package internal(set) var featureCount: Int
    /// As many as features, or empty.
    package internal(set) var featureNames: [String] = []
    /// Margins per row: 1, or one per class or target.
    package internal(set) var marginCount: Int

    /// When a value goes left.
    package internal(set) var comparison: Comparison
    /// Precision in which a value meets a threshold; inputs are rounded to it first.
    package internal(set) var inputPrecision: Precision
    /// What categorical splits make of values.
    package internal(set) var categoryRule = CategoryRule.nonNegative
    /// Precision of leaves and of their sum.
    package internal(set) var sumPrecision: Precision
    /// How leaves become a margin.
    package internal(set) var summation: Summation
    /// What a margin means.
    package internal(set) var link: Link
    /// Whether the link is applied to the average over the boosting rounds: LightGBM's `boosting=rf`, whose raw call
    /// gives the sum all the same.
    package internal(set) var linkAveragesRounds = false
    /// What the predictions of a row are divided by; labels are decided before.
    package internal(set) var normalization: Normalization?
    /// What labels are decided on.
    package internal(set) var decision: Decision
    /// Whether the trainer has a raw call; a random forest has none.
    package internal(set) var hasMargin = true
    /// One per margin; already a margin (XGBoost's `base_score` has gone through the inverse link).
    package internal(set) var baseMargins: [Double]

    /// How trees are stored.
    package internal(set) var form: Form
    /// Values of a leaf: 1, or as many as margins, where each tree adds to all of them.
    package internal(set) var leafWidth = 1
    /// The margin that a tree adds to, one per tree; 0 where a tree adds to all.
    package internal(set) var treeMargins: [Int32] = []
    /// The sets that categorical splits ask for.
    package internal(set) var categorySets: [CategorySet] = []
    /// Values of leaves of several values, in the order in which the forest holds leaves; else empty.
    ///
    /// - Shape: `leafCount` × `leafWidth`.
    package internal(set) var leafVectors: [Double] = []
    /// What leaves have in place of a value, where some have a linear function; leaves then have one value.
    package internal(set) var linearLeaves: LinearLeaves?
    /// First tree of every boosting round, and the tree count as last element.
    package internal(set) var iterationStarts: [Int32] = [0]
    /// Trees that the trainer's scikit-learn wrapper uses: `best_iteration + 1` rounds where early stopping chose
    /// them, else all.
    package internal(set) var defaultTreeCount: Int = 0

    // Form `nodes`; all empty in the other form, except for the leading zero.

    /// First node of every tree, and the node count as last element.
    package internal(set) var treeStarts: [Int32] = [0]
    /// Feature tested by a node, −1 for a leaf.
    package internal(set) var features: [Int32] = []
    /// Threshold of an inner node, value of a leaf; 0 for a categorical split and for a leaf of several values.
    ///
    /// Exactly representable in the precision of inputs or sums; a threshold may be infinite, but is never NaN.
    package internal(set) var values: [Double] = []
    /// Children as indices into the node arrays, −1 for a leaf.
    ///
    /// A left child follows its parent directly.
    package internal(set) var leftChildren: [Int32] = []
    /// Right children, as above.
    package internal(set) var rightChildren: [Int32] = []
    /// Whether NaN goes left; false for a leaf.
    package internal(set) var missingGoesLeft: [Bool] = []
    /// Whether zero counts as missing, |x| ≤ 1e−35 that is, besides NaN (LightGBM's `zero_as_missing`); empty where no
    /// node does that.
    package internal(set) var zeroIsMissing: [Bool] = []
    /// Index of a categorical split's set, −1 for other nodes; empty where no node is categorical.
    package internal(set) var nodeSets: [Int32] = []
    /// The trainer's own number of a leaf within its tree (`pred_leaf`), −1 for inner nodes.
    package internal(set) var leafNumbers: [Int32] = []
    /// Sum of hessians or of sample weights that reached a node; empty where the file has none.
    package internal(set) var covers: [Double] = []

    // Form `oblivious`; all empty in the other form, except for the leading zeros.

    /// First split of every tree, and the split count as last element.
    ///
    /// A tree of no split has one leaf.
    package internal(set) var splitStarts: [Int32] = [0]
    /// Feature of a split.
    ///
    /// Split `i` of a tree decides bit `i` of the leaf's number: 1 where the value goes right.
    package internal(set) var splitFeatures: [Int32] = []
    /// Threshold of a split, never NaN.
    package internal(set) var splitThresholds: [Double] = []
    /// Whether NaN makes the bit 0.
    package internal(set) var splitMissingGoesLeft: [Bool] = []
    /// First leaf of every tree, and the leaf count as last element; a tree of d splits has 2^d leaves.
    package internal(set) var leafStarts: [Int32] = [0]
    /// Index of the set that a split asks for, −1 for a threshold; empty where no split is categorical.
    ///
    /// The bit is 1 where the value goes right.
    package internal(set) var splitSets: [Int32] = []
    /// Values of leaves, by leaf number, which is also the trainer's own (`calc_leaf_indexes`); empty for leaves of
    /// several values.
    package internal(set) var leafValues: [Double] = []
    /// Sum of sample weights that reached a leaf; empty where the file has none.
    package internal(set) var leafWeights: [Double] = []

    /// Number of trees.
    package var treeCount: Int { treeMargins.count }
    /// Number of nodes in form `nodes`, else 0.
    package var nodeCount: Int { features.count }
    /// Number of boosting rounds.
    package var iterationCount: Int { iterationStarts.count - 1 }
    /// What a margin is divided by before the link is applied.
    package var linkDivisor: Double { linkAveragesRounds ? Double(iterationCount) : 1 }

    /// Number of leaves, in either form.
    package var leafCount: Int {
        switch form {
        case .nodes: (nodeCount + treeCount) / 2
        case .oblivious: Int(leafStarts[treeCount])
        }
    }

    /// Whether every node's share of the training rows is known, as explanations need it.
    package var hasCovers: Bool {
        switch form {
        case .nodes: covers.count == nodeCount
        case .oblivious: leafWeights.count == leafCount
        }
    }

    /// Depth in edges of an oblivious tree.
    package func obliviousDepth(ofTree tree: Int) -> Int {
        Int(splitStarts[tree + 1] - splitStarts[tree])
    }
}

/// Turns an isolation forest's sum of path lengths into scikit-learn's numbers.
///
/// - Units: `normalizer` is trees × c(samples per tree), in edges; `offset` is scikit-learn's `offset_`.
/// - Source: scikit-learn `IsolationForest.score_samples` and `decision_function`.
package struct IsolationScale: Sendable, Equatable {
    /// The divisor of the sum: score = 2^(−sum / normalizer).
    package var normalizer: Double
    /// The decision's offset: decision = −score − offset.
    package var offset: Double
}
