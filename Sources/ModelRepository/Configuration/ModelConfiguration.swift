package import OpenInferenceProtocol

/// What a `config.pbtxt` says, checked, and completed with defaults and with what the model file tells.
///
/// The parsed message is kept beside the typed fields: it is what `GET /v2/models/M/config` prints.
///
/// - Isolation: a value; any thread.
/// - Source: Triton's `model_config.proto` and its load-time validation.
package struct ModelConfiguration: Sendable {
    /// Which contract a model keeps with its clients.
    package enum Backend: String, CaseIterable, Sendable {
        /// Rowan's own: any numeric input, several outputs.
        case forest
        /// Triton's FIL backend.
        case fil
        /// Rowan's own: texts in, vectors out.
        case textEncoder = "text_encoder"
        /// Other models, one after another: `platform: "ensemble"`.
        case ensemble
    }

    /// Which version directories are loaded.
    package enum VersionPolicy: Sendable, Equatable {
        case latest(Int)
        case all
        case specific([Int64])
    }

    /// A declared input or output.
    package struct Tensor: Sendable {
        package var name: String
        package var datatype: Datatype
        /// Dimensions as declared; −1 is any size.
        package var dims: [Int]
        /// Whether requests to an ensemble may leave the input out.
        package var isOptional = false
        /// Of an output, the file in the model's directory that names its elements, one a line; empty for none.
        package var labelFileName = ""
        package var position: TextPosition
        /// Where the file is named.
        package var labelPosition = TextPosition.start
    }

    /// A backend option; all are texts.
    package struct Parameter: Sendable {
        package var key: String
        package var value: String
        package var position: TextPosition
    }

    /// When a request that waits is given up.
    package struct QueuePolicy: Sendable, Equatable {
        /// What happens to a request whose time in the queue is over.
        package enum TimeoutAction: Sendable {
            case reject
            case delay
        }

        package var timeoutAction = TimeoutAction.reject
        package var defaultTimeoutMicroseconds: UInt64 = 0
        package var allowsTimeoutOverride = false
        /// Requests; 0 is unlimited.
        package var queueSizeLimit = 0
    }

    /// How requests are joined into batches.
    package struct DynamicBatching: Sendable, Equatable {
        /// Rows, ascending as given.
        package var preferredBatchSizes: [Int]
        package var queueDelayMicroseconds: UInt64
        package var preservesOrdering: Bool
        package var priorityLevels: UInt64
        package var defaultPriorityLevel: UInt64
        package var defaultQueuePolicy: QueuePolicy
        package var priorityQueuePolicies: [UInt64: QueuePolicy]
    }

    /// Label of a metric series.
    package struct MetricTag: Sendable, Equatable {
        package var key: String
        package var value: String
    }

    package internal(set) var name: String
    package internal(set) var backend: Backend
    /// What metadata shows: the platform if one was given, else the backend.
    package internal(set) var platform: String
    package internal(set) var versionPolicy: VersionPolicy
    /// Rows of one request; 0 until completed.
    package internal(set) var maxBatchSize: Int
    package internal(set) var inputs: [Tensor]
    package internal(set) var outputs: [Tensor]
    /// Empty until completed.
    package internal(set) var defaultModelFilename: String
    package internal(set) var parameters: [Parameter]
    package internal(set) var dynamicBatching: DynamicBatching?
    package internal(set) var metricTags: [MetricTag]
    /// What a version answers before it serves.
    package internal(set) var warmupSamples: [WarmupSample]
    /// The models that an ensemble calls; empty for any other model.
    package internal(set) var ensembleSteps: [EnsembleStep]
    /// Fields of the file that have no effect.
    package internal(set) var notices: [TextFormatParser.Notice]
    /// All of it, as the configuration endpoint prints it.
    var message: MessageValue

    /// The answer of the configuration endpoint.
    package var json: [UInt8] { MessageJSON.bytes(of: message) }

    /// The value of a backend option.
    func parameter(_ key: String) -> Parameter? { parameters.last { $0.key == key } }
}
