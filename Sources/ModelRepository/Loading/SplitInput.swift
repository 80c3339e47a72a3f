import OpenInferenceProtocol
import TrafficSplitting

/// What a split takes: its columns, and how each variant reads them.
struct SplitInput {
    /// The split's own, for metadata.
    var layout: InputLayout
    var inputs: [TensorMetadata]
    /// For each variant; the split's own for one that is not there.
    var layouts: [InputLayout]
}

extension SplitDefinition {
    /// Compares the inputs of the variants that are there and maps the columns of the split to them.
    ///
    /// Columns are mapped by their names if every variant names its features; otherwise all are as wide.
    func input(of members: [ServedModel?]) throws(LoadFault) -> SplitInput {
        let present = members.indices.compactMap { number in members[number].map { (number, $0) } }
        let maxBatchSize = present.map(\.1.signature.input.maxBatchSize).filter { $0 > 0 }.min() ?? 0
        let kinds = present.map(\.1.signature.input.kind)
        let areTensors = kinds.contains { if case .tensors = $0 { true } else { false } }
        let areNamed = present.allSatisfy { !$0.1.signature.input.featureNames.names.isEmpty }
        if areTensors { return try sameTensors(present, members.count, maxBatchSize) }
        // Where all name their input alike, as the FIL backend does, so does the split.
        let kind = kinds.allSatisfy { $0 == kinds[0] } ? kinds[0] : .forest
        return areNamed
            ? try mapped(present, members.count, kind, maxBatchSize)
            : try equallyWide(present, members.count, kind, maxBatchSize)
    }

    private typealias Present = [(number: Int, model: ServedModel)]

    /// Several tensors go to the variants as they are.
    private func sameTensors(_ present: Present, _ count: Int, _ maxBatchSize: Int) throws(LoadFault) -> SplitInput {
        let first = present[0].model
        if let other = present.first(where: { $0.model.signature.input.kind != first.signature.input.kind }) {
            throw fault(
                of: other.number,
                "'\(other.model.name)' takes \(Self.list(other.model.inputs)), '\(first.name)' "
                    + Self.list(first.inputs))
        }
        if !features.isEmpty {
            throw fault("the variants take several tensors, whose columns have no names", at: featuresPosition)
        }
        return SplitInput(
            layout: first.signature.input, inputs: first.inputs,
            layouts: Array(repeating: first.signature.input, count: count))
    }

    private static func list(_ inputs: [TensorMetadata]) -> String {
        inputs.map { "'\($0.name)' \($0.datatype.name) \($0.dims)" }.joined(separator: ", ")
    }

    /// Without names the columns are the variants' own.
    private func equallyWide(
        _ present: Present, _ count: Int, _ kind: InputLayout.Kind, _ maxBatchSize: Int
    ) throws(LoadFault) -> SplitInput {
        let first = present[0].model
        let width = first.signature.input.featureCount
        if let other = present.first(where: { $0.model.signature.input.featureCount != width }) {
            throw fault(
                of: other.number,
                "'\(other.model.name)' takes \(other.model.signature.input.featureCount) features, '\(first.name)' "
                    + "takes \(width), and not all of their features have names by which to map them")
        }
        if !features.isEmpty, features.count != width {
            throw fault("\(features.count) features are declared, the variants take \(width)", at: featuresPosition)
        }
        let isWide = present.contains { $0.model.signature.input.isWide }
        func layout(isWide: Bool) -> InputLayout {
            InputLayout(
                kind: kind, featureCount: width, isWide: isWide, featureNames: features.map(\.name),
                defaults: features.map(\.defaultValue), maxBatchSize: maxBatchSize)
        }
        var layouts = Array(repeating: layout(isWide: isWide), count: count)
        for (number, model) in present { layouts[number] = layout(isWide: model.signature.input.isWide) }
        return SplitInput(
            layout: layout(isWide: isWide), inputs: inputs(first, kind, width, isWide: isWide), layouts: layouts)
    }

    /// Columns go to the features of their names.
    private func mapped(
        _ present: Present, _ count: Int, _ kind: InputLayout.Kind, _ maxBatchSize: Int
    ) throws(LoadFault) -> SplitInput {
        // Variants that were never there have no features yet; those that were keep their columns.
        let described = known.indices.filter { known[$0] != nil }
        let plan: ColumnPlan
        do throws(ColumnPlan.Fault) {
            plan = try ColumnPlan(
                declared: features.map { ColumnPlan.Feature(name: $0.name, defaultValue: $0.defaultValue) },
                variants: described.map { known[$0] ?? [] })
        } catch {
            throw fault(error, described, isComplete: described.count == count)
        }
        let names = plan.features.map(\.name)
        let isWide = present.contains { $0.model.signature.input.isWide }
        let own = InputLayout(
            kind: kind, featureCount: names.count, isWide: isWide, featureNames: names,
            defaults: plan.features.map(\.defaultValue), maxBatchSize: maxBatchSize)
        var layouts = Array(repeating: own, count: count)
        for (number, model) in present {
            guard let place = described.firstIndex(of: number) else {
                preconditionFailure("a variant that is there is known")
            }
            let mapping = plan.mappings[place]
            let input = model.signature.input
            layouts[number] = InputLayout(
                kind: kind, featureCount: input.featureCount, isWide: input.isWide,
                featureNames: input.featureNames.names, defaults: mapping.defaults, maxBatchSize: maxBatchSize,
                mapping: mapping.isIdentity
                    ? nil
                    : ColumnMapping(
                        names: names, columns: mapping.columns, optionalColumns: plan.optionalColumns))
        }
        return SplitInput(
            layout: own, inputs: inputs(present[0].model, kind, names.count, isWide: isWide), layouts: layouts)
    }

    private func fault(_ error: ColumnPlan.Fault, _ described: [Int], isComplete: Bool) -> LoadFault {
        switch error {
        case .missing(let variant, let feature):
            fault(of: described[variant], "its feature '\(feature)' is not among those of the split and has no default")
        case .unused(let column):
            fault(
                "no variant \(isComplete ? "has" : "that is there has") the feature '\(column)'", at: featuresPosition)
        }
    }

    private func inputs(
        _ lead: ServedModel, _ kind: InputLayout.Kind, _ width: Int, isWide: Bool
    ) -> [TensorMetadata] {
        if case .exact(let name, let datatype) = kind {
            return [TensorMetadata(name: name, datatype: datatype, dims: [-1, width])]
        }
        let name = lead.inputs.count == 1 ? lead.inputs[0].name : ForestPlan.forestInputName
        return [TensorMetadata(name: name, datatype: isWide ? .float64 : .float32, dims: [-1, width])]
    }
}
