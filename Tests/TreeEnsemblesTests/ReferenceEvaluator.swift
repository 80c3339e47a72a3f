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

    /// Makes an evaluator of one forest.
    init(_ ensemble: TreeEnsemble) {
        self.ensemble = ensemble
    }

    /// The margins of one row.
    func margins(of row: [Float]) -> [Double] {
        margins(of: row.map { Double($0) })
    }

    /// The margins of one row.
    ///
    /// Where the forest takes float32 inputs, values are rounded to float32 first.
    func margins(of row: [Double]) -> [Double] {
        switch (ensemble.sumPrecision, ensemble.summation) {
        case (.float32, .baseFirst):
            var sums = ensemble.baseMargins.map { Float($0) }
            addLeaves(of: row) { margin, value in sums[margin] += Float(value) }
            return sums.map { Double($0) }
        case (.float32, .baseLast(let scale)):
            var sums = [Float](repeating: 0, count: ensemble.marginCount)
            addLeaves(of: row) { margin, value in sums[margin] += Float(value) }
            return zip(sums, ensemble.baseMargins).map { Double($0 * Float(scale) + Float($1)) }
        case (.float64, .baseFirst):
            var sums = ensemble.baseMargins
            addLeaves(of: row) { margin, value in sums[margin] += value }
            return sums
        case (.float64, .baseLast(let scale)):
            var sums = [Double](repeating: 0, count: ensemble.marginCount)
            addLeaves(of: row) { margin, value in sums[margin] += value }
            return zip(sums, ensemble.baseMargins).map { $0 * scale + $1 }
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

    private func addLeaves(of row: [Double], _ add: (_ margin: Int, _ value: Double) -> Void) {
        precondition(row.count == ensemble.featureCount, "a row has one value per feature")
        for tree in 0..<ensemble.treeCount {
            let value =
                switch ensemble.form {
                case .nodes: ensemble.values[leafNode(ofTree: tree, row: row)]
                case .oblivious:
                    ensemble.leafValues[Int(ensemble.leafStarts[tree]) + obliviousLeaf(ofTree: tree, row: row)]
                }
            add(Int(ensemble.treeMargins[tree]), value)
        }
    }

    private func leafNode(ofTree tree: Int, row: [Double]) -> Int {
        var node = Int(ensemble.treeStarts[tree])
        while ensemble.features[node] >= 0 {
            let left = goesLeft(
                row[Int(ensemble.features[node])], threshold: ensemble.values[node],
                missingGoesLeft: ensemble.missingGoesLeft[node])
            node = Int(left ? ensemble.leftChildren[node] : ensemble.rightChildren[node])
        }
        return node
    }

    private func obliviousLeaf(ofTree tree: Int, row: [Double]) -> Int {
        var leaf = 0
        let firstSplit = Int(ensemble.splitStarts[tree])
        for bit in 0..<ensemble.obliviousDepth(ofTree: tree) {
            let split = firstSplit + bit
            let left = goesLeft(
                row[Int(ensemble.splitFeatures[split])], threshold: ensemble.splitThresholds[split],
                missingGoesLeft: ensemble.splitMissingGoesLeft[split])
            if !left { leaf |= 1 << bit }
        }
        return leaf
    }

    private func goesLeft(_ input: Double, threshold: Double, missingGoesLeft: Bool) -> Bool {
        let value = ensemble.inputPrecision == .float32 ? Double(Float(input)) : input
        if value.isNaN { return missingGoesLeft }
        return switch ensemble.comparison {
        case .lessGoesLeft: value < threshold
        case .lessOrEqualGoesLeft: value <= threshold
        }
    }
}
