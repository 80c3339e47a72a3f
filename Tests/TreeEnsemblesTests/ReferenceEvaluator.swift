@testable import TreeEnsembles

/// Evaluates a forest the obvious way: row by row, tree by tree, node by node.
///
/// Its job is to be right and readable, so that readers and engines can be tested against it.
///
/// - Shape: a row has one value per feature; margins have one value per margin of the forest.
/// - Units: margins are raw scores before the link.
/// - Source: the arithmetic of each trainer as the module's page states it.
struct ReferenceEvaluator {
    private let ensemble: TreeEnsemble
    /// Leaves in front of each node.
    private let leafOrdinals: [Int]

    /// Makes an evaluator of one forest.
    init(_ ensemble: TreeEnsemble) {
        self.ensemble = ensemble
        var leafCount = 0
        leafOrdinals = ensemble.features.map { feature in
            defer { if feature < 0 { leafCount += 1 } }
            return leafCount
        }
    }

    /// The margins of one row.
    func margins(of row: [Float]) -> [Double] {
        margins(of: row.map { Double($0) })
    }

    /// The margins of one row.
    ///
    /// Where the forest takes float32 inputs, values are rounded to float32 first.
    func margins(of row: [Double]) -> [Double] {
        switch ensemble.sumPrecision {
        case .float32:
            var sums = starts.map { Float($0) }
            forEachLeaf(of: row) { margin, value in sums[margin] = combined(sums[margin], Float(value)) }
            return sums.enumerated().map { Double(finished($1, margin: $0)) }
        case .float64:
            var sums = starts
            forEachLeaf(of: row) { margin, value in sums[margin] = combined(sums[margin], value) }
            return sums.enumerated().map { finished($1, margin: $0) }
        }
    }

    private var starts: [Double] {
        switch ensemble.summation {
        case .baseFirst: ensemble.baseMargins
        case .baseLast, .average: Array(repeating: 0, count: ensemble.marginCount)
        case .least: Array(repeating: .infinity, count: ensemble.marginCount)
        case .greatest: Array(repeating: -.infinity, count: ensemble.marginCount)
        }
    }

    private func combined<Sum: BinaryFloatingPoint>(_ sum: Sum, _ leaf: Sum) -> Sum {
        switch ensemble.summation {
        case .baseFirst, .baseLast, .average: sum + leaf
        case .least: leaf < sum ? leaf : sum
        case .greatest: leaf > sum ? leaf : sum
        }
    }

    private func finished<Sum: BinaryFloatingPoint>(_ sum: Sum, margin: Int) -> Sum {
        switch ensemble.summation {
        case .baseFirst: sum
        case .baseLast(let scale): Sum(Double(sum) * scale + ensemble.baseMargins[margin])
        case .average(let divisor):
            ensemble.baseMargins[margin] == 0
                ? sum / Sum(divisor) : sum / Sum(divisor) + Sum(ensemble.baseMargins[margin])
        case .least, .greatest: sum.isInfinite ? 0 : sum + Sum(ensemble.baseMargins[margin])
        }
    }

    /// The leaf that each tree sends a row to, in the trainer's own numbering.
    func leafNumbers(of row: [Float]) -> [Int32] {
        leafNumbers(of: row.map { Double($0) })
    }

    /// The leaf that each tree sends a row to, in the trainer's own numbering.
    func leafNumbers(of row: [Double]) -> [Int32] {
        (0..<ensemble.treeCount).map { tree in
            switch ensemble.form {
            case .nodes: ensemble.leafNumbers[leafNode(ofTree: tree, row: row)]
            case .oblivious: Int32(obliviousLeaf(ofTree: tree, row: row))
            }
        }
    }

