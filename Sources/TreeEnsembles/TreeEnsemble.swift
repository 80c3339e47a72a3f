/// A forest as its trainer means it: the one representation that every file format is read into and every engine is
/// compiled from.
///
/// What differs between trainers is written down as a field instead of being a convention: the comparison, the
/// precision of inputs and sums, where the base is added, the direction of missing values, the link. A value of this
/// type comes only from `TreeEnsembleBuilder`, so its indices are valid and its trees are trees.
///
/// - Shape: node arrays are parallel; tree `t` owns the nodes `treeStarts[t] ..< treeStarts[t + 1]`, its root first.
/// - Source: shared facts on trainers' arithmetic are restated in the module's page.
package struct TreeEnsemble: Sendable {
    /// When a value goes to the left child. Both trainers' forms are kept; engines bring them to one.
    package enum Comparison: Sendable {
        /// `x < threshold` (XGBoost)
        case lessGoesLeft
        /// `x ≤ threshold` (LightGBM, CatBoost's `x > border` goes right, scikit-learn)
        case lessOrEqualGoesLeft
    }

    package enum Precision: Sendable {
        case float32
        case float64
    }

    /// How leaf values become a margin.
    package enum Summation: Sendable {
        /// base, then every leaf in tree order, in the sum's precision (XGBoost)
        case baseFirst
        /// zero, then every leaf in tree order; × scale + base last (CatBoost)
        case baseLast(scale: Double)
    }

    /// What a margin means and how the trainer turns it into its prediction.
    package enum Link: Sendable, Equatable {
        case identity
        /// 1 / (1 + exp(−m)) in the sum's precision
        case logistic
        /// exp(m)
        case exponential
        /// m > 0 ? 1 : 0
        case hinge
        /// softmax over the margins of one row
        case softmax
        /// 2^(−s / normalizer): scikit-learn's −score_samples of an isolation forest
        case isolationScore(normalizer: Double)
    }

    package enum Task: Sendable, Equatable {
        case regression
        /// Two classes from one margin, or one margin per class.
        case classification(classCount: Int)
        case isolation
    }

    /// The trainer's name as it stands in reports: `xgboost`, `catboost`, `scikit-learn (ONNX)`.
    package internal(set) var trainer: String
    package internal(set) var task: Task
    /// Class labels where the file holds them, else empty: text or decimal integers.
    package internal(set) var classLabels: [String] = []
    package internal(set) var featureCount: Int
    /// As many as features, or empty.
    package internal(set) var featureNames: [String] = []
    /// Margins per row: 1, or one per class or target.
    package internal(set) var marginCount: Int

    package internal(set) var comparison: Comparison
    package internal(set) var inputPrecision: Precision
    package internal(set) var sumPrecision: Precision
    package internal(set) var summation: Summation
    package internal(set) var link: Link
    /// One per margin; already a margin (XGBoost's `base_score` has gone through the inverse link).
    package internal(set) var baseMargins: [Double]

    /// First node of every tree, and the node count as last element.
    package internal(set) var treeStarts: [Int32] = [0]
    /// The margin that a tree adds to.
    package internal(set) var treeMargins: [Int32] = []
    /// Feature tested by a node, −1 for a leaf.
    package internal(set) var features: [Int32] = []
    /// Threshold of an inner node, value of a leaf. Exactly representable in the precision of inputs or sums.
    package internal(set) var values: [Double] = []
    /// Children as indices into the node arrays, −1 for a leaf.
    package internal(set) var leftChildren: [Int32] = []
    package internal(set) var rightChildren: [Int32] = []
    /// Whether NaN goes left.
    package internal(set) var missingGoesLeft: [Bool] = []
    /// The trainer's own number of a leaf within its tree (`pred_leaf`, `calc_leaf_indexes`), −1 for inner nodes.
    package internal(set) var leafNumbers: [Int32] = []
    /// Sum of hessians or of sample weights that reached a node; empty where the file has none.
    package internal(set) var covers: [Double] = []
    /// Trees of the file that serve: `best_iteration + 1` rounds where early stopping chose them.
    package internal(set) var defaultTreeCount: Int = 0

    package var treeCount: Int { treeMargins.count }
    package var nodeCount: Int { features.count }
}
