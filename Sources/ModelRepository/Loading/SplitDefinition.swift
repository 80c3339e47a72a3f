import OpenInferenceProtocol
import TrafficSplitting

/// A traffic split as its file describes it, before it is known which of its models are there.
///
/// - Isolation: a value; any thread.
struct SplitDefinition: Sendable {
    let name: String
    /// The file, relative to the repository.
    let file: String
    let configuration: TrafficSplitConfiguration
    /// The columns that the file declares; empty for the union of the variants'.
    let features: [RowanConfiguration.Feature]
    /// Where they are declared.
    let featuresPosition: TextPosition
    let versions: [Int64]
    /// The features of each variant when it was there last: the split's columns stay while a variant is away.
    private(set) var known: [[ColumnPlan.Feature]?]

    init(_ configuration: TrafficSplitConfiguration, of scanned: ScannedModel, file: String, rowan: RowanConfiguration)
    {
        name = scanned.name
        self.file = file
        self.configuration = configuration
        features = rowan.features
        featuresPosition = rowan.featuresPosition
        // A split has no files of versions; a directory with a number gives it that one.
        versions = [scanned.versions.last?.number ?? 1]
        known = configuration.variants.map { _ in nil }
    }

    func fault(_ sentence: String, at position: TextPosition) -> LoadFault {
        .configuration(file: file, TextFormatFault(.meaningless(sentence), at: position))
    }

    func fault(of variant: Int, _ sentence: String) -> LoadFault {
        let configured = configuration.variants[variant]
        return fault("variant '\(configured.name)': \(sentence)", at: configured.position)
    }
}

extension SplitDefinition: ComposedDefinition {
    var references: [ComposedReference] {
        configuration.variants.map { ComposedReference(model: $0.model, version: $0.version) }
    }

    var kind: StaticString { "splits and ensembles" }

    func fault(ofReference number: Int, _ sentence: String) -> LoadFault { fault(of: number, sentence) }

    /// A split serves as long as somebody with a weight does.
    func fatalAbsence(among members: [ServedModel?]) -> Int? {
        let weighted = members.indices.filter { configuration.variants[$0].weight.isPositive }
        return weighted.contains { members[$0] != nil } ? nil : weighted.first
    }

    mutating func remember(_ members: [ServedModel?]) {
        for (number, member) in members.enumerated() {
            if let member { known[number] = Self.features(of: member.signature.input) }
        }
    }

    private static func features(of layout: InputLayout) -> [ColumnPlan.Feature] {
        layout.featureNames.names.indices.map {
            ColumnPlan.Feature(name: layout.featureNames.names[$0], defaultValue: layout.defaults[$0])
        }
    }

    func serve(
        version: Int64, members: [ServedModel?], absences: [ComposedAbsence?]
    ) throws(LoadFault) -> ServedModel {
        try check(members)
        let present = members.indices.filter { members[$0] != nil }
        guard let lead = present.compactMap({ members[$0] }).first else {
            preconditionFailure("a split without members is refused before")
        }
        let input = try input(of: members)
        let outputs = try commonOutputs(members.compactMap { $0 })
        var variants: [TrafficSplit.Variant] = []
        for (number, configured) in configuration.variants.enumerated() {
            let signature = members[number].map { member in
                routedSignature(of: member, variant: configured.name, input.layouts[number], outputs)
            }
            variants.append(
                TrafficSplit.Variant(
                    name: configured.name, model: configured.model, weight: configured.weight,
                    member: members[number], signature: signature, absence: absences[number]?.sentence ?? ""))
        }
        let split = TrafficSplit(
            name: name, configuration, variants: variants, unreadiness: unreadiness(absences, members))
        var completed = ModelConfiguration.inferred(directoryName: name)
        completed.complete(split: split, input: input, outputs: outputs.map(\.metadata))
        let signature = ModelSignature(
            name: name, version: "\(version)", platform: completed.platform, input: input.layout,
            outputs: outputs.map(\.metadata))
        return ServedModel(
            signature: signature, version: version, inputs: input.inputs, configuration: completed,
            format: "variants", engineName: "traffic split", engine: lead.engine,
            members: present.compactMap { members[$0] }.map { EnsembleMember(model: $0, steps: 0..<0) }, split: split)
    }

    private func check(_ members: [ServedModel?]) throws(LoadFault) {
        for (number, member) in members.enumerated() where member?.split != nil {
            throw fault(of: number, "the model is a traffic split itself")
        }
    }

    /// Why not everybody is answered.
    private func unreadiness(_ absences: [ComposedAbsence?], _ members: [ServedModel?]) -> String {
        guard configuration.unavailability == .refuse else { return "" }
        let missing = members.indices.filter { members[$0] == nil && configuration.variants[$0].weight.isPositive }
        guard !missing.isEmpty else { return "" }
        let reasons = missing.map { number in
            "variant '\(configuration.variants[number].name)': \(absences[number]?.sentence ?? "")"
        }
        let isUnloaded = missing.allSatisfy { absences[$0]?.isUnloaded == true }
        return (isUnloaded ? ServingTable.unloadedReason + ": " : "") + reasons.joined(separator: "; ")
    }

    // MARK: Outputs

    /// An output that all variants have, and its place in each one's.
    struct CommonOutput {
        var metadata: TensorMetadata
        var isDefault: Bool
    }

    /// The outputs that clients of the split may count on: of one name and shape, and of one datatype or all of
    /// floating point.
    private func commonOutputs(_ members: [ServedModel]) throws(LoadFault) -> [CommonOutput] {
        let first = members[0].signature
        var common: [CommonOutput] = []
        for output in first.outputs {
            let all = members.map { member in
                member.signature.outputs.firstIndex { Self.isSame($0, output) }
            }
            guard all.allSatisfy({ $0 != nil }) else { continue }
            let places = zip(members, all.compactMap { $0 })
            let datatypes = places.map { $0.signature.outputs[$1].datatype }
            common.append(
                CommonOutput(
                    metadata: TensorMetadata(
                        name: output.name, datatype: datatypes.contains(.float64) ? .float64 : output.datatype,
                        dims: output.dims),
                    isDefault: places.allSatisfy { $0.signature.defaultOutputs >> UInt64($1) & 1 == 1 }))
        }
        guard !common.isEmpty else {
            let lists = members.map { "'\($0.name)' has \($0.signature.outputs.map(\.name))" }
            throw fault(
                "the variants have no output in common: \(lists.joined(separator: ", "))",
                at: configuration.position)
        }
        return common
    }

    private static func isSame(_ left: TensorMetadata, _ right: TensorMetadata) -> Bool {
        let areNumbers = left.datatype.isFloatingPoint && right.datatype.isFloatingPoint
        return left.name == right.name && left.dims == right.dims && (left.datatype == right.datatype || areNumbers)
    }

    private func routedSignature(
        of member: ServedModel, variant: String, _ layout: InputLayout, _ outputs: [CommonOutput]
    ) -> ModelSignature {
        let own = member.signature
        var (hidden, unasked): (UInt64, UInt64) = (0, 0)
        for (index, output) in own.outputs.enumerated() {
            guard let common = outputs.first(where: { Self.isSame($0.metadata, output) }) else {
                hidden |= 1 << UInt64(index)
                continue
            }
            if !common.isDefault { unasked |= 1 << UInt64(index) }
        }
        return ModelSignature(
            of: own, named: name, input: layout, unaskedOutputs: unasked, hiddenOutputs: hidden,
            responseParameters: [ResponseParameter(name: "rowan_variant", value: variant)])
    }
}
