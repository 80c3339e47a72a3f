import OpenInferenceProtocol

/// Puts an ensemble together, step by step.
///
/// Until all steps are there, a source of kind `.input` counts columns within its tensor, which `inputOf` names: how
/// wide a tensor is may be told by the model that reads it.
struct EnsemblePlanner {
    typealias EnsembleStep = ModelConfiguration.EnsembleStep

    /// A tensor of the ensemble.
    struct Tensor {
        enum Origin {
            case input(Int)
            case output(step: Int, output: Int)
        }

        var origin: Origin
        var datatype: Datatype
        /// Elements of a row; nil for an input whose width nobody has told yet.
        var width: Int?
        /// The shape of a row, as faults show it.
        var dims: String
        /// Whether a row is one number or a list of them.
        var isFlat = true
    }

    /// What is known about an input of the ensemble.
    struct Input {
        let declaration: ModelConfiguration.Tensor
        /// What its columns hold where a request leaves it out; nil as long as no step has told.
        var defaults: [Double]?
        var feedsNarrow = false
        var feedsWide = false
    }

    /// Columns of a model's rows that a step fills, before the ensemble's own columns are known.
    struct Piece {
        var source: EnsembleSource
        /// The input that a source of kind `.input` counts within.
        var input = -1
    }

    let configuration: ModelConfiguration
    private(set) var tensors: [String: Tensor] = [:]
    var inputs: [Input] = []
    private(set) var pieces: [[Piece]] = []
    var steps: [EnsembleSteps.Step] = []
    private(set) var ensembleMembers: [EnsembleMember] = []
    /// Outputs that a model gives only when asked for.
    private(set) var unasked: Set<String> = []

    /// Begins with the declared inputs.
    init(_ configuration: ModelConfiguration) throws(TextFormatFault) {
        self.configuration = configuration
        if configuration.outputs.count > OpenInferenceProtocolLimits.outputCount {
            throw Self.fault(
                "more than \(OpenInferenceProtocolLimits.outputCount) outputs", configuration.outputs[0].position)
        }
        for (index, input) in configuration.inputs.enumerated() {
            if input.datatype == .bytes {
                throw Self.fault("input '\(input.name)' is text; features are numbers", input.position)
            }
            // Without a batch size the first dimension is that of the rows.
            let dims = input.dims.count == 2 && input.dims[0] == -1 ? Array(input.dims.dropFirst()) : input.dims
            guard dims.count == 1 else {
                throw Self.fault(
                    "input '\(input.name)' has \(dims.count) dims; rows of features have one", input.position)
            }
            try checkRowDimension(of: input, "input")
            tensors[input.name] = Tensor(
                origin: .input(index), datatype: input.datatype, width: dims[0] == -1 ? nil : dims[0],
                dims: "[\(dims[0])]")
            inputs.append(Input(declaration: input))
        }
    }

    /// Refuses a tensor of which nobody could tell whether it means one dimension or two of a row.
    ///
    /// Where `max_batch_size` is 0 the first is that of the rows, as in Triton.
    func checkRowDimension(of tensor: ModelConfiguration.Tensor, _ kind: StaticString) throws(TextFormatFault) {
        guard configuration.maxBatchSize > 0, tensor.dims.count > 1, tensor.dims.allSatisfy({ $0 == -1 }) else {
            return
        }
        let list = "[" + tensor.dims.map { "\($0)" }.joined(separator: ", ") + "]"
        throw Self.fault(
            "\(kind) '\(tensor.name)' has dims \(list); with max_batch_size \(configuration.maxBatchSize) the "
                + "dimension of rows is not declared: write [-1] or the elements of a row", tensor.position)
    }

    static func fault(_ sentence: String, _ position: TextPosition) -> TextFormatFault {
        TextFormatFault(.meaningless(sentence), at: position)
    }

    // MARK: Steps

    /// Adds a step behind those whose tensors it reads.
    mutating func add(step number: Int, _ model: ServedModel) throws(TextFormatFault) {
        let step = configuration.ensembleSteps[number]
        let limit = model.signature.input.maxBatchSize
        if configuration.maxBatchSize > 0, limit > 0, configuration.maxBatchSize > limit {
            throw Self.fault(
                "max_batch_size \(configuration.maxBatchSize) is more than the \(limit) rows that step \(number) "
                    + "('\(step.model)') takes", configuration.message.position(of: "max_batch_size"))
        }
        let bindings = try EnsembleBinding.bindings(of: step, number, to: model)
        var row: [Piece] = []
        for binding in bindings.mapped { row.append(try piece(binding, step, number, model)) }
        for (column, value) in bindings.defaults {
            row.append(Piece(source: EnsembleSource(origin: .constant(value), columns: column..<column + 1)))
        }
        row.sort { $0.source.columns.lowerBound < $1.source.columns.lowerBound }
        let first = steps.count
        if let inner = model.engine as? EnsembleEngine {
            for step in inner.plan.steps { append(step, of: inner, row, firstStep: first) }
            ensembleMembers.append(EnsembleMember(model: model, steps: first..<steps.count))
            for member in model.members {
                let moved = member.steps.lowerBound + first..<member.steps.upperBound + first
                ensembleMembers.append(EnsembleMember(model: member.model, steps: moved))
            }
        } else {
            steps.append(
                EnsembleSteps.Step(
                    engine: model.engine, featureCount: model.signature.input.featureCount,
                    isWide: model.signature.input.isWide, sources: [], costlyOutputs: model.signature.costlyOutputs))
            pieces.append(row)
            ensembleMembers.append(EnsembleMember(model: model, steps: first..<first + 1))
        }
        guard steps.count <= ModelRepositoryLimits.ensembleStepLimit else {
            throw EnsembleGraph.fault(
                number, step,
                "with the steps of ensembles there are more than \(ModelRepositoryLimits.ensembleStepLimit)",
                step.position)
        }
        for output in step.outputs { try add(output, of: step, number, model, firstStep: first) }
    }

