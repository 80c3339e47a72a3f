import LinuxSystem
import TreeEnsembles

/// The file that a version serves.
struct ModelFile {
    /// Plain name within the version's directory.
    var name: String
    var path: String
    /// Relative to the repository.
    var shownPath: String

    /// Finds the file: the one that the configuration names, FIL's default, or the only one that is a model.
    static func locate(
        _ version: ScannedModel.Version, of scanned: ScannedModel, configuration: ModelConfiguration
    ) throws(LoadFault) -> ModelFile {
        if version.isFile {
            let name = version.path.split(separator: "/").last.map { String($0) } ?? version.path
            return ModelFile(name: name, path: version.path, shownPath: "\(scanned.name)/\(name)")
        }
        let isWithoutVersions = version.path == scanned.directory
        let shownDirectory = isWithoutVersions ? scanned.name : "\(scanned.name)/\(version.number)"
        func file(_ name: String) -> ModelFile {
            ModelFile(name: name, path: version.path + "/" + name, shownPath: shownDirectory + "/" + name)
        }
        if !configuration.defaultModelFilename.isEmpty { return file(configuration.defaultModelFilename) }
        if configuration.backend == .fil,
            let parameters = try? FILParameters(configuration.parameters, note: { _, _ in })
        {
            return file(parameters.modelType.defaultFileName)
        }
        let names = try candidates(in: version.path, of: scanned, shownAs: shownDirectory)
        if names.count == 1 { return file(names[0]) }
        let recognised = names.filter { isModel(version.path + "/" + $0, of: scanned) }
        if recognised.count == 1 { return file(recognised[0]) }
        let sentence: String
        if names.isEmpty {
            sentence = "no model file"
        } else if recognised.isEmpty {
            sentence = "none of \(list(names)) is a model file of a known format"
        } else {
            sentence = "several model files, \(list(recognised)); default_model_filename says which one serves"
        }
        throw .arrangement(path: shownDirectory, sentence: sentence)
    }

    /// The format that the configuration demands, as the reader names it; nil where the content decides.
    func platform(
        of configuration: ModelConfiguration, configurationFile: String
    ) throws(LoadFault) -> String? {
        guard configuration.backend == .fil, let parameter = configuration.parameter("model_type") else { return nil }
        let known = TreeEnsembleFormats.platforms
        if known.contains(parameter.value) { return parameter.value }
        throw .configuration(
            file: configurationFile,
            TextFormatFault(
                .meaningless("model_type '\(parameter.value)' is not available in this version"),
                at: parameter.position))
    }

    private static func candidates(
        in directory: String, of scanned: ScannedModel, shownAs shown: String
    ) throws(LoadFault) -> [String] {
        try scanned.entries(of: directory, shownAs: shown).filter { entry in
            entry.kind == .file && !entry.name.hasPrefix(".") && !entry.name.hasSuffix(".pbtxt")
                && ModelName.isSafe(entry.name)
        }.map(\.name)
    }

    private static func isModel(_ path: String, of scanned: ScannedModel) -> Bool {
        let limit = ModelRepositoryLimits.modelFileByteLimit
        guard let content = try? scanned.content(of: path, byteCountLimit: limit) else { return false }
        return TreeEnsembleFormats.platform(of: content.bytes) != nil
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 5 ? shown + ", …" : shown
    }
}
