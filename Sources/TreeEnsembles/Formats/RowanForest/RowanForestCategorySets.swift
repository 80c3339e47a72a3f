/// The category sets of a `rowan_forest` file, made when a split first asks for one.
///
/// A set takes memory for its greatest category, not for the text that names it, so what splits ask for is counted.
struct RowanForestCategorySets {
    private struct Entry {
        var categories: Range<Int>
        var membersGoLeft: Bool
        /// Words that the set takes.
        var wordCount: Int
        var made: CategorySet?
    }

    private var categories: [Int32] = []
    private var entries: [Entry] = []
    private var wordCount = 0

    /// Reads the list.
    mutating func read(_ document: inout JSONDocument, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        try document.readObjects(in: bytes) { (document, _) throws(TreeEnsembleFault) in
            let first = categories.count
            var membersGoLeft: Bool?
            try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
                switch name {
                case "categories": try document.readIntegers(in: bytes, into: &categories)
                case "members_go_left":
                    guard case .bool(let truth) = try document.next(in: bytes) else {
                        throw document.expected("true or false")
                    }
                    membersGoLeft = truth
                default: try document.skipValue(in: bytes)
                }
            }
            guard let membersGoLeft else { throw TreeEnsembleFault(.missing, field: "members_go_left") }
            var greatest: Int32 = 0
            for category in categories[first...] { greatest = max(greatest, category) }
            for category in categories[first...] where category < 0 || category > TreeEnsembleLimits.category {
                throw TreeEnsembleFault(.inconsistent("category \(category)"), field: "categories", at: document.offset)
            }
            entries.append(
                Entry(
                    categories: first..<categories.count, membersGoLeft: membersGoLeft,
                    wordCount: Int(greatest) / 32 + 1))
        }
    }

    /// The set of a number.
    mutating func set(_ index: Int) throws(TreeEnsembleFault) -> CategorySet {
        guard entries.indices.contains(index) else {
            throw TreeEnsembleFault(.inconsistent("set \(index) of \(entries.count)"))
        }
        let entry = entries[index]
        wordCount += entry.wordCount
        try TreeEnsembleBuilder.checkLimit("words of categories", wordCount, TreeEnsembleLimits.categoryWordCount)
        if let made = entry.made { return made }
        let set = CategorySet(
            categories: categories[entry.categories].lazy.map { Int($0) }, membersGoLeft: entry.membersGoLeft)
        entries[index].made = set
        return set
    }
}
