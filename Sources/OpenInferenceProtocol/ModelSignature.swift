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
    /// The outputs' names, for looking up what a request asks for.
    package let outputNames: NameTable
    /// What every response of this version has in common.
    package let responseTemplate: ResponseTemplate

    /// Describes a model version.
    ///
    /// - Parameter outputs: at least one and at most 64, with different names.
    package init(name: String, version: String, platform: String, input: InputLayout, outputs: [TensorMetadata]) {
        precondition(!outputs.isEmpty, "a model has outputs")
        precondition(outputs.count <= OpenInferenceProtocolLimits.outputCount, "a model has too many outputs")
        self.name = name
        self.version = version
        self.platform = platform
        self.input = input
        self.outputs = outputs
        self.outputNames = NameTable(outputs.map(\.name))
        responseTemplate = ResponseTemplate(name: name, version: version, outputs: outputs)
    }
}
