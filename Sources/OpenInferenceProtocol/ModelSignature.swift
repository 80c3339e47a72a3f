import JSONSyntax

/// Everything about a served model version that reading a request and writing a response need.
///
/// - Isolation: any thread; immutable.
package final class ModelSignature: Sendable {
    package let name: String
    /// The version's number as clients see it.
    package let version: String
    /// What metadata calls the platform.
    package let platform: String
    package let input: InputLayout
    /// All outputs, in the order of responses.
    package let outputs: [TensorMetadata]
    /// Bit `i` says that output `i` is for the compute pool: it costs far more than a loop may spend.
    package let costlyOutputs: UInt64
    /// Whether every request is for the compute pool.
    package let isCostly: Bool
    /// Bit `i` says that output `i` answers a request that lists no outputs.
    package let defaultOutputs: UInt64
    /// Elements that each output has per row.
    package let elementsPerRow: [Int]
    /// Elements per row between the models of an ensemble: neither of requests nor of answers.
    package let innerElementsPerRow: Int
    /// The outputs' names, for looking up what a request asks for.
    private let outputNames: NameTable
    /// Bit `i` says that requests do not know output `i`.
    private let hiddenOutputs: UInt64
    /// For each output what one of its elements, written as the text of a class, costs against an element of another
    /// output: about its bytes against those of a number.
    let classWeights: [Int]
    /// For each output the names of its elements.
    private let labels: [TextList]
    /// What every response of this version has in common.
    package let responseTemplate: ResponseTemplate
    /// The same for responses that are messages of gRPC.
    package let messageTemplate: MessageTemplate

    /// Describes a model version.
    ///
    /// - Parameter outputs: at least one and at most 64, with different names.
    /// - Parameter costlyOutputs: bits of outputs that are for the compute pool.
    /// - Parameter unaskedOutputs: bits of outputs that come only when a request lists them, unless there are no
    ///   others.
    /// - Parameter innerElementsPerRow: elements that are neither of requests nor of answers.
    /// - Parameter labels: for each output the names of its elements, as far as they have some; empty for none at all.
    package convenience init(
        name: String, version: String, platform: String, input: InputLayout, outputs: [TensorMetadata],
        costlyOutputs: UInt64 = 0, unaskedOutputs: UInt64 = 0, innerElementsPerRow: Int = 0, labels: [[String]] = []
    ) {
        precondition(labels.isEmpty || labels.count == outputs.count, "each output has its labels or none has")
        self.init(
            name: name, version: version, platform: platform, input: input, outputs: outputs,
            costlyOutputs: costlyOutputs, unaskedOutputs: unaskedOutputs, hiddenOutputs: 0,
            innerElementsPerRow: innerElementsPerRow,
            labels: outputs.indices.map { TextList(labels.isEmpty ? [] : labels[$0]) }, responseParameters: [])
    }

    /// Describes a model version that is reached by another name.
    ///
    /// - Parameter input: how requests under that name are read into the model's rows.
    /// - Parameter unaskedOutputs: bits of outputs that come only when a request lists them.
    /// - Parameter hiddenOutputs: bits of outputs that no request under that name gets; not of all.
    /// - Parameter responseParameters: what every response says besides, with different names.
    package convenience init(
        of model: ModelSignature, named name: String, input: InputLayout, unaskedOutputs: UInt64,
        hiddenOutputs: UInt64, responseParameters: [ResponseParameter]
    ) {
        precondition(
            input.featureCount == model.input.featureCount && input.isWide == model.input.isWide,
            "requests become rows of the model")
        self.init(
            name: name, version: model.version, platform: model.platform, input: input, outputs: model.outputs,
            costlyOutputs: model.costlyOutputs, unaskedOutputs: unaskedOutputs, hiddenOutputs: hiddenOutputs,
            innerElementsPerRow: model.innerElementsPerRow, labels: model.labels,
            responseParameters: responseParameters)
    }

    private init(
        name: String, version: String, platform: String, input: InputLayout, outputs: [TensorMetadata],
        costlyOutputs: UInt64, unaskedOutputs: UInt64, hiddenOutputs: UInt64, innerElementsPerRow: Int,
        labels: [TextList], responseParameters: [ResponseParameter]
    ) {
        precondition(!outputs.isEmpty, "a model has outputs")
        precondition(outputs.count <= OpenInferenceProtocolLimits.outputCount, "a model has too many outputs")
        self.name = name
        self.version = version
        self.platform = platform
        self.input = input
        self.outputs = outputs
        self.costlyOutputs = costlyOutputs
        isCostly = OutputSelection.all(outputs.count) & ~costlyOutputs == 0
        let all = OutputSelection.all(outputs.count) & ~hiddenOutputs
        precondition(all != 0, "requests get some of the outputs")
        self.hiddenOutputs = hiddenOutputs
        defaultOutputs = all & ~unaskedOutputs == 0 ? all : all & ~unaskedOutputs
        // The first dimension is that of the rows.
        elementsPerRow = outputs.map { $0.dims.dropFirst().reduce(1, *) }
        self.innerElementsPerRow = innerElementsPerRow
        self.outputNames = NameTable(outputs.map(\.name))
        self.labels = labels
        classWeights = labels.map { 16 + $0.greatestByteCount / 16 }
        responseTemplate = ResponseTemplate(
            name: name, version: version, parameters: responseParameters, outputs: outputs, labels: labels)
        messageTemplate = MessageTemplate(
            name: name, version: version, parameters: responseParameters, outputs: outputs, labels: labels)
    }

    /// The output that requests know by a name.
    func outputIndex(of name: Span<UInt8>) -> Int? {
        guard let index = outputNames.index(of: name), hiddenOutputs &>> UInt64(index) & 1 == 0 else { return nil }
        return index
    }

    /// The same of a name that stands in a JSON text.
    func outputIndex(of name: JSONStringRange, in json: Span<UInt8>) -> Int? {
        guard let index = outputNames.index(of: name, in: json), hiddenOutputs &>> UInt64(index) & 1 == 0 else {
            return nil
        }
        return index
    }
}
