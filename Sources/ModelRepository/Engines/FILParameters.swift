import TreeEnsembles

/// The backend options of Triton's FIL backend, from the configuration's `parameters`.
///
/// - Source: FIL backend, `model_state.h` and the parameter table of its documentation.
struct FILParameters: Sendable {
    /// `model_type`; decides the default file name and which format is read.
    enum ModelType: String, CaseIterable, Sendable {
        case xgboost
        case xgboostJSON = "xgboost_json"
        case xgboostUBJSON = "xgboost_ubj"
        case lightgbm
        case treeliteCheckpoint = "treelite_checkpoint"

        var defaultFileName: String {
            switch self {
            case .xgboost: "xgboost.model"
            case .xgboostJSON: "xgboost.json"
            case .xgboostUBJSON: "xgboost.ubj"
            case .lightgbm: "model.txt"
            case .treeliteCheckpoint: "checkpoint.tl"
            }
        }
    }

    var modelType = ModelType.xgboost
    /// nil where neither `is_classifier` nor `output_class` is given: the model decides.
    var isClassifier: Bool?
    var predictsProbabilities = false
    /// FIL requires it of classifiers and documents this default.
    var threshold: Float = 0.5

    /// Options that only speed up other hardware or that FIL itself has removed.
    private static let withoutEffect: Set<String> = [
        "algo", "blocks_per_sm", "chunk_size", "cpu_nthread", "layout", "storage_type", "threads_per_tree",
        "transfer_threshold", "use_experimental_optimizations", "xgboost_allow_unknown_field",
    ]

    private static let known = [
        "model_type", "is_classifier", "output_class", "predict_proba", "threshold", "iteration_range",
    ]

    /// Reads the options.
    ///
    /// - Parameter note: is told of options that have no effect.
    init(
        _ parameters: [ModelConfiguration.Parameter], note: (ModelConfiguration.Parameter, _ sentence: String) -> Void
    ) throws(TextFormatFault) {
        for parameter in parameters {
            switch parameter.key {
            case "model_type":
                guard let type = ModelType(rawValue: parameter.value) else {
                    throw Self.fault(parameter, choices: ModelType.allCases.map(\.rawValue))
                }
                modelType = type
            case "is_classifier":
                isClassifier = try Self.truth(parameter)
            case "output_class":
                note(parameter, "is the old name of is_classifier")
                let truth = try Self.truth(parameter)
                if isClassifier == nil { isClassifier = truth }
            case "predict_proba":
                predictsProbabilities = try Self.truth(parameter)
            case "threshold":
                guard let value = Float(parameter.value), value.isFinite else {
                    throw TextFormatFault(
                        .meaningless("threshold '\(parameter.value)' is not a number"), at: parameter.position)
                }
                threshold = value
            case "iteration_range":
                break
            case let key where Self.withoutEffect.contains(key):
                note(parameter, "has no effect on this server")
            default:
                let hint = NearestName.among(Self.known, to: parameter.key).map { "; did you mean '\($0)'?" } ?? ""
                note(parameter, "is not a known option\(hint)")
            }
        }
    }

    private static func truth(_ parameter: ModelConfiguration.Parameter) throws(TextFormatFault) -> Bool {
        switch parameter.value {
        case "true": return true
        case "false": return false
        default: throw fault(parameter, choices: ["true", "false"])
        }
    }

    private static func fault(_ parameter: ModelConfiguration.Parameter, choices: [String]) -> TextFormatFault {
        let list = choices.map { "'\($0)'" }.joined(separator: ", ")
        return TextFormatFault(
            .meaningless("\(parameter.key) is '\(parameter.value)'; it is one of \(list)"), at: parameter.position)
    }
}
