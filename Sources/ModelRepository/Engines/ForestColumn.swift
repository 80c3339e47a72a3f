import OpenInferenceProtocol
import TreeEnsembles

/// One output of a forest: what its column holds, and how it is shown.
struct ForestColumn: Sendable {
    /// What is written into the column.
    enum Content: Sendable, Equatable {
        /// The integer label of the class.
        case integerLabel
        /// The index of the class among the column's names.
        case classIndex
        case probabilities
        case margin
        case score
        case leafIndices
        /// What each feature adds to the mean of each margin, and the mean.
        case contributions
        /// `output__0` of Triton's FIL backend.
        case fil(FILOutput)
    }

    var content: Content
    var metadata: TensorMetadata
    /// Dimensions of a response behind the number of rows.
    var responseDims: [Int]
    /// Texts of a BYTES column.
    var classNames: [String] = []

    /// Elements of one row.
    var elementCount: Int { responseDims.reduce(1, *) }
}
