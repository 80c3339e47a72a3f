package import OpenInferenceProtocol

/// One version of a model that answers requests.
///
/// - Isolation: immutable; any thread.
package final class ServedModel: Sendable {
    /// Name, version, inputs and outputs: all that reading a request and writing a response need.
    package let signature: ModelSignature
    /// The version's number.
    package let version: Int64
    /// The input tensors as metadata shows them.
    package let inputs: [TensorMetadata]
    /// The effective configuration: the file's, completed from the model.
    package let configuration: ModelConfiguration
    /// The answer of `GET /v2/models/M/config`.
    package let configurationJSON: [UInt8]
    /// The name of the model file's format, as reports give it.
    package let format: String
    /// The name of the engine that evaluates.
    package let engineName: String
    package let engine: any InferenceEngine
    package let size: ModelSize
    /// How long reading, compiling and warming took.
    package let loadSeconds: Double

    package init(
        signature: ModelSignature, version: Int64, inputs: [TensorMetadata], configuration: ModelConfiguration,
        format: String, engineName: String, engine: any InferenceEngine, size: ModelSize = ModelSize(),
        loadSeconds: Double = 0
    ) {
        precondition(signature.outputs == engine.outputs, "the signature shows the engine's outputs")
        self.signature = signature
        self.version = version
        self.inputs = inputs
        self.configuration = configuration
        self.configurationJSON = configuration.json
        self.format = format
        self.engineName = engineName
        self.engine = engine
        self.size = size
        self.loadSeconds = loadSeconds
    }

    package var name: String { signature.name }
}
