import LinuxSystem

/// One tree of a Treelite checkpoint.
struct TreeliteTree {
    /// One node, as either version means it.
    struct Node {
        enum Kind {
            case leaf
            case numerical(SplitOperator)
            case categorical(membersGoRight: Bool)
        }

        var kind: Kind
        var left: Int32
        var right: Int32
        var feature: Int
        var missingGoesLeft: Bool
        /// The threshold, or a leaf's value.
        var value: Double
        /// Elements of the tree's leaf values, empty for a leaf of one value.
        var vector: Range<Int>
        /// Elements of the tree's categories.
        var categories: Range<Int>
        var cover: Double?
    }

    var nodes: [Node] = []
    private let leafWidth: Int
    private var leafValues: [Double] = []
    private var categories: [UInt32] = []

    /// Reads a tree.
    init(
        _ cursor: inout TreeliteCursor, _ bytes: Span<UInt8>, _ header: TreeliteHeader
    ) throws(TreeEnsembleFault) {
        leafWidth = header.leafWidth
        let declaredCount = try cursor.integer(Int32.self, in: bytes)
        _ = try cursor.truth(in: bytes)
        if header.majorVersion == 3 {
            try readVersion3(&cursor, bytes, header.precision)
        } else {
            try readVersion4(&cursor, bytes, header.precision)
        }
        guard nodes.count == Int(declaredCount) else {
            throw TreeEnsembleFault(
                .inconsistent("\(declaredCount) nodes declared, \(nodes.count) present"), at: cursor.offset)
        }
        try cursor.checkNoOptionalFields(in: bytes)
        try cursor.checkNoOptionalFields(in: bytes)
    }

    /// The operators of all numerical nodes.
    var operators: [SplitOperator] {
        nodes.compactMap { node in
            if case .numerical(let comparison) = node.kind { comparison } else { nil }
        }
    }

    /// Declares the tree's nodes.
    ///
    /// - Parameter wordCount: words of all category sets that were made so far.
    func build(
        into builder: inout TreeEnsembleBuilder, margin: Int, wordCount: inout Int
    ) throws(TreeEnsembleFault) {
        let leafCount = nodes.count { if case .leaf = $0.kind { true } else { false } }
        // Leaves that share their values would take more memory than the file.
        guard leafWidth == 1 || leafCount <= leafValues.count / leafWidth else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafValues.count) values for \(leafCount) leaves of \(leafWidth)"),
                field: "leaf_vector")
        }
        try builder.startTree(margin: margin, slotCount: nodes.count)
        for (index, node) in nodes.enumerated() {
            switch node.kind {
            case .leaf: try declareLeaf(index, node, into: &builder)
            case .numerical(let comparison):
                try builder.split(
                    node: index, feature: node.feature, comparison, value: node.value, whenTrue: Int(node.left),
                    whenFalse: Int(node.right), missingTakesTrue: node.missingGoesLeft, cover: node.cover)
            case .categorical(let membersGoRight):
                let members = categories[node.categories]
                let greatest = Int(members.max() ?? 0)
                guard greatest <= TreeEnsembleLimits.category else {
                    throw TreeEnsembleFault(
                        .limit(what: "categories", value: greatest, limit: TreeEnsembleLimits.category),
                        field: "category_list")
                }
                // Nodes may share a list, so its length counts for each of them.
                wordCount += greatest / 32 + 1 + members.count
                try TreeEnsembleBuilder.checkLimit(
                    "words of categories", wordCount, TreeEnsembleLimits.categoryWordCount)
                try builder.categoricalSplit(
                    node: index, feature: node.feature,
                    set: CategorySet(categories: members.lazy.map { Int($0) }, membersGoLeft: !membersGoRight),
                    left: Int(node.left), right: Int(node.right), missingGoesLeft: node.missingGoesLeft,
                    cover: node.cover)
            }
        }
        try builder.endTree()
    }

    private func declareLeaf(
        _ index: Int, _ node: Node, into builder: inout TreeEnsembleBuilder
    ) throws(TreeEnsembleFault) {
        let values = leafValues[node.vector]
        if values.isEmpty && leafWidth == 1 {
            try builder.leaf(node: index, value: node.value, cover: node.cover)
            return
        }
        guard values.count == leafWidth else {
            throw TreeEnsembleFault(
                .inconsistent("leaf \(index) has \(values.count) values, not \(leafWidth)"), field: "leaf_vector")
        }
        try builder.leaf(node: index, values: values, cover: node.cover)
    }
}

// MARK: The arrays behind the nodes

extension TreeliteTree {
    mutating func setLeafValues(_ values: [Double]) { leafValues = values }

    mutating func setCategories(_ elements: TreeliteCursor.Elements, _ bytes: Span<UInt8>) {
        categories = (0..<elements.count).map { bytes.littleEndian(UInt32.self, at: elements.offset(of: $0)) }
    }

    /// Checks a node's part of an array.
    static func range(
        _ first: UInt64, _ end: UInt64, of count: Int, _ field: String
    ) throws(TreeEnsembleFault) -> Range<Int> {
        guard first <= end && end <= UInt64(count) else {
            throw TreeEnsembleFault(.inconsistent("elements \(first) to \(end) of \(count)"), field: field)
        }
        return Int(first)..<Int(end)
    }

    /// The operator of a number.
    static func comparison(_ number: UInt8) throws(TreeEnsembleFault) -> SplitOperator {
        switch number {
        case 1: return .equal
        case 2: return .less
        case 3: return .lessOrEqual
        case 4: return .greater
        case 5: return .greaterOrEqual
        default: throw TreeEnsembleFault(.unsupported("operator \(number)"), field: "cmp")
        }
    }

    /// A number of the model's precision.
    static func number(
        _ bytes: Span<UInt8>, at offset: Int, _ precision: TreeEnsemble.Precision
    ) -> Double {
        precision == .float32
            ? Double(Float(bitPattern: bytes.littleEndian(UInt32.self, at: offset)))
            : Double(bitPattern: bytes.littleEndian(UInt64.self, at: offset))
    }
}
