/// One tree of a `rowan_forest` file: parallel arrays, one element per node, the root first.
struct RowanForestTree {
    private var margin = 0
    private var leftChildren: [Int32] = []
    private var rightChildren: [Int32] = []
    private var features: [Int32] = []
    private var thresholds: [Double] = []
    private var missingGoesLeft: [Int32] = []
    private var sets: [Int32] = []
    private var leafValues: [Double] = []
    private var covers: [Double] = []

    /// Reads a tree whose object has begun.
    init(_ document: inout JSONDocument, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        try document.readMembers(in: bytes) { (document, name) throws(TreeEnsembleFault) in
            switch name {
            case "margin": margin = try document.readInteger(in: bytes)
            case "left": try document.readIntegers(in: bytes, into: &leftChildren)
            case "right": try document.readIntegers(in: bytes, into: &rightChildren)
            case "feature": try document.readIntegers(in: bytes, into: &features)
            case "threshold": try document.readDoubles(in: bytes, into: &thresholds)
            case "missing_goes_left": try document.readIntegers(in: bytes, into: &missingGoesLeft)
            case "category_set": try document.readIntegers(in: bytes, into: &sets)
            case "leaf_values": try document.readDoubles(in: bytes, into: &leafValues)
            case "cover": try document.readDoubles(in: bytes, into: &covers)
            default: try document.skipValue(in: bytes)
            }
        }
        try checkLengths(at: document.offset)
    }

    /// Declares the tree's nodes.
    func build(
        into builder: inout TreeEnsembleBuilder, _ header: RowanForestHeader,
        _ categorySets: inout RowanForestCategorySets
    ) throws(TreeEnsembleFault) {
        let inputPrecision = try header.inputPrecision()
        let leafCount = leftChildren.count { $0 < 0 }
        guard leafValues.count == leafCount * header.leafWidth else {
            throw TreeEnsembleFault(
                .inconsistent("\(leafValues.count) values for \(leafCount) leaves of \(header.leafWidth)"),
                field: "leaf_values")
        }
        guard header.leafWidth == 1 || margin == 0 else {
            throw TreeEnsembleFault(.inconsistent("a tree that adds to all margins names one"), field: "margin")
        }
        try builder.startTree(margin: margin, slotCount: leftChildren.count)
        var firstValue = 0
        for node in leftChildren.indices {
            let cover = covers.isEmpty ? nil : covers[node]
            let left = Int(leftChildren[node])
            if left < 0 {
                let values = leafValues[firstValue..<firstValue + header.leafWidth]
                try builder.leaf(node: node, values: values, cover: cover)
                firstValue += header.leafWidth
            } else if !sets.isEmpty && sets[node] >= 0 {
                let set = try within("category_set[\(node)]") { () throws(TreeEnsembleFault) in
                    try categorySets.set(Int(sets[node]))
                }
                try builder.categoricalSplit(
                    node: node, feature: Int(features[node]), set: set, left: left, right: Int(rightChildren[node]),
                    missingGoesLeft: missingGoesLeft[node] != 0, cover: cover)
            } else {
                let threshold = thresholds[node]
                try builder.numericalSplit(
                    node: node, feature: Int(features[node]),
                    threshold: inputPrecision == .float32 ? Double(Float(notAbove: threshold)) : threshold,
                    left: left, right: Int(rightChildren[node]), missingGoesLeft: missingGoesLeft[node] != 0,
                    cover: cover)
            }
        }
        try builder.endTree()
    }

    private func checkLengths(at offset: Int) throws(TreeEnsembleFault) {
        let nodeCount = leftChildren.count
        let lengths = [
            ("right", rightChildren.count, false), ("feature", features.count, false),
            ("threshold", thresholds.count, false), ("missing_goes_left", missingGoesLeft.count, false),
            ("category_set", sets.count, true), ("cover", covers.count, true),
        ]
        for (field, count, isOptional) in lengths where count != nodeCount && !(isOptional && count == 0) {
            throw TreeEnsembleFault(
                .inconsistent("\(count) elements for the \(nodeCount) of left"), field: field, at: offset)
        }
    }
}
