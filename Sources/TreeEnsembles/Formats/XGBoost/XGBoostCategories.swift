/// The categories that the categorical splits of one tree send right.
///
/// - Shape: split `i` belongs to node `nodes[i]` and lists `sizes[i]` categories from `segments[i]` on.
/// - Source: `RegTree::SaveCategoricalSplit` of XGBoost 1.3 to 3.2.
struct XGBoostCategories {
    private var categories: [Int32] = []
    private var nodes: [Int32] = []
    private var segments: [Int32] = []
    private var sizes: [Int32] = []
    /// The number of a node's list, by node; filled by `check`.
    private var lists: [Int: Int] = [:]

    /// Reads one of the four arrays.
    ///
    /// - Returns: whether the name is one of theirs.
    mutating func read<Document: DocumentReader>(
        _ name: String, _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Bool {
        switch name {
        case "categories": try document.readIntegers(in: bytes, into: &categories)
        case "categories_nodes": try document.readIntegers(in: bytes, into: &nodes)
        case "categories_segments": try document.readIntegers(in: bytes, into: &segments)
        case "categories_sizes": try document.readIntegers(in: bytes, into: &sizes)
        default: return false
        }
        return true
    }

    /// Checks that the lists lie behind each other within `categories`, each of its own node.
    mutating func check(at offset: Int) throws(TreeEnsembleFault) {
        for (field, count) in [("categories_segments", segments.count), ("categories_sizes", sizes.count)]
        where count != nodes.count {
            throw TreeEnsembleFault(
                .inconsistent("\(count) elements for the \(nodes.count) of categories_nodes"), field: field, at: offset)
        }
        var end = 0
        for index in nodes.indices {
            guard segments[index] == end, sizes[index] >= 0, Int(sizes[index]) <= categories.count - end else {
                throw TreeEnsembleFault(
                    .inconsistent(
                        "a list that does not follow the one before it within \(categories.count) categories"),
                    field: "categories_segments[\(index)]", at: offset)
            }
            end += Int(sizes[index])
            guard lists.updateValue(index, forKey: Int(nodes[index])) == nil else {
                throw TreeEnsembleFault(
                    .inconsistent("node \(nodes[index]) has two lists"), field: "categories_nodes[\(index)]", at: offset
                )
            }
        }
        for (index, category) in categories.enumerated() where category < 0 || category > TreeEnsembleLimits.category {
            throw TreeEnsembleFault(
                .inconsistent("category \(category)"), field: "categories[\(index)]", at: offset)
        }
    }

    /// The set of a node's categorical split.
    ///
    /// A set takes memory for its greatest category, not for the text that names it, so what splits ask for is counted.
    func set(ofNode node: Int, wordCount: inout Int) throws(TreeEnsembleFault) -> CategorySet {
        guard let list = lists[node] else {
            throw TreeEnsembleFault(.inconsistent("node \(node) is not listed"), field: "categories_nodes")
        }
        let members = categories[Int(segments[list])..<Int(segments[list] + sizes[list])]
        wordCount += Int(members.max() ?? 0) / 32 + 1
        try TreeEnsembleBuilder.checkLimit("words of categories", wordCount, TreeEnsembleLimits.categoryWordCount)
        return CategorySet(categories: members.lazy.map { Int($0) }, membersGoLeft: false)
    }
}
