import OpenInferenceProtocol
import TreeEnsembles

/// The names of a model's features and what missing ones become: from `rowan.pbtxt`, else from the model file, else
/// from inputs that are declared one by one.
enum FeatureNaming {
    struct Names {
        /// In column order; empty where features have no names.
        var names: [String] = []
        /// Empty, or one per feature.
        var defaults: [Double?] = []
    }

    static func names(
        configuration: ModelConfiguration, rowan: RowanConfiguration, ensemble: TreeEnsemble, modelPath: String,
        notices: inout [LoadNotice]
    ) throws(LoadFault) -> Names {
        if !rowan.features.isEmpty {
            try check(rowan, against: ensemble, modelPath: modelPath, notices: &notices)
            return Names(names: rowan.features.map(\.name), defaults: rowan.features.map(\.defaultValue))
        }
        let inModel = ensemble.featureNames
        if !inModel.isEmpty {
            // Trainers permit a name twice; such names cannot select columns.
            if Set(inModel).count == inModel.count && !inModel.contains("") { return Names(names: inModel) }
            notices.append(
                LoadNotice(path: modelPath, sentence: "the model's feature names are not distinct and not used"))
        }
        if configuration.backend == .forest && configuration.inputs.count > 1
            && configuration.inputs.count == ensemble.featureCount
        {
            return Names(names: configuration.inputs.map(\.name))
        }
        return Names()
    }

    private static func check(
        _ rowan: RowanConfiguration, against ensemble: TreeEnsemble, modelPath: String, notices: inout [LoadNotice]
    ) throws(LoadFault) {
        let file = modelPath + "/" + RepositoryScanner.rowanFileName
        func fault(_ sentence: String) -> LoadFault {
            .configuration(file: file, TextFormatFault(.meaningless(sentence), at: rowan.featuresPosition))
        }
        let names = rowan.features.map(\.name)
        guard names.count == ensemble.featureCount else {
            throw fault("\(names.count) features are named, the model takes \(ensemble.featureCount)")
        }
        let inModel = ensemble.featureNames
        guard !inModel.isEmpty, names != inModel else { return }
        if Set(names) == Set(inModel), let column = names.indices.first(where: { names[$0] != inModel[$0] }) {
            // The same names in another order would silently exchange columns.
            throw fault("column \(column) is '\(names[column])' here and '\(inModel[column])' in the model file")
        }
        notices.append(
            LoadNotice(
                path: file, position: rowan.featuresPosition,
                sentence: "features are named otherwise than in the model file; these names are used"))
    }
}
