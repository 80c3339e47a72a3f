/// The content of a CatBoost model, from JSON or CBM alike, on its way to a forest.
///
/// - Source: CatBoost 1.2.10, `catboost/libs/model`. Semantic choices: a question is answered by yes, which is bit 1 of
///   a leaf's number or the way to the right, when the float32 value is *above* the border, or when the category has
///   the hash; NaN is above every border where the feature's treatment is `AsTrue`, else above none; a category of a
///   row of numbers is an integer, hashed as its decimal digits, and what is no integer is no category; leaves are
///   summed in float64 from zero in tree order, then × scale + bias, dimension by dimension. What a loss function's
///   dimensions mean and predict is said in `CatBoostLoss`.
struct CatBoostModel {
    /// One numerical feature of the model.
    struct FloatFeature {
        /// Column of the input row, among all kinds of features.
        var column: Int
        var missingGoesLeft: Bool
    }

    /// What a split asks.
    enum Question {
        case isAbove(feature: Int, border: Float)
        case isCategory(feature: Int, hash: UInt32)
    }

    /// A node of a tree that is not oblivious.
    enum Node {
        /// Children are positions in `nodes`.
        case split(Question, left: Int, right: Int)
        /// The leaf's number among all leaves of the model.
        case leaf(Int)
    }

    /// Float features by their number among themselves.
    var floatFeatures: [Int: FloatFeature] = [:]
    /// Columns of categorical features by their number among themselves.
    var categoricalColumns: [Int: Int] = [:]
    /// CatBoost's names of columns, empty ones among them.
    var columnNames: [Int: String] = [:]
    /// Questions of oblivious trees, from the least bit upwards.
    var questions: [Question] = []
    /// Questions of each oblivious tree.
    var questionCounts: [Int] = []
    /// Nodes of trees that are not oblivious, tree behind tree, the root first.
    var nodes: [Node] = []
    /// First node of each such tree.
    var treeStarts: [Int] = []
    /// Values that a leaf has, one per dimension; 0 until known.
    var leafWidth = 0
    /// Leaf behind leaf.
    var leafValues: [Double] = []
    var leafWeights: [Double] = []
    var scale = 1.0
    var biases: [Double] = []
    /// Loss function's name, empty where the file has none.
    var lossFunction = ""
    var classLabels: [String] = []

    /// Notes a feature's column and name.
    mutating func addColumn(_ column: Int, name: String, at offset: Int) throws(TreeEnsembleFault) {
        guard columnNames.updateValue(name, forKey: column) == nil else {
            throw TreeEnsembleFault(.inconsistent("two features stand in column \(column)"), at: offset)
        }
    }
}

// MARK: Parts that both syntaxes write as JSON

extension CatBoostModel {
    /// Reads the training parameters, of which the loss function counts.
    mutating func readParameters(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "loss_function" else { return try document.skipValue(in: bytes) }
            try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
                guard name == "type" else { return try document.skipValue(in: bytes) }
                lossFunction = try document.readString(in: bytes)
            }
        }
    }

    /// Reads the description of classes, of which the labels count.
    mutating func readClassParameters(
        _ document: inout JSONDocument, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "class_names" else { return try document.skipValue(in: bytes) }
            classLabels = try document.readStrings(in: bytes, limit: TreeEnsembleLimits.marginCount)
        }
    }

    /// Whether NaN goes left under a treatment of missing values, by its name in JSON.
    static func missingGoesLeft(treatment: String) -> Bool? {
        switch treatment {
        case "AsIs", "AsFalse": true
        case "AsTrue": false
        default: nil
        }
    }
}
