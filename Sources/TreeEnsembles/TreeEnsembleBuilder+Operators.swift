// Nodes whose file says the comparison node by node.

/// A comparison of an input with a node's value.
enum SplitOperator {
    case lessOrEqual
    case less
    case greaterOrEqual
    case greater
    case equal
    case notEqual

    /// Whether the opposite comparison keeps its equals.
    fileprivate var isStrict: Bool { self == .less || self == .greaterOrEqual }
}

extension TreeEnsembleBuilder {
    /// The comparison of a forest whose nodes compare so: strict only where no node is not.
    static func comparison(of operators: some Sequence<SplitOperator>) -> TreeEnsemble.Comparison {
        var hasStrict = false
        var hasLoose = false
        for one in operators {
            hasStrict = hasStrict || one.isStrict
            hasLoose = hasLoose || one == .lessOrEqual || one == .greater
        }
        return hasStrict && !hasLoose ? .lessGoesLeft : .lessOrEqualGoesLeft
    }

    /// An inner node that takes one child where a comparison holds, else the other.
    ///
    /// Equality is asked for as a set of one number.
    mutating func split(
        node: Int, feature: Int, _ comparison: SplitOperator, value: Double, whenTrue: Int, whenFalse: Int,
        missingTakesTrue: Bool, cover: Double? = nil
    ) throws(TreeEnsembleFault) {
        switch comparison {
        case .equal, .notEqual:
            guard !value.isNaN else {
                throw TreeEnsembleFault(.inconsistent("node \(node) asks for equality with NaN"))
            }
            let membersTakeTrue = comparison == .equal
            try categoricalSplit(
                node: node, feature: feature,
                set: CategorySet(numbers: [value], membersGoLeft: true),
                left: membersTakeTrue ? whenTrue : whenFalse, right: membersTakeTrue ? whenFalse : whenTrue,
                missingGoesLeft: membersTakeTrue == missingTakesTrue, cover: cover)
        case .lessOrEqual, .less:
            try numericalSplit(
                node: node, feature: feature, threshold: try threshold(value, comparison, of: node), left: whenTrue,
                right: whenFalse, missingGoesLeft: missingTakesTrue, cover: cover)
        case .greaterOrEqual, .greater:
            try numericalSplit(
                node: node, feature: feature, threshold: try threshold(value, comparison, of: node), left: whenFalse,
                right: whenTrue, missingGoesLeft: !missingTakesTrue, cover: cover)
        }
    }

    /// A node's value for the comparison of the forest.
    private func threshold(
        _ value: Double, _ comparison: SplitOperator, of node: Int
    ) throws(TreeEnsembleFault) -> Double {
        guard comparison.isStrict && ensemble.comparison == .lessOrEqualGoesLeft else { return value }
        guard value != -.infinity else {
            throw TreeEnsembleFault(.unsupported("a strict comparison with −∞ among others, in node \(node),"))
        }
        return ensemble.inputPrecision == .float32 ? Double(Float(value).nextDown) : value.nextDown
    }
}
