import OpenInferenceProtocol
import TreeEnsembles

/// The outputs of a forest under each backend.
enum ForestColumns {
    /// Outputs of `backend: "forest"`: those that the configuration declares, else those that suit the model.
    static func declared(
        by configuration: ModelConfiguration, for ensemble: TreeEnsemble
    ) throws(TextFormatFault) -> [ForestColumn] {
        guard !configuration.outputs.isEmpty else { return inferred(for: ensemble) }
        if configuration.outputs.count > OpenInferenceProtocolLimits.outputCount {
            throw fault("more than \(OpenInferenceProtocolLimits.outputCount) outputs", configuration.outputs[0])
        }
        var columns: [ForestColumn] = []
        for output in configuration.outputs { columns.append(try column(declared: output, of: ensemble)) }
        return columns
    }

    /// Outputs of `backend: "fil"`.
    static func fil(
        _ configuration: ModelConfiguration, for ensemble: TreeEnsemble
    ) throws(TextFormatFault) -> [ForestColumn] {
        let parameters = try FILParameters(configuration.parameters) { _, _ in }
        let forest = ForestOutputs(of: ensemble)
        let isClassifier = parameters.isClassifier ?? (forest.probabilityCount > 0)
        let widths = forest.filColumnCounts(
            isClassifier: isClassifier, predictsProbabilities: parameters.predictsProbabilities)
        var columns: [ForestColumn] = []
        for output in configuration.outputs {
            switch output.name {
            case filOutputName:
                columns.append(
                    try filColumn(output, widths: widths, isClassifier: isClassifier, parameters: parameters))
            case filContributionsName:
                if output.datatype != .float32 { throw fault("'\(filContributionsName)' is of TYPE_FP32", output) }
                columns.append(try column(declared: output, of: ensemble, names: [filContributionsName]))
            case "margin", "leaf_indices", contributionsName:
                columns.append(try column(declared: output, of: ensemble))
            default:
                throw fault("backend 'fil' has no output '\(output.name)'; it is named '\(filOutputName)'", output)
            }
        }
        if !columns.contains(where: { $0.metadata.name == filOutputName }) {
            guard configuration.outputs.isEmpty else {
                throw fault("backend 'fil' needs the output '\(filOutputName)'", configuration.outputs[0])
            }
            columns = [
                filColumn(width: widths.upperBound, isClassifier: isClassifier, parameters: parameters)
            ]
        }
        return columns
    }

    /// The name that Triton's FIL backend gives its output.
    static let filOutputName = "output__0"
    /// The name of what each feature adds to the mean.
    static let contributionsName = "treeshap"
    /// The same in Triton's FIL backend.
    static let filContributionsName = "treeshap_output"

    private static func fault(_ sentence: String, _ output: ModelConfiguration.Tensor) -> TextFormatFault {
        TextFormatFault(.meaningless(sentence), at: output.position)
    }

    // MARK: FIL

    private static func filColumn(
        _ output: ModelConfiguration.Tensor, widths: ClosedRange<Int>, isClassifier: Bool, parameters: FILParameters
    ) throws(TextFormatFault) -> ForestColumn {
        if output.datatype != .float32 { throw fault("'\(filOutputName)' is of TYPE_FP32", output) }
        let width = output.dims.reduce(1, *)
        // A variable dimension stands for the model's own width.
        if output.dims == [-1] {
            return filColumn(width: widths.upperBound, isClassifier: isClassifier, parameters: parameters)
        }
        guard output.dims.allSatisfy({ $0 > 0 }), widths.contains(width) else {
            let dims = output.dims.map { "\($0)" }.joined(separator: ", ")
            let choices = Set([widths.lowerBound, widths.upperBound]).sorted().map { "[\($0)]" }
            throw fault(
                "'\(filOutputName)' has dims [\(dims)]; with this model and these parameters it has "
                    + choices.joined(separator: " or "), output)
        }
        return filColumn(width: width, isClassifier: isClassifier, parameters: parameters)
    }

    /// Dimensions of one are left out of responses, though metadata shows them.
    private static func filColumn(width: Int, isClassifier: Bool, parameters: FILParameters) -> ForestColumn {
        let rule = FILOutput(
            isClassifier: isClassifier, predictsProbabilities: parameters.predictsProbabilities,
            threshold: parameters.threshold, columnCount: width)
        return ForestColumn(
            content: .fil(rule),
            metadata: TensorMetadata(name: filOutputName, datatype: .float32, dims: [-1, width]),
            responseDims: width == 1 ? [] : [width])
    }