    /// Adds a step of an ensemble that is itself a step.
    private mutating func append(
        _ step: EnsembleSteps.Step, of inner: EnsembleEngine, _ row: [Piece], firstStep: Int
    ) {
        var own: [Piece] = []
        for source in step.sources {
            switch source.origin {
            case .constant: own.append(Piece(source: source))
            case .output(let other, let output, let first):
                let origin = EnsembleSource.Origin.output(step: other + firstStep, output: output, first: first)
                own.append(Piece(source: EnsembleSource(origin: origin, columns: source.columns)))
            case .input(let first):
                for piece in row {
                    let part = piece.source.slice(
                        first..<first + source.columns.count, at: source.columns.lowerBound)
                    if let part { own.append(Piece(source: part, input: piece.input)) }
                }
            }
        }
        steps.append(step)
        pieces.append(own)
    }

    private mutating func piece(
        _ binding: EnsembleBinding, _ step: EnsembleStep, _ number: Int, _ model: ServedModel
    ) throws(TextFormatFault) -> Piece {
        let mapping = binding.mapping
        func fault(_ sentence: String) -> TextFormatFault {
            EnsembleGraph.fault(number, step, sentence, mapping.position)
        }
        guard var tensor = tensors[mapping.tensor] else { preconditionFailure("the graph has checked the tensors") }
        if tensor.datatype == .bytes { throw fault("tensor '\(mapping.tensor)' is text; features are numbers") }
        if let datatype = binding.datatype, datatype != tensor.datatype {
            throw fault(
                "tensor '\(mapping.tensor)' is of \(tensor.datatype.name), input '\(mapping.name)' of \(datatype.name)")
        }
        let width = binding.columns.count
        guard tensor.isFlat, tensor.width ?? width == width else {
            throw fault("tensor '\(mapping.tensor)' has dims \(tensor.dims), input '\(mapping.name)' has [\(width)]")
        }
        tensor.width = width
        tensor.dims = "[\(width)]"
        tensors[mapping.tensor] = tensor
        switch tensor.origin {
        case .output(let step, let output):
            let origin = EnsembleSource.Origin.output(step: step, output: output, first: 0)
            return Piece(source: EnsembleSource(origin: origin, columns: binding.columns))
        case .input(let index):
            if inputs[index].declaration.isOptional {
                guard let defaults = binding.defaults else {
                    throw fault("tensor '\(mapping.tensor)' is optional, and input '\(mapping.name)' has no default")
                }
                if let others = inputs[index].defaults, others.map(\.bitPattern) != defaults.map(\.bitPattern) {
                    throw fault(
                        "tensor '\(mapping.tensor)' is optional, and input '\(mapping.name)' has another default than "
                            + "the step before")
                }
                inputs[index].defaults = defaults
            }
            let source = EnsembleSource(origin: .input(first: 0), columns: binding.columns)
            return Piece(source: source, input: index)
        }
    }

    private mutating func add(
        _ mapping: EnsembleStep.Mapping, of step: EnsembleStep, _ number: Int, _ model: ServedModel, firstStep: Int
    ) throws(TextFormatFault) {
        let names = model.signature.outputs.map(\.name)
        guard let index = names.firstIndex(of: mapping.name) else {
            let hint = NearestName.among(names, to: mapping.name).map { "; did you mean '\($0)'?" } ?? ""
            throw EnsembleGraph.fault(
                number, step, "the model has no output '\(mapping.name)'\(hint)", mapping.position)
        }
        let metadata = model.signature.outputs[index]
        let dims = Array(metadata.dims.dropFirst())
        var origin = Tensor.Origin.output(step: firstStep, output: index)
        if let inner = model.engine as? EnsembleEngine {
            let output = inner.plan.outputs[index]
            origin = .output(step: firstStep + output.step, output: output.output)
        }
        tensors[mapping.tensor] = Tensor(
            origin: origin, datatype: metadata.datatype, width: dims.reduce(1, *),
            dims: "[" + (dims.isEmpty ? [1] : dims).map { "\($0)" }.joined(separator: ", ") + "]",
            isFlat: dims.count < 2)
        if model.signature.defaultOutputs & (1 << UInt64(index)) == 0 { unasked.insert(mapping.tensor) }
    }
}
