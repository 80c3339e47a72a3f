import OpenInferenceProtocol

/// The end of the planning: the ensemble's rows, and its outputs.
extension EnsemblePlanner {
    /// Lays out the ensemble's rows and looks up its outputs.
    mutating func finish(_ models: [ServedModel]) throws(TextFormatFault) -> EnsemblePlan {
        noteConsumers()
        let isWide = inputs.contains { $0.feedsWide }
        var columns: [LayoutTensor] = []
        var defaults: [Double?] = []
        for input in inputs {
            columns.append(try layoutTensor(input, isWide: isWide, first: defaults.count))
            let width = columns[columns.count - 1].columns.count
            if input.declaration.isOptional, let values = input.defaults {
                defaults += values.map { Optional($0) }
            } else {
                defaults += Array(repeating: nil, count: width)
            }
        }
        for index in steps.indices { steps[index].sources = Self.sources(pieces[index], columns) }
        let isSimple = columns.count == 1 && !columns[0].isOptional
        let layout = InputLayout(
            kind: isSimple ? .exact(name: columns[0].name, datatype: columns[0].datatype) : .tensors(columns),
            featureCount: defaults.count, isWide: isWide, defaults: defaults,
            maxBatchSize: maxBatchSize(of: models))
        var outputs: [EnsembleSteps.Output] = []
        var unaskedOutputs: UInt64 = 0
        for (index, output) in configuration.outputs.enumerated() {
            outputs.append(try self.output(output))
            if unasked.contains(output.name) { unaskedOutputs |= 1 << UInt64(index) }
        }
        return EnsemblePlan(
            layout: layout, inputs: layout.metadata, steps: steps, outputs: outputs, unaskedOutputs: unaskedOutputs,
            members: ensembleMembers)
    }

    /// Notes which precisions each input goes to.
    private mutating func noteConsumers() {
        for (step, row) in zip(steps, pieces) {
            for piece in row {
                guard case .input = piece.source.origin else { continue }
                if step.isWide { inputs[piece.input].feedsWide = true } else { inputs[piece.input].feedsNarrow = true }
            }
        }
    }

    private func layoutTensor(
        _ input: Input, isWide: Bool, first: Int
    ) throws(TextFormatFault) -> LayoutTensor {
        let declaration = input.declaration
        guard let width = tensors[declaration.name]?.width else { preconditionFailure("the graph knows a reader") }
        let isLong = declaration.datatype == .int64 || declaration.datatype == .uint64
        if isLong, input.feedsWide, input.feedsNarrow {
            // Rounded to float32 it would not be what the other model takes, and not rounded it is rounded twice.
            throw Self.fault(
                "input '\(declaration.name)' of \(declaration.datatype.name) goes to models that compare float32 and "
                    + "to models that compare float64; declare one input for each", declaration.position)
        }
        return LayoutTensor(
            name: declaration.name, datatype: declaration.datatype, columns: first..<first + width,
            isOptional: declaration.isOptional, isNarrow: isWide && isLong && input.feedsNarrow)
    }

    /// Counts inputs from the ensemble's first column, and joins neighbours.
    private static func sources(_ pieces: [Piece], _ columns: [LayoutTensor]) -> [EnsembleSource] {
        var sources: [EnsembleSource] = []
        for piece in pieces {
            var source = piece.source
            if case .input(let first) = source.origin {
                source.origin = .input(first: first + columns[piece.input].columns.lowerBound)
            }
            if let last = sources.last, case .input(let first) = last.origin, case .input(let next) = source.origin,
                first + last.columns.count == next, last.columns.upperBound == source.columns.lowerBound
            {
                sources[sources.count - 1].columns = last.columns.lowerBound..<source.columns.upperBound
            } else {
                sources.append(source)
            }
        }
        return sources
    }

    /// Rows of one request: what the configuration says, else what every model takes.
    private func maxBatchSize(of models: [ServedModel]) -> Int {
        if configuration.maxBatchSize > 0 { return configuration.maxBatchSize }
        return models.map(\.signature.input.maxBatchSize).filter { $0 > 0 }.min()
            ?? ModelRepositoryLimits.inferredBatchSize
    }

    private func output(_ output: ModelConfiguration.Tensor) throws(TextFormatFault) -> EnsembleSteps.Output {
        guard let tensor = tensors[output.name], case .output(let step, let index) = tensor.origin else {
            preconditionFailure("the graph has checked the outputs")
        }
        guard output.datatype == tensor.datatype else {
            throw Self.fault(
                "output '\(output.name)' is declared as \(output.datatype.name), the step that writes it gives "
                    + "\(tensor.datatype.name)", output.position)
        }
        let column = steps[step].engine.outputs[index]
        if column.dims.count < 3 { try checkRowDimension(of: output, "output") }
        let dims = Array(column.dims.dropFirst())
        let expected = dims.isEmpty ? [1] : dims
        let given =
            output.dims.count == expected.count + 1 && output.dims[0] == -1
            ? Array(output.dims.dropFirst()) : output.dims
        guard given.count == expected.count, zip(given, expected).allSatisfy({ $0 == -1 || $0 == $1 }) else {
            let list = "[" + output.dims.map { "\($0)" }.joined(separator: ", ") + "]"
            throw Self.fault(
                "output '\(output.name)' has dims \(list), the step that writes it gives \(tensor.dims)",
                output.position)
        }
        return EnsembleSteps.Output(
            metadata: TensorMetadata(name: output.name, datatype: column.datatype, dims: column.dims), step: step,
            output: index)
    }
}
