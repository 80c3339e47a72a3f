import OpenInferenceProtocol
import TreeEnsembles

/// What a forest takes and gives under its configuration: the configuration's declarations checked against the model.
///
/// A configuration that declares nothing gets everything from the model.
struct ForestPlan {
    var layout: InputLayout
    var inputs: [TensorMetadata]
    var columns: [ForestColumn]
    var notices: [LoadNotice] = []

    /// Fills declarations, checks them, and decides.
    ///
    /// - Parameter modelPath: the model's directory, relative to the repository.
    static func make(
        configuration: ModelConfiguration, rowan: RowanConfiguration, ensemble: TreeEnsemble, modelPath: String
    ) throws(LoadFault) -> ForestPlan {
        var notices: [LoadNotice] = []
        let names = try FeatureNaming.names(
            configuration: configuration, rowan: rowan, ensemble: ensemble, modelPath: modelPath, notices: &notices)
        do throws(TextFormatFault) {
            let inputs: [TensorMetadata]
            let columns: [ForestColumn]
            let kind: InputLayout.Kind
            switch configuration.backend {
            case .forest:
                inputs = try forestInputs(
                    configuration, featureCount: ensemble.featureCount, precision: ensemble.inputPrecision)
                columns = try ForestColumns.declared(by: configuration, for: ensemble)
                kind = .forest
            case .fil:
                inputs = try filInputs(configuration, featureCount: ensemble.featureCount)
                columns = try ForestColumns.fil(configuration, for: ensemble)
                kind = .exact(name: filInputName, datatype: .float32)
            case .ensemble, .textEncoder: preconditionFailure("the model has no forest of its own")
            }
            let layout = InputLayout(
                kind: kind, featureCount: ensemble.featureCount,
                isWide: kind == .forest && ensemble.inputPrecision == .float64, featureNames: names.names,
                defaults: names.defaults,
                maxBatchSize: configuration.maxBatchSize)
            return ForestPlan(layout: layout, inputs: inputs, columns: columns, notices: notices)
        } catch {
            throw .configuration(file: modelPath + "/" + RepositoryScanner.configurationFileName, error)
        }
    }

    /// The name that Triton's FIL backend gives its input.
    static let filInputName = "input__0"
    /// The name that an input has where nothing names it.
    static let forestInputName = "features"

    private static func forestInputs(
        _ configuration: ModelConfiguration, featureCount: Int, precision: TreeEnsemble.Precision
    ) throws(TextFormatFault) -> [TensorMetadata] {
        let declared = configuration.inputs
        guard let first = declared.first else {
            let datatype: Datatype = precision == .float64 ? .float64 : .float32
            return [TensorMetadata(name: forestInputName, datatype: datatype, dims: [-1, featureCount])]
        }
        for input in declared where input.datatype == .bytes {
            throw TextFormatFault(
                .meaningless("input '\(input.name)' is text; features are numbers"), at: input.position)
        }
        if declared.count == 1 {
            try check(dimsOf: first, against: featureCount)
            return [TensorMetadata(name: first.name, datatype: first.datatype, dims: [-1, featureCount])]
        }
        guard declared.count == featureCount else {
            throw TextFormatFault(
                .meaningless("\(declared.count) inputs are declared, the model takes \(featureCount) features"),
                at: first.position)
        }
        for input in declared where input.dims != [1] {
            throw TextFormatFault(
                .meaningless("input '\(input.name)' is one of several and so has dims [1]"), at: input.position)
        }
        return declared.map { TensorMetadata(name: $0.name, datatype: $0.datatype, dims: [-1, 1]) }
    }

    private static func filInputs(
        _ configuration: ModelConfiguration, featureCount: Int
    ) throws(TextFormatFault) -> [TensorMetadata] {
        let metadata = TensorMetadata(name: filInputName, datatype: .float32, dims: [-1, featureCount])
        guard let input = configuration.inputs.first else { return [metadata] }
        if configuration.inputs.count > 1 {
            let second = configuration.inputs[1]
            throw TextFormatFault(
                .meaningless("a model of backend 'fil' has one input, '\(filInputName)'"), at: second.position)
        }
        if input.name != filInputName || input.datatype != .float32 {
            throw TextFormatFault(
                .meaningless("the input of backend 'fil' is '\(filInputName)' of TYPE_FP32"), at: input.position)
        }
        try check(dimsOf: input, against: featureCount)
        return [metadata]
    }

    private static func check(
        dimsOf input: ModelConfiguration.Tensor, against featureCount: Int
    ) throws(TextFormatFault) {
        // A declaration with its batch dimension, [-1, features], is understood too.
        let dims = input.dims.count == 2 && input.dims[0] == -1 ? Array(input.dims.dropFirst()) : input.dims
        if dims == [-1] || dims == [featureCount] { return }
        let list = input.dims.map { "\($0)" }.joined(separator: ", ")
        throw TextFormatFault(
            .meaningless("input '\(input.name)' has dims [\(list)], the model takes \(featureCount) features"),
            at: input.position)
    }
}
