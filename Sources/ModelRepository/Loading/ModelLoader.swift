import LinuxSystem
import OpenInferenceProtocol
package import TreeEnsembles

/// Loads models: reads configuration and files, compiles engines, checks one against the other, runs one row.
///
/// - Isolation: any thread but a loop's; a loader has no state of its own.
package struct ModelLoader: Sendable {
    private let instructionSet: InstructionSet

    package init(instructionSet: InstructionSet) {
        self.instructionSet = instructionSet
    }

    /// What became of one model.
    package struct Outcome: Sendable {
        package var name: String
        /// Versions that were to be served, ascending, each loaded or not.
        package var versions: [(number: Int64, result: Result<ServedModel, LoadFault>)]
        /// Why there is no version at all.
        package var fault: LoadFault?
        package var notices: [LoadNotice] = []

        init(name: String, fault: LoadFault?) {
            self.name = name
            self.fault = fault
            versions = []
        }

        /// Of a model that is not even looked at.
        package init(name: String, failing fault: LoadFault) {
            self.init(name: name, fault: fault)
        }
    }

    /// Loads every version that the model's policy asks for.
    ///
    /// - Parameter keeping: versions that are loaded already and have not changed.
    /// - Parameter planned: told which versions are loaded, before the first is.
    package func load(
        _ scanned: ScannedModel, keeping: [Int64: ServedModel] = [:], planned: ([Int64]) -> Void = { _ in }
    ) -> Outcome {
        var outcome = Outcome(name: scanned.name, fault: scanned.fault)
        if scanned.fault != nil { return outcome }
        do throws(LoadFault) {
            let plan = try plan(scanned, notices: &outcome.notices)
            planned(plan.versions.map(\.number))
            for version in plan.versions {
                let result: Result<ServedModel, LoadFault>
                do throws(LoadFault) {
                    if let kept = keeping[version.number] {
                        result = .success(kept)
                    } else {
                        result = .success(try load(version, of: scanned, plan, notices: &outcome.notices))
                    }
                } catch {
                    result = .failure(error)
                }
                outcome.versions.append((number: version.number, result: result))
            }
        } catch {
            outcome.fault = error
        }
        return outcome
    }

    /// What the configuration asks for.
    struct LoadPlan {
        var configuration: ModelConfiguration
        var rowan: RowanConfiguration
        /// Ascending.
        var versions: [ScannedModel.Version]
    }

    private func plan(_ scanned: ScannedModel, notices: inout [LoadNotice]) throws(LoadFault) -> LoadPlan {
        let rowan = try readRowan(scanned)
        notices += rowan.notices.map { LoadNotice($0, file: rowanPath(scanned)) }
        if let position = rowan.trafficSplitPosition {
            let fault = TextFormatFault(
                .meaningless("traffic splits are not available in this version"), at: position)
            throw .configuration(file: rowanPath(scanned), fault)
        }
        let configuration = try readConfiguration(scanned)
        notices += configuration.notices.map { LoadNotice($0, file: configurationPath(scanned)) }
        if configuration.backend == .fil { notices += try filNotices(configuration, of: scanned) }
        let versions = try chooseVersions(scanned, by: configuration.versionPolicy, notices: &notices)
        return LoadPlan(configuration: configuration, rowan: rowan, versions: versions)
    }

    // MARK: Configuration

    func configurationPath(_ scanned: ScannedModel) -> String {
        // What a load request brings is no file.
        scanned.name + "/" + (scanned.override == nil ? RepositoryScanner.configurationFileName : "config")
    }

    private func rowanPath(_ scanned: ScannedModel) -> String {
        scanned.name + "/" + RepositoryScanner.rowanFileName
    }

    func readFile(
        _ path: String, of scanned: ScannedModel, shownAs shown: String, limit: Int
    ) throws(LoadFault) -> ByteBuffer {
        do throws(FileFault) {
            return try scanned.content(of: path, byteCountLimit: limit)
        } catch {
            throw .file(shown, error)
        }
    }

    private func readRowan(_ scanned: ScannedModel) throws(LoadFault) -> RowanConfiguration {
        guard scanned.hasRowanConfiguration else { return RowanConfiguration() }
        let content = try readFile(
            scanned.directory + "/" + RepositoryScanner.rowanFileName, of: scanned, shownAs: rowanPath(scanned),
            limit: ModelRepositoryLimits.textFormatByteLimit)
        do throws(TextFormatFault) {
            return try RowanConfiguration.read(content.bytes)
        } catch {
            throw .configuration(file: rowanPath(scanned), error)
        }
    }

    func readConfiguration(_ scanned: ScannedModel) throws(LoadFault) -> ModelConfiguration {
        do throws(TextFormatFault) {
            if let override = scanned.override {
                return try ModelConfiguration.read(json: override.configuration.span, directoryName: scanned.name)
            }
        } catch {
            throw .configuration(file: configurationPath(scanned), error)
        }
        guard scanned.hasConfiguration else { return .inferred(directoryName: scanned.name) }
        let content = try readFile(
            scanned.directory + "/" + RepositoryScanner.configurationFileName, of: scanned,
            shownAs: configurationPath(scanned), limit: ModelRepositoryLimits.textFormatByteLimit)
        do throws(TextFormatFault) {
            return try ModelConfiguration.read(content.bytes, directoryName: scanned.name)
        } catch {
            throw .configuration(file: configurationPath(scanned), error)
        }
    }

    private func filNotices(
        _ configuration: ModelConfiguration, of scanned: ScannedModel
    ) throws(LoadFault) -> [LoadNotice] {
        var notices: [LoadNotice] = []
        do throws(TextFormatFault) {
            _ = try FILParameters(configuration.parameters) { parameter, sentence in
                notices.append(
                    LoadNotice(
                        path: configurationPath(scanned), position: parameter.position,
                        sentence: "parameters.\(parameter.key): \(sentence)"))
            }
        } catch {
            throw .configuration(file: configurationPath(scanned), error)
        }
        return notices
    }

    func chooseVersions(
        _ scanned: ScannedModel, by policy: ModelConfiguration.VersionPolicy, notices: inout [LoadNotice]
    ) throws(LoadFault) -> [ScannedModel.Version] {
        let chosen: [ScannedModel.Version]
        switch policy {
        case .all: chosen = scanned.versions
        case .latest(let count): chosen = Array(scanned.versions.suffix(count))
        case .specific(let wanted):
            for number in wanted where !scanned.versions.contains(where: { $0.number == number }) {
                notices.append(
                    LoadNotice(
                        path: configurationPath(scanned), sentence: "version \(number) is asked for and not there"))
            }
            chosen = scanned.versions.filter { wanted.contains($0.number) }
        }
        if chosen.isEmpty {
            let sentence =
                scanned.versions.isEmpty
                ? "no directory of a version: the model file belongs into \(scanned.name)/1/"
                : "the version policy chooses none of the versions"
            throw .arrangement(path: scanned.name, sentence: sentence)
        }
        return chosen
    }

    // MARK: One version

    private func load(
        _ version: ScannedModel.Version, of scanned: ScannedModel, _ loadPlan: LoadPlan, notices: inout [LoadNotice]
    ) throws(LoadFault) -> ServedModel {
        let clock = SystemClock()
        let begin = clock.now()
        var completed = loadPlan.configuration
        let forest = try readForest(version, of: scanned, configuration: completed)
        let ensemble = forest.ensemble
        completed.fillBatchSize()
        let plan = try ForestPlan.make(
            configuration: completed, rowan: loadPlan.rowan, ensemble: ensemble, modelPath: scanned.name)
        let choice = TreeEngines.compile(ensemble, instructionSet: instructionSet)
        let engine = ForestEngine(
            trees: choice.engine, forestOutputs: ForestOutputs(of: ensemble),
            contributions: try contributions(of: ensemble, for: plan.columns, configuration: completed, scanned),
            columns: plan.columns)
        let engineName = choice.engine.name
        completed.complete(
            with: plan, fileName: forest.fileName,
            engine: ModelConfiguration.EngineReport(
                name: engineName, instructionSet: instructionSet.rawValue, refusals: choice.refusals.map(\.message)))
        let signature = ModelSignature(
            name: scanned.name, version: "\(version.number)", platform: completed.platform, input: plan.layout,
            outputs: engine.outputs, costlyOutputs: engine.costlyOutputs, unaskedOutputs: engine.unaskedOutputs)
        try warm(engine, signature, for: scanned, loadPlan)
        var size = ModelSize()
        size.treeCount = ensemble.treeCount
        size.leafCount = ensemble.leafCount
        // A tree has one leaf more than inner nodes.
        size.nodeCount = 2 * ensemble.leafCount - ensemble.treeCount
        size.tableByteCount = engine.tableByteCount
        notices += plan.notices
        return ServedModel(
            signature: signature, version: version.number, inputs: plan.inputs, configuration: completed,
            format: forest.format, engineName: engineName, engine: engine, size: size,
            loadSeconds: Double((clock.now() - begin).count) / 1e9)
    }

    /// What explains rows, if a column holds contributions.
    private func contributions(
        of ensemble: TreeEnsemble, for columns: [ForestColumn], configuration: ModelConfiguration,
        _ scanned: ScannedModel
    ) throws(LoadFault) -> ContributionEvaluator? {
        guard let column = columns.first(where: { $0.content == .contributions }) else { return nil }
        do throws(ContributionRefusal) {
            return try ContributionEvaluator(ensemble, instructionSet: instructionSet)
        } catch {
            let name = column.metadata.name
            let position = configuration.outputs.first { $0.name == name }?.position ?? TextPosition(line: 1, column: 1)
            throw .configuration(
                file: configurationPath(scanned),
                TextFormatFault(.meaningless("output '\(name)' is not available: \(error.message)"), at: position))
        }
    }
}
