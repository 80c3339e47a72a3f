/// One tree of an XGBoost model document: parallel arrays, one element per node, the root first.
struct XGBoostTree {
    /// The feature number of a node that pruning has deleted.
    ///
    /// - Source: `RegTree::Node::kDeletedNodeMarker`, of which the highest bit is stored in `default_left`.
    private static let deletedNodeMarker: Int32 = 0x7fff_ffff

    private var leftChildren: [Int32] = []
    private var rightChildren: [Int32] = []
    private var splitFeatures: [Int32] = []
    private var splitConditions: [Float] = []
    private var defaultLeft: [Int32] = []
    private var splitTypes: [Int32] = []
    private var hessianSums: [Float] = []

    /// Reads a tree whose object has begun.
    init<Document: DocumentReader>(_ document: inout Document, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "left_children": try document.readIntegers(in: bytes, into: &leftChildren)
            case "right_children": try document.readIntegers(in: bytes, into: &rightChildren)
            case "split_indices": try document.readIntegers(in: bytes, into: &splitFeatures)
            case "split_conditions": try document.readFloats(in: bytes, into: &splitConditions)
            case "default_left": try document.readIntegers(in: bytes, into: &defaultLeft)
            case "split_type": try document.readIntegers(in: bytes, into: &splitTypes)
            case "sum_hessian": try document.readFloats(in: bytes, into: &hessianSums)
            case "tree_param": try Self.readParameters(&document, bytes)
            default: try document.skipValue(in: bytes)
            }
        }
        try checkLengths(at: document.offset)
    }

    /// Declares the tree's nodes, those left out that pruning has deleted.
    ///
    /// - Parameter weight: what `dart` multiplies leaves with.
    func build(
        into builder: inout TreeEnsembleBuilder, margin: Int, weight: Float?
    ) throws(TreeEnsembleFault) {
        try builder.startTree(margin: margin, slotCount: leftChildren.count)
        for node in leftChildren.indices where !isDeleted(node) {
            let cover = hessianSums.isEmpty ? nil : Double(hessianSums[node])
            if leftChildren[node] < 0 {
                let value = splitConditions[node]
                try builder.leaf(node: node, value: Double(weight.map { $0 * value } ?? value), cover: cover)
                continue
            }
            guard splitTypes.isEmpty || splitTypes[node] == 0 else {
                throw TreeEnsembleFault(.unsupported("a categorical split"), field: "split_type[\(node)]")
            }
            try builder.numericalSplit(
                node: node, feature: Int(splitFeatures[node]), threshold: Double(splitConditions[node]),
                left: Int(leftChildren[node]), right: Int(rightChildren[node]),
                missingGoesLeft: defaultLeft[node] != 0, cover: cover)
        }
        try builder.endTree()
    }

    private func isDeleted(_ node: Int) -> Bool {
        splitFeatures[node] == Self.deletedNodeMarker && defaultLeft[node] != 0
    }

    private static func readParameters<Document: DocumentReader>(
        _ document: inout Document, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) {
        try document.readObject(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            guard name == "size_leaf_vector" else { return try document.skipValue(in: bytes) }
            // Versions before 2.0 write 0 for leaves of one value.
            let size = try document.readInteger(in: bytes)
            guard size <= 1 else {
                throw TreeEnsembleFault(.unsupported("a leaf of \(size) values"), at: document.offset)
            }
        }
    }

    private func checkLengths(at offset: Int) throws(TreeEnsembleFault) {
        let nodeCount = leftChildren.count
        let lengths = [
            ("right_children", rightChildren.count, false), ("split_indices", splitFeatures.count, false),
            ("split_conditions", splitConditions.count, false), ("default_left", defaultLeft.count, false),
            ("split_type", splitTypes.count, true), ("sum_hessian", hessianSums.count, true),
        ]
        for (field, count, isOptional) in lengths where count != nodeCount && !(isOptional && count == 0) {
            throw TreeEnsembleFault(
                .inconsistent("\(count) elements for the \(nodeCount) of left_children"), field: field, at: offset)
        }
    }
}
