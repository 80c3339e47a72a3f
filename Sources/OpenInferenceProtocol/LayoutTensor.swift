/// One of several tensors that together are a model's input.
package struct LayoutTensor: Equatable, Sendable {
    package let name: String
    /// The only datatype that the tensor may have.
    package let datatype: Datatype
    /// The features that its rows are.
    package let columns: Range<Int>
    /// Whether a request may leave it out: its columns then have their defaults.
    package let isOptional: Bool
    /// Whether its elements are rounded to float32 even where features are kept as float64.
    ///
    /// An integer of 64 bits that goes to a model of float32 is so rounded once, not twice.
    package let isNarrow: Bool

    /// Describes a tensor of shape [rows, columns].
    package init(
        name: String, datatype: Datatype, columns: Range<Int>, isOptional: Bool = false, isNarrow: Bool = false
    ) {
        self.name = name
        self.datatype = datatype
        self.columns = columns
        self.isOptional = isOptional
        self.isNarrow = isNarrow
    }

    /// Whether tensors fill a row of features, each beginning where the one before ends.
    static func areSideBySide(_ tensors: [LayoutTensor], featureCount: Int) -> Bool {
        var next = 0
        for tensor in tensors {
            guard tensor.columns.lowerBound == next, !tensor.columns.isEmpty else { return false }
            next = tensor.columns.upperBound
        }
        return next == featureCount
    }
}