    // MARK: Forest

    private static func inferred(for ensemble: TreeEnsemble) -> [ForestColumn] {
        let names: [String] =
            switch ensemble.task {
            case .classification, .multiLabel: ["label", "probabilities", "margin"]
            case .regression, .isolation: ["score", "margin"]
            }
        return names.compactMap { column(named: $0, of: ensemble) }
    }

    private static let names = ["label", "probabilities", "margin", "score", "leaf_indices", contributionsName]

    private static func column(
        declared output: ModelConfiguration.Tensor, of ensemble: TreeEnsemble, names: [String] = names
    ) throws(TextFormatFault) -> ForestColumn {
        guard names.contains(output.name) else {
            let nearest = NearestName.among(names, to: output.name).map { "; did you mean '\($0)'?" } ?? ""
            throw fault("a forest has no output '\(output.name)'\(nearest)", output)
        }
        guard var column = column(named: output.name, of: ensemble) else {
            throw fault("this model has no output '\(output.name)'", output)
        }
        try check(dimsOf: output, against: column)
        switch (column.content, output.datatype) {
        case (.probabilities, .float64), (.margin, .float64), (.score, .float64), (.contributions, .float64):
            column.metadata = TensorMetadata(
                name: output.name, datatype: .float64, dims: column.metadata.dims)
        case (.integerLabel, .bytes):
            if case .classification = ensemble.task { column = textLabel(of: ensemble) } else { fallthrough }
        case _ where column.metadata.datatype != output.datatype:
            throw fault("output '\(output.name)' is of \(column.metadata.datatype.name) here", output)
        default: break
        }
        return column
    }

    private static func check(
        dimsOf output: ModelConfiguration.Tensor, against column: ForestColumn
    ) throws(TextFormatFault) {
        // A configuration cannot say that there is no dimension besides the rows; it says [1].
        let expected = column.responseDims.isEmpty ? [1] : column.responseDims
        let dims =
            output.dims.count == expected.count + 1 && output.dims[0] == -1
            ? Array(output.dims.dropFirst()) : output.dims
        let fits = dims.count == expected.count && zip(dims, expected).allSatisfy { $0 == -1 || $0 == $1 }
        if fits || (column.responseDims.isEmpty && output.dims == [-1]) { return }
        func list(_ dims: [Int]) -> String { "[" + dims.map { "\($0)" }.joined(separator: ", ") + "]" }
        throw fault("output '\(output.name)' has dims \(list(output.dims)), the model gives \(list(expected))", output)
    }

    /// An output as the model gives it by default, or nil if it has none of that name.
    private static func column(named name: String, of ensemble: TreeEnsemble) -> ForestColumn? {
        let marginDims = ensemble.marginCount == 1 ? [] : [ensemble.marginCount]
        let forest = ForestOutputs(of: ensemble)
        switch name {
        case "label":
            if ensemble.task == .isolation { return column(name, .integerLabel, .int64, []) }
            guard case .classification = ensemble.task else { return nil }
            return forest.integerLabels.isEmpty ? textLabel(of: ensemble) : column(name, .integerLabel, .int64, [])
        case "probabilities":
            guard forest.probabilityCount > 0 else { return nil }
            return column(name, .probabilities, .float32, [forest.probabilityCount])
        case "score":
            guard forest.probabilityCount == 0 else { return nil }
            return column(name, .score, .float32, marginDims)
        case "margin": return ensemble.hasMargin ? column(name, .margin, .float32, marginDims) : nil
        case "leaf_indices":
            guard ensemble.treeCount > 0 else { return nil }
            return column(name, .leafIndices, .int32, [ensemble.treeCount])
        case contributionsName, filContributionsName:
            return column(name, .contributions, .float32, marginDims + [ensemble.featureCount + 1])
        default: return nil
        }
    }

    private static func column(
        _ name: String, _ content: ForestColumn.Content, _ datatype: Datatype, _ dims: [Int]
    ) -> ForestColumn {
        ForestColumn(
            content: content, metadata: TensorMetadata(name: name, datatype: datatype, dims: [-1] + dims),
            responseDims: dims)
    }

    private static func textLabel(of ensemble: TreeEnsemble) -> ForestColumn {
        var label = column("label", .classIndex, .bytes, [])
        let integers = ForestOutputs(of: ensemble).integerLabels
        label.classNames = ensemble.classLabels.isEmpty ? integers.map { "\($0)" } : ensemble.classLabels
        return label
    }
}
