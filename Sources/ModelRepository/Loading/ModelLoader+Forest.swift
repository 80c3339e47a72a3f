import LinuxSystem
package import TreeEnsembles

/// A forest as its version serves it, before an engine is made for it.
package struct LoadedForest: Sendable {
    /// Only the trees that serve.
    package var ensemble: TreeEnsemble
    /// Platform string of the file's format.
    package var format: String
    /// Plain name of the file.
    package var fileName: String
}

extension ModelLoader {
    /// Reads the forest that a path serves: one model file, the directory of a version, or the directory of a model,
    /// of which the highest version is taken.
    ///
    /// - Throws: what is wrong, with a path that the operator can open.
    package func loadForest(at path: String) throws(RepositoryReport.Finding) -> LoadedForest {
        // A model's directory bears the name that its configuration may repeat.
        let name = path.split(separator: "/").last.map { String($0) }.flatMap { ModelName.isSafe($0) ? $0 : nil }
        let scan = RepositoryScanner.scan(repositories: [], models: [(name: name ?? "model", path: path)])
        guard let scanned = scan.models.first else { preconditionFailure("a model that is named is listed") }
        do throws(LoadFault) {
            if let fault = scanned.fault { throw fault }
            guard memberNames(of: scanned).isEmpty || scanned.hasConfiguration else {
                throw LoadFault.arrangement(
                    path: scanned.name, sentence: "a traffic split has no forest of its own: name one of its models")
            }
            let configuration = try readConfiguration(scanned)
            guard configuration.backend != .textEncoder else {
                throw LoadFault.arrangement(path: scanned.name, sentence: "a text encoder has no forest")
            }
            guard configuration.backend != .ensemble else {
                throw LoadFault.arrangement(
                    path: scanned.name, sentence: "an ensemble has no forest of its own: name one of its models")
            }
            var notices: [LoadNotice] = []
            let versions = try chooseVersions(scanned, by: configuration.versionPolicy, notices: &notices)
            return try readForest(versions[versions.count - 1], of: scanned, configuration: configuration)
        } catch {
            throw RepositoryReport.Finding(
                location: scanned.location(of: error.path), position: error.position, sentence: error.sentence)
        }
    }

    /// Reads the trees of a version that serve.
    func readForest(
        _ version: ScannedModel.Version, of scanned: ScannedModel, configuration: ModelConfiguration
    ) throws(LoadFault) -> LoadedForest {
        let file = try ModelFile.locate(version, of: scanned, configuration: configuration)
        let content = try readFile(
            file.path, of: scanned, shownAs: file.shownPath, limit: ModelRepositoryLimits.modelFileByteLimit)
        let platform = try file.platform(of: configuration, configurationFile: configurationPath(scanned))
        let format = platform ?? TreeEnsembleFormats.platform(of: content.bytes) ?? ""
        let ensemble: TreeEnsemble
        do throws(TreeEnsembleFault) {
            ensemble = try TreeEnsembleFormats.load(
                fileName: file.shownPath, bytes: content.bytes, platform: platform)
        } catch {
            throw .model(error)
        }
        return LoadedForest(
            ensemble: try selectTrees(of: ensemble, configuration: configuration, scanned), format: format,
            fileName: file.name)
    }

    /// The trees that serve: what `iteration_range` says, else the trainer's wrapper's choice; FIL takes all.
    private func selectTrees(
        of ensemble: TreeEnsemble, configuration: ModelConfiguration, _ scanned: ScannedModel
    ) throws(LoadFault) -> TreeEnsemble {
        guard let parameter = configuration.parameter("iteration_range") else {
            return configuration.backend == .forest ? ensemble.keepingDefaultTrees() : ensemble
        }
        let bounds = parameter.value.split(separator: ",", omittingEmptySubsequences: false)
            .map { Int($0.filter { $0 != " " }) }
        guard bounds.count == 2, let first = bounds[0], let end = bounds[1], first >= 0, first < end,
            end <= ensemble.iterationCount
        else {
            let sentence =
                "iteration_range '\(parameter.value)' is not a range \"first,end\" within the model's "
                + "\(ensemble.iterationCount) iterations"
            throw .configuration(
                file: configurationPath(scanned), TextFormatFault(.meaningless(sentence), at: parameter.position))
        }
        return ensemble.keeping(iterations: first..<end)
    }
}
