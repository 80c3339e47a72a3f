import JSONSyntax

/// The content of an XGBoost model document, read from JSON or UBJSON alike.
///
/// Trees stand in the document before the numbers that they must agree with, so their arrays are collected as they
/// come and a forest is built when the document has ended. Unknown members are passed over: every version adds some.
///
/// - Source: `doc/model.schema` and `src/tree/io_utils.h` of XGBoost 1.0 to 3.2. Semantic choices:
///   a value goes left when it is *less* than the split condition, both float32; NaN follows `default_left`; a leaf is
///   a node without left child and keeps its value in `split_conditions`; sums are float32, the base first; `tree_info`
///   names the class or target of a tree, unless its leaves hold a value for each; `dart` multiplies each leaf by its
///   tree's weight in float32 first; a category goes right when it is in its split's list; nodes that pruning deleted
///   stay in the arrays, marked by the largest feature number. `cats`, the names that 3.1 and later keep of a data
///   frame's categories, is passed over: rows of numbers hold the numbers that the trainer gave to categories, which
///   is how XGBoost itself takes rows of numbers.
struct XGBoostModel {
    var objectiveName = ""
    var boosterName = ""
    var baseScores: [Float] = []
    var classCount = 0
    var targetCount = 1
    var featureCount: Int?
    var featureNames: [String] = []
    var bestIteration: Int?
    var parallelTreeCount = 1
    var declaredTreeCount: Int?
    var iterationStarts: [Int32] = []
    var treeMargins: [Int32] = []
    var treeWeights: [Float] = []
    var trees: [XGBoostTree] = []

    /// Reads a whole document and builds its forest.
    static func parse<Document: DocumentReader>(
        _ bytes: Span<UInt8>, as syntax: Document.Type
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        var model = XGBoostModel()
        var document = Document()
        var hasLearner = false
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "learner" else { return try document.skipValue(in: bytes) }
            hasLearner = true
            try model.readLearner(&document, bytes)
        }
        guard case .end = try document.next(in: bytes) else { throw document.expected("the end of the document") }
        guard hasLearner else { throw TreeEnsembleFault(.missing, field: "learner") }
        return try model.build()
    }

    private mutating func readLearner<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "attributes": try readAttributes(&document, bytes)
            case "feature_names":
                featureNames = try document.readStrings(in: bytes, limit: TreeEnsembleLimits.featureCount)
            case "gradient_booster": try readBooster(&document, bytes)
            case "learner_model_param": try readParameters(&document, bytes)
            case "objective":
                try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
                    guard name == "name" else { return try document.skipValue(in: bytes) }
                    objectiveName = try document.readString(in: bytes)
                }
            default: try document.skipValue(in: bytes)
            }
        }
    }

    private mutating func readAttributes<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "best_iteration" else { return try document.skipValue(in: bytes) }
            guard setBestIteration(try document.readInteger(in: bytes)) else {
                throw document.expected("the number of a boosting round")
            }
        }
    }

    /// Takes the attribute `best_iteration`; −1 is that of a model of no round before 2.0.
    ///
    /// - Returns: whether it is the number of a round or −1.
    mutating func setBestIteration(_ iteration: Int) -> Bool {
        guard iteration >= -1 && iteration < TreeEnsembleLimits.treeCount else { return false }
        bestIteration = iteration < 0 ? nil : iteration
        return true
    }

    private mutating func readParameters<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "base_score": baseScores = try Self.readBaseScores(&document, bytes)
            case "num_class": classCount = try Self.readCount(&document, bytes, limit: TreeEnsembleLimits.marginCount)
            case "num_target": targetCount = try Self.readCount(&document, bytes, limit: TreeEnsembleLimits.marginCount)
            case "num_feature":
                featureCount = try Self.readCount(&document, bytes, limit: TreeEnsembleLimits.featureCount)
            default: try document.skipValue(in: bytes)
            }
        }
    }

    private mutating func readBooster<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "name": boosterName = try document.readString(in: bytes)
            case "model": try readTreeModel(&document, bytes)
            case "gbtree":
                try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
                    guard name == "model" else { return try document.skipValue(in: bytes) }
                    try readTreeModel(&document, bytes)
                }
            case "weight_drop": try document.readFloats(in: bytes, into: &treeWeights)
            default: try document.skipValue(in: bytes)
            }
        }
    }

    private mutating func readTreeModel<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "gbtree_model_param":
                try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
                    switch name {
                    case "num_parallel_tree":
                        parallelTreeCount = max(
                            1, try Self.readCount(&document, bytes, limit: TreeEnsembleLimits.treeCount))
                    case "num_trees":
                        declaredTreeCount = try Self.readCount(&document, bytes, limit: TreeEnsembleLimits.treeCount)
                    default: try document.skipValue(in: bytes)
                    }
                }
            case "iteration_indptr": try document.readIntegers(in: bytes, into: &iterationStarts)
            case "tree_info": try document.readIntegers(in: bytes, into: &treeMargins)
            case "trees":
                try document.readObjects(in: bytes) { (document, index) throws(TreeEnsembleFault) in
                    guard index < TreeEnsembleLimits.treeCount else {
                        throw TreeEnsembleFault(
                            .limit(what: "trees", value: index + 1, limit: TreeEnsembleLimits.treeCount),
                            at: document.offset)
                    }
                    trees.append(try XGBoostTree(&document, bytes))
                }
            default: try document.skipValue(in: bytes)
            }
        }
    }

    private static func readCount<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>, limit: Int
    ) throws(TreeEnsembleFault) -> Int {
        let count = try document.readInteger(in: bytes)
        guard count >= 0 else { throw document.expected("a count") }
        guard count <= limit else {
            throw TreeEnsembleFault(.limit(what: "elements", value: count, limit: limit), at: document.offset)
        }
        return count
    }

    /// Reads `"5E-1"`, `"[5E-1]"` or `"[1E0,2E0]"`, or the same without quotation marks.
    private static func readBaseScores<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> [Float] {
        switch try document.next(in: bytes) {
        case .number(let number): return [number.float(in: bytes)]
        case .string(let text):
            let range = text.range
            let scores = scores(in: bytes.extracting(range))
            guard let scores, !scores.isEmpty else { throw document.expected("a number or a list of numbers") }
            return scores
        default: throw document.expected("a number or a list of numbers")
        }
    }

    /// The numbers of a text in JSON's grammar, or nil if it is something else.
    private static func scores(in text: Span<UInt8>) -> [Float]? {
        var document = JSONDocument()
        var scores: [Float] = []
        while let token = try? document.next(in: text) {
            switch token {
            case .beginArray, .endArray: break
            case .number(let number):
                guard scores.count < TreeEnsembleLimits.marginCount else { return nil }
                scores.append(number.float(in: text))
            case .end: return scores
            default: return nil
            }
        }
        return nil
    }
}
