import OpenInferenceProtocol

/// A tensor of an ensemble and the columns of a model's rows that it fills.
struct EnsembleBinding {
    var mapping: ModelConfiguration.EnsembleStep.Mapping
    var columns: Range<Int>
    /// The only datatype that the model takes there; nil where it takes every numeric one.
    var datatype: Datatype?
    /// What the columns hold if the tensor is missing; nil if it may not be.
    var defaults: [Double]?

    /// All columns of a step's model.
    struct Bindings {
        var mapped: [EnsembleBinding]
        /// Columns that no tensor fills, with their defaults.
        var defaults: [(column: Int, value: Double)]
    }

    /// Finds the columns that each tensor of a step's input map fills.
    ///
    /// A model takes its tensors as it takes those of requests: Triton's layouts by name, a forest the rows under the
    /// name of its input, or single features by theirs.
    static func bindings(
        of step: ModelConfiguration.EnsembleStep, _ number: Int, to model: ServedModel
    ) throws(TextFormatFault) -> Bindings {
        let layout = model.signature.input
        var mapped: [EnsembleBinding] = []
        for mapping in step.inputs {
            guard let binding = binding(mapping, to: model) else {
                let known = model.inputs.map(\.name) + layout.featureNames.names
                let hint = NearestName.among(known, to: mapping.name).map { "; did you mean '\($0)'?" } ?? ""
                throw EnsembleGraph.fault(
                    number, step, "the model has no input '\(mapping.name)'\(hint)", mapping.position)
            }
            if let other = mapped.first(where: { $0.columns.overlaps(binding.columns) }) {
                throw EnsembleGraph.fault(
                    number, step, "inputs '\(other.mapping.name)' and '\(mapping.name)' are the same columns",
                    mapping.position)
            }
            mapped.append(binding)
        }
        return Bindings(mapped: mapped, defaults: try defaults(besides: mapped, step, number, model))
    }

    private static func binding(
        _ mapping: ModelConfiguration.EnsembleStep.Mapping, to model: ServedModel
    ) -> EnsembleBinding? {
        let layout = model.signature.input
        switch layout.kind {
        case .exact(let name, let datatype):
            guard mapping.name == name else { return nil }
            return EnsembleBinding(mapping: mapping, columns: 0..<layout.featureCount, datatype: datatype)
        case .tensors(let tensors):
            guard let tensor = tensors.first(where: { $0.name == mapping.name }) else { return nil }
            let defaults = tensor.isOptional ? layout.defaults[tensor.columns].compactMap { $0 } : nil
            return EnsembleBinding(
                mapping: mapping, columns: tensor.columns, datatype: tensor.datatype, defaults: defaults)
        case .texts: return nil
        case .forest:
            let declared = model.configuration.inputs.first { $0.name == mapping.name }?.datatype
            if model.inputs.count == 1, mapping.name == model.inputs[0].name {
                return EnsembleBinding(mapping: mapping, columns: 0..<layout.featureCount, datatype: declared)
            }
            let name = Array(mapping.name.utf8)
            guard let column = layout.featureNames.index(of: name.span) else { return nil }
            return EnsembleBinding(
                mapping: mapping, columns: column..<column + 1, datatype: declared,
                defaults: layout.defaults[column].map { [$0] })
        }
    }

    /// Defaults of the columns that no tensor fills.
    private static func defaults(
        besides mapped: [EnsembleBinding], _ step: ModelConfiguration.EnsembleStep, _ number: Int, _ model: ServedModel
    ) throws(TextFormatFault) -> [(column: Int, value: Double)] {
        let layout = model.signature.input
        var isFilled = Array(repeating: false, count: layout.featureCount)
        for binding in mapped {
            for column in binding.columns { isFilled[column] = true }
        }
        var defaults: [(column: Int, value: Double)] = []
        for column in isFilled.indices where !isFilled[column] {
            guard let value = layout.defaults[column] else {
                throw EnsembleGraph.fault(
                    number, step, "input '\(name(of: column, model))' is not mapped and has no default", step.position)
            }
            defaults.append((column: column, value: value))
        }
        return defaults
    }

    /// What the tensor or feature of a column is called.
    private static func name(of column: Int, _ model: ServedModel) -> String {
        let layout = model.signature.input
        switch layout.kind {
        case .exact(let name, _), .texts(let name): return name
        case .tensors(let tensors): return tensors.first { $0.columns.contains(column) }?.name ?? ""
        case .forest:
            return layout.featureNames.names.isEmpty ? model.inputs[0].name : layout.featureNames.names[column]
        }
    }
}
