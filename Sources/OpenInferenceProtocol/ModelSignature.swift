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
    /// Bit `i` says that output `i` answers a request that lists no outputs.
    let defaultOutputs: UInt64
    /// Elements that each output has per row.
    package let elementsPerRow: [Int]
    /// The outputs' names, for looking up what a request asks for.
    package let outputNames: NameTable
    /// What every response of this version has in common.
    package let responseTemplate: ResponseTemplate

    /// Describes a model version.
    ///
    /// - Parameter outputs: at least one and at most 64, with different names.
    /// - Parameter costlyOutputs: bits of outputs that are for the compute pool.
    /// - Parameter unaskedOutputs: bits of outputs that come only when a request lists them, unless there are no
    ///   others.
    package init(
        name: String, version: String, platform: String, input: InputLayout, outputs: [TensorMetadata],
        costlyOutputs: UInt64 = 0, unaskedOutputs: UInt64 = 0
    ) {
        precondition(!outputs.isEmpty, "a model has outputs")
        precondition(outputs.count <= OpenInferenceProtocolLimits.outputCount, "a model has too many outputs")
        self.name = name
        self.version = version
        self.platform = platform
        self.input = input
        self.outputs = outputs
        self.costlyOutputs = costlyOutputs
        let all = OutputSelection.all(outputs.count)
        defaultOutputs = all & ~unaskedOutputs == 0 ? all : all & ~unaskedOutputs
        // The first dimension is that of the rows.
        elementsPerRow = outputs.map { $0.dims.dropFirst().reduce(1, *) }
        self.outputNames = NameTable(outputs.map(\.name))
        responseTemplate = ResponseTemplate(name: name, version: version, outputs: outputs)
    }
}
