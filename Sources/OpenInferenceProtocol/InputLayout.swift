/// What a model accepts as its input, and how that becomes rows of features.
///
/// - Isolation: any thread; immutable.
package struct InputLayout: Sendable {
    /// How strictly a request must name and type its tensors.
    package enum Kind: Equatable, Sendable {
        /// One tensor [N, features] of any name, or one [N] or [N, 1] per named feature; any numeric datatype.
        case forest
        /// Exactly one tensor with the given name and datatype, as Triton demands.
        case exact(name: String, datatype: Datatype)
    }

    package let kind: Kind
    /// Number of features in a row.
    package let featureCount: Int
    /// The only name that the input may have; empty where any will do.
    let inputNames: NameTable
    /// The features' names in column order; empty if they have none.
    package let featureNames: NameTable
    /// What a missing column is filled with, per feature; nil where the column must be given.
    package let defaults: [Double?]
    /// Whether features are kept as float64, because the model compares doubles.
    package let isWide: Bool
    /// Greatest number of rows in one request; 0 where the model's configuration sets no limit.
    ///
    /// - Units: rows.
    package let maxBatchSize: Int

    /// Describes a model's input.
    ///
    /// - Parameter featureNames: in column order, all different; empty, or as many as there are features.
    /// - Parameter defaults: empty for none, or one for each feature.
    package init(
        kind: Kind, featureCount: Int, isWide: Bool = false, featureNames: [String] = [], defaults: [Double?] = [],
        maxBatchSize: Int = 0
    ) {
        precondition(featureCount > 0, "a model has features")
        precondition(featureNames.isEmpty || featureNames.count == featureCount, "each feature has a name or none has")
        precondition(defaults.isEmpty || defaults.count == featureCount, "each feature has its default or none has")
        precondition(maxBatchSize >= 0, "a batch size is not negative")
        self.kind = kind
        if case .exact(let name, _) = kind {
            inputNames = NameTable([name])
        } else {
            inputNames = NameTable([])
        }
        self.featureCount = featureCount
        self.featureNames = NameTable(featureNames)
        self.defaults = defaults.isEmpty ? Array(repeating: nil, count: featureCount) : defaults
        self.maxBatchSize = maxBatchSize
        self.isWide = isWide
    }

    /// The tensors as metadata shows them.
    package var metadata: [TensorMetadata] {
        switch kind {
        case .forest:
            [TensorMetadata(name: "features", datatype: isWide ? .float64 : .float32, dims: [-1, featureCount])]
        case .exact(let name, let datatype): [TensorMetadata(name: name, datatype: datatype, dims: [-1, featureCount])]
        }
    }
}
