/// One tree of an XGBoost model: parallel arrays, one element per node, the root first.
///
/// All trees wait in this form until the document has said what they must agree with, so they keep nothing that a
/// forest does not need, and no memory beyond their elements.
struct XGBoostTree {
    /// The feature number of a node that pruning has deleted.
    ///
    /// - Source: `RegTree::Node::kDeletedNodeMarker`, of which the highest bit is stored in `default_left`.
    static let deletedNodeMarker: Int32 = 0x7fff_ffff

    /// Values of a leaf.
    private(set) var leafWidth = 1
    var leftChildren: [Int32] = []
    var rightChildren: [Int32] = []
    var splitFeatures: [Int32] = []
    var splitConditions: [Float] = []
    var defaultIsLeft: [Bool] = []
    /// Empty where no split asks for categories.
    private var splitTypes: [Int32] = []
    var hessianSums: [Float] = []
    private var categories = XGBoostCategories()
    /// Values of leaves of several values, by the leaf's number, which stands for its right child (3.2 and later).
    private var leafWeights: [Float] = []
    /// The same by node, inner nodes included (2.0 to 3.1); read where leaves have several values.
    private var baseWeights: [Float] = []

    /// A tree without nodes.
    init() {}

    /// Reads a tree whose object has begun.
    init<Document: DocumentReader>(_ document: inout Document, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        // `base_weights` stands in front of what tells whether it is needed.
        var baseWeightsPlace: Document?
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "left_children": try document.readIntegers(in: bytes, into: &leftChildren)
            case "right_children": try document.readIntegers(in: bytes, into: &rightChildren)
            case "split_indices": try document.readIntegers(in: bytes, into: &splitFeatures)
            case "split_conditions": try document.readFloats(in: bytes, into: &splitConditions)
            case "default_left":
                try document.readIntegers(in: bytes) { defaultIsLeft.append($0 != 0) }
            case "split_type": try document.readIntegers(in: bytes, into: &splitTypes)
            case "sum_hessian": try document.readFloats(in: bytes, into: &hessianSums)
            case "leaf_weights": try document.readFloats(in: bytes, into: &leafWeights)
            case "base_weights":
                baseWeightsPlace = document
                try document.skipValue(in: bytes)
            case "tree_param": try readParameters(&document, bytes)
            default:
                if try !categories.read(name, &document, bytes) { try document.skipValue(in: bytes) }
            }
        }
        if leafWidth > 1 && leafWeights.isEmpty, var place = baseWeightsPlace {
            try within("base_weights") { () throws(TreeEnsembleFault) in
                try place.readFloats(in: bytes, into: &baseWeights)
            }
        }
        try checkLengths(at: document.offset)
        try categories.check(at: document.offset)
        if splitTypes.allSatisfy({ $0 == 0 }) { splitTypes = [] }
        fit()
    }

    /// Gives memory back that arrays have taken to grow.
    private mutating func fit() {
        leftChildren.fit()
        rightChildren.fit()
        splitFeatures.fit()
        splitConditions.fit()
        defaultIsLeft.fit()
        hessianSums.fit()
        leafWeights.fit()
        baseWeights.fit()
    }

    /// Takes memory for nodes.
    mutating func reserveNodes(_ count: Int) {
        leftChildren.reserveCapacity(count)
        rightChildren.reserveCapacity(count)
        splitFeatures.reserveCapacity(count)
        splitConditions.reserveCapacity(count)
        defaultIsLeft.reserveCapacity(count)
        hessianSums.reserveCapacity(count)
    }

    /// Declares the tree's nodes, those left out that pruning has deleted.
    ///
    /// - Parameter weight: what `dart` multiplies leaves with.
    /// - Parameter categoryWordCount: words of categories that the forest's splits have asked for so far.
    func build(
        into builder: inout TreeEnsembleBuilder, margin: Int, weight: Float?, categoryWordCount: inout Int
    ) throws(TreeEnsembleFault) {
        guard leafWidth == 1 || margin == 0 else {
            throw TreeEnsembleFault(.inconsistent("a tree that adds to all margins belongs to margin \(margin)"))
        }
        try builder.startTree(margin: margin, slotCount: leftChildren.count)
        for node in leftChildren.indices where !isDeleted(node) {
            let cover = hessianSums.isEmpty ? nil : Double(hessianSums[node])
            if leftChildren[node] < 0 {
                try declareLeaf(node, in: &builder, weight: weight, cover: cover)
            } else if !splitTypes.isEmpty && splitTypes[node] != 0 {
                let set = try categories.set(ofNode: node, wordCount: &categoryWordCount)
                try builder.categoricalSplit(
                    node: node, feature: Int(splitFeatures[node]), set: set, left: Int(leftChildren[node]),
                    right: Int(rightChildren[node]), missingGoesLeft: defaultIsLeft[node], cover: cover)
            } else {
                try builder.numericalSplit(
                    node: node, feature: Int(splitFeatures[node]), threshold: Double(splitConditions[node]),
                    left: Int(leftChildren[node]), right: Int(rightChildren[node]),
                    missingGoesLeft: defaultIsLeft[node], cover: cover)
            }
        }
        try builder.endTree()
    }

    private func declareLeaf(
        _ node: Int, in builder: inout TreeEnsembleBuilder, weight: Float?, cover: Double?
    ) throws(TreeEnsembleFault) {
        if leafWidth == 1 {
            let value = splitConditions[node]
            return try builder.leaf(node: node, value: Double(weight.map { $0 * value } ?? value), cover: cover)
        }
        let values = leafWeights.isEmpty ? baseWeights : leafWeights
        let leaf = leafWeights.isEmpty ? node : Int(rightChildren[node])
        guard leaf >= 0 && leaf < values.count / leafWidth else {
            throw TreeEnsembleFault(
                .inconsistent("leaf \(leaf) of \(values.count / leafWidth)"), field: "right_children[\(node)]")
        }
        try builder.leaf(
            node: node, values: values[leaf * leafWidth..<(leaf + 1) * leafWidth].map { Double($0) }, cover: cover)
    }

    private func isDeleted(_ node: Int) -> Bool {
        splitFeatures[node] == Self.deletedNodeMarker && defaultIsLeft[node]
    }

    private mutating func readParameters<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "size_leaf_vector" else { return try document.skipValue(in: bytes) }
            // Versions before 2.0 write 0 for leaves of one value.
            let size = try document.readInteger(in: bytes)
            guard size >= 0 else { throw document.expected("a count") }
            guard size <= TreeEnsembleLimits.marginCount else {
                throw TreeEnsembleFault(
                    .limit(what: "values of a leaf", value: size, limit: TreeEnsembleLimits.marginCount),
                    at: document.offset)
            }
            leafWidth = max(1, size)
        }
    }

    private func checkLengths(at offset: Int) throws(TreeEnsembleFault) {
        let nodeCount = leftChildren.count
        let lengths = [
            ("right_children", rightChildren.count, false), ("split_indices", splitFeatures.count, false),
            ("split_conditions", splitConditions.count, false), ("default_left", defaultIsLeft.count, false),
            ("split_type", splitTypes.count, true), ("sum_hessian", hessianSums.count, true),
        ]
        for (field, count, isOptional) in lengths where count != nodeCount && !(isOptional && count == 0) {
            throw TreeEnsembleFault(
                .inconsistent("\(count) elements for the \(nodeCount) of left_children"), field: field, at: offset)
        }
    }
}
