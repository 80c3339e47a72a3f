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
        /// Several tensors, each with the given name and datatype, whose rows stand side by side.
        case tensors([LayoutTensor])
        /// One tensor BYTES of shape [N] or [N, 1] with the given name: texts, which are no features.
        case texts(name: String)
    }

    package let kind: Kind
    /// Number of features in a row.
    package let featureCount: Int
    /// The names that inputs must have, in the order of the columns; empty where any will do.
    let inputNames: NameTable
    /// The features' names in column order; empty if they have none.
    package let featureNames: NameTable
    /// How columns of requests become features, where they are not the same.
    package let mapping: ColumnMapping?
    /// The names that columns of requests have, in their order; empty if they have none.
    package let requestNames: NameTable
    /// Number of columns in a row of a request.
    package let requestWidth: Int
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
    /// - Parameter mapping: nil where the columns of requests are the features.
    package init(
        kind: Kind, featureCount: Int, isWide: Bool = false, featureNames: [String] = [], defaults: [Double?] = [],
        maxBatchSize: Int = 0, mapping: ColumnMapping? = nil
    ) {
        precondition(featureCount > 0, "a model has features")
        precondition(featureNames.isEmpty || featureNames.count == featureCount, "each feature has a name or none has")
        precondition(defaults.isEmpty || defaults.count == featureCount, "each feature has its default or none has")
        precondition(maxBatchSize >= 0, "a batch size is not negative")
        self.kind = kind
        switch kind {
        case .exact(let name, _): inputNames = NameTable([name])
        case .texts(let name):
            precondition(featureCount == 1 && mapping == nil, "texts have no columns")
            inputNames = NameTable([name])
        case .tensors(let tensors):
            precondition(
                LayoutTensor.areSideBySide(tensors, featureCount: featureCount), "tensors fill the row, one by one")
            inputNames = NameTable(tensors.map(\.name))
        case .forest: inputNames = NameTable([])
        }
        self.featureCount = featureCount
        let featureNames = NameTable(featureNames)
        self.featureNames = featureNames
        self.mapping = mapping
        requestNames = mapping?.names ?? featureNames
        requestWidth = mapping?.columns.count ?? featureCount
        self.defaults = defaults.isEmpty ? Array(repeating: nil, count: featureCount) : defaults
        self.maxBatchSize = maxBatchSize
        self.isWide = isWide
    }

    /// Whether features have no column of a request, so that they get their defaults from every one.
    var hasUnmappedFeatures: Bool { mapping.map { $0.takenCount < featureCount } ?? false }

    /// Whether a request may leave one of its columns out.
    func isOptional(column: Int) -> Bool { mapping?.optionalColumns[column] ?? (defaults[column] != nil) }

    /// Whether rows are texts.
    package var areTexts: Bool { if case .texts = kind { true } else { false } }

    /// Whether a request may leave some of several tensors out.
    var hasOptionalTensors: Bool {
        guard case .tensors(let tensors) = kind else { return false }
        return tensors.contains { $0.isOptional }
    }

    /// The tensors as metadata shows them.
    package var metadata: [TensorMetadata] {
        switch kind {
        case .forest:
            [TensorMetadata(name: "features", datatype: isWide ? .float64 : .float32, dims: [-1, requestWidth])]
        case .exact(let name, let datatype): [TensorMetadata(name: name, datatype: datatype, dims: [-1, requestWidth])]
        case .texts(let name): [TensorMetadata(name: name, datatype: .bytes, dims: [-1])]
        case .tensors(let tensors):
            tensors.map { TensorMetadata(name: $0.name, datatype: $0.datatype, dims: [-1, $0.columns.count]) }
        }
    }
}