    private func forEachLeaf(of row: [Double], _ add: (_ margin: Int, _ value: Double) -> Void) {
        precondition(row.count == ensemble.featureCount, "a row has one value per feature")
        for tree in 0..<ensemble.treeCount {
            let node = ensemble.form == .nodes ? leafNode(ofTree: tree, row: row) : -1
            if ensemble.leafWidth > 1 {
                let leaf =
                    node >= 0 ? leafOrdinals[node] : firstLeaf(tree) + obliviousLeaf(ofTree: tree, row: row)
                for margin in 0..<ensemble.leafWidth {
                    add(margin, ensemble.leafVectors[leaf * ensemble.leafWidth + margin])
                }
            } else if node >= 0 {
                add(Int(ensemble.treeMargins[tree]), value(ofLeafNode: node, row: row))
            } else {
                let leaf = firstLeaf(tree) + obliviousLeaf(ofTree: tree, row: row)
                add(Int(ensemble.treeMargins[tree]), ensemble.leafValues[leaf])
            }
        }
    }

    private func value(ofLeafNode node: Int, row: [Double]) -> Double {
        guard let functions = ensemble.linearLeaves else { return ensemble.values[node] }
        let leaf = leafOrdinals[node]
        var sum = functions.constants[leaf]
        for term in Int(functions.starts[leaf])..<Int(functions.starts[leaf + 1]) {
            let value = row[Int(functions.features[term])]
            if value.isNaN { return ensemble.values[node] }
            sum += functions.coefficients[term] * (abs(value) <= Double(Float(1e-35)) ? 0 : value)
        }
        return sum
    }

    private func firstLeaf(_ tree: Int) -> Int { Int(ensemble.leafStarts[tree]) }

    private func leafNode(ofTree tree: Int, row: [Double]) -> Int {
        var node = Int(ensemble.treeStarts[tree])
        while ensemble.features[node] >= 0 {
            let left = goesLeft(atNode: node, row: row)
            node = Int(left ? ensemble.leftChildren[node] : ensemble.rightChildren[node])
        }
        return node
    }

    /// Whether a row goes left at an inner node of a forest of nodes.
    func goesLeft(atNode node: Int, row: [Double]) -> Bool {
        let value = row[Int(ensemble.features[node])]
        let set = ensemble.nodeSets.isEmpty ? -1 : ensemble.nodeSets[node]
        if set >= 0 { return goesLeft(value, set: Int(set), missingGoesLeft: ensemble.missingGoesLeft[node]) }
        return goesLeft(
            value, threshold: ensemble.values[node], missingGoesLeft: ensemble.missingGoesLeft[node],
            zeroIsMissing: !ensemble.zeroIsMissing.isEmpty && ensemble.zeroIsMissing[node])
    }

    private func obliviousLeaf(ofTree tree: Int, row: [Double]) -> Int {
        var leaf = 0
        let firstSplit = Int(ensemble.splitStarts[tree])
        for bit in 0..<ensemble.obliviousDepth(ofTree: tree) {
            let split = firstSplit + bit
            let value = row[Int(ensemble.splitFeatures[split])]
            let set = ensemble.splitSets.isEmpty ? -1 : ensemble.splitSets[split]
            let left =
                set >= 0
                ? goesLeft(value, set: Int(set), missingGoesLeft: ensemble.splitMissingGoesLeft[split])
                : goesLeft(
                    value, threshold: ensemble.splitThresholds[split],
                    missingGoesLeft: ensemble.splitMissingGoesLeft[split], zeroIsMissing: false)
            if !left { leaf |= 1 << bit }
        }
        return leaf
    }

    private func rounded(_ input: Double) -> Double {
        ensemble.inputPrecision == .float32 ? Double(Float(input)) : input
    }

    private func goesLeft(_ input: Double, set: Int, missingGoesLeft: Bool) -> Bool {
        let value = rounded(input)
        return value.isNaN
            ? missingGoesLeft : ensemble.categorySets[set].sendsLeft(value, rule: ensemble.categoryRule)
    }

    private func goesLeft(_ input: Double, threshold: Double, missingGoesLeft: Bool, zeroIsMissing: Bool) -> Bool {
        let value = rounded(input)
        if value.isNaN || zeroIsMissing && abs(value) <= Double(Float(1e-35)) { return missingGoesLeft }
        return switch ensemble.comparison {
        case .lessGoesLeft: value < threshold
        case .lessOrEqualGoesLeft: value <= threshold
        }
    }
}
