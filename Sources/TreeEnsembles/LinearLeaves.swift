/// Linear functions that the leaves of a forest have in place of their values: a constant, then coefficient × feature
/// for each term, added in order.
///
/// A row in which a feature of the leaf is missing gets the leaf's value; a feature within 1e−35 of zero is zero. A
/// leaf without a function has its value for a constant, and no terms.
///
/// - Shape: leaves stand as the forest holds them; leaf `l` owns the terms `starts[l] ..< starts[l + 1]`.
/// - Units: float64, multiplied and added one after the other.
/// - Source: LightGBM 4.7.0, `Tree::Predict` with `linear_tree`.
package struct LinearLeaves: Sendable, Equatable {
    /// First term of every leaf, and the number of terms as last element.
    package internal(set) var starts: [Int32] = [0]
    /// One for each leaf.
    package internal(set) var constants: [Double] = []
    /// The features of terms.
    package internal(set) var features: [Int32] = []
    /// What they are multiplied with.
    package internal(set) var coefficients: [Double] = []

    var byteCount: Int { starts.byteCount + constants.byteCount + features.byteCount + coefficients.byteCount }

    /// Adds a leaf that has only a constant.
    mutating func append(constant: Double) {
        constants.append(constant)
        starts.append(Int32(features.count))
    }

    /// Adds a leaf of other functions.
    mutating func append(leaf: Int, of other: LinearLeaves) {
        let terms = Int(other.starts[leaf])..<Int(other.starts[leaf + 1])
        features += other.features[terms]
        coefficients += other.coefficients[terms]
        append(constant: other.constants[leaf])
    }

    /// The functions of some of the leaves.
    func keeping(_ leaves: Range<Int>) -> LinearLeaves {
        var kept = LinearLeaves()
        for leaf in leaves { kept.append(leaf: leaf, of: self) }
        return kept
    }

    mutating func removeAll() {
        starts.removeSubrange(1...)
        constants.removeAll(keepingCapacity: true)
        features.removeAll(keepingCapacity: true)
        coefficients.removeAll(keepingCapacity: true)
    }
}
