package import ModelMonitoring
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
    /// The models that an ensemble calls, one for each call, or those of a split's variants; empty for any other model.
    package let members: [EnsembleMember]
    /// What makes the model a split: requests to it are read and answered for one of its variants, and its own engine,
    /// which is one of theirs, evaluates nothing.
    package let split: TrafficSplit?
    /// Ensembles within each other, this one included; 0 for any other model.
    package let ensembleDepth: Int
    /// What is counted of its rows; nil if nobody wants to know.
    package let drift: DriftPlan?
    /// Which of its rows are anomalous; nil where it is those whose label is not 0.
    package let anomaly: AnomalyPlan?
    /// How its anomalous rows are explained; nil if nobody explains them.
    package let explanation: ExplanationPlan?
    /// What is kept of its predictions; nil if nothing is.
    package let monitoring: MonitoringPlan?
    /// How long reading, compiling and warming took.
    package let loadSeconds: Double

    package init(
        signature: ModelSignature, version: Int64, inputs: [TensorMetadata], configuration: ModelConfiguration,
        format: String, engineName: String, engine: any InferenceEngine, size: ModelSize = ModelSize(),
        members: [EnsembleMember] = [], split: TrafficSplit? = nil, ensembleDepth: Int = 0, drift: DriftPlan? = nil,
        anomaly: AnomalyPlan? = nil, explanation: ExplanationPlan? = nil, monitoring: MonitoringPlan? = nil,
        loadSeconds: Double = 0
    ) {
        precondition(split != nil || signature.outputs == engine.outputs, "the signature shows the engine's outputs")
        self.signature = signature
        self.version = version
        self.inputs = inputs
        self.configuration = configuration
        self.configurationJSON = configuration.json
        self.format = format
        self.engineName = engineName
        self.engine = engine
        self.size = size
        self.members = members
        self.split = split
        self.ensembleDepth = ensembleDepth
        self.drift = drift
        self.anomaly = anomaly
        self.explanation = explanation
        self.monitoring = monitoring
        self.loadSeconds = loadSeconds
    }

    package var name: String { signature.name }

    /// Why a model that answers is not ready all the same, or nothing: some of a split's clients are refused.
    package var unreadiness: String { split?.unreadiness ?? "" }
}
