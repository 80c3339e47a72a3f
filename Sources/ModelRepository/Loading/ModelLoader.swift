import LinuxSystem
import OpenInferenceProtocol
package import TreeEnsembles

/// Loads models: reads configuration and files, compiles engines, checks one against the other, runs one row.
///
/// - Isolation: any thread but a loop's; a loader has no state of its own.
package struct ModelLoader: Sendable {
    let instructionSet: InstructionSet

    /// Whether references are read that rows are compared with; who makes one does without.
    let readsReferences: Bool

    package init(instructionSet: InstructionSet, readsReferences: Bool = true) {
        self.instructionSet = instructionSet
        self.readsReferences = readsReferences
    }

    /// What became of one model.
    package struct Outcome: Sendable {
        package var name: String
        /// Versions that were to be served, ascending, each loaded or not.
        package var versions: [(number: Int64, result: Result<ServedModel, LoadFault>)]
        /// Why there is no version at all.
        package var fault: LoadFault?
        /// What was read of an ensemble or a split, whose versions the catalog puts together from its models.
        var composition: (any ComposedDefinition)?
        package var notices: [LoadNotice] = []
        /// Whether an ensemble answers no more because a model that it calls was unloaded on request.
        package var isUnloaded = false

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
            if let split = try split(scanned, notices: &outcome.notices) {
                planned(split.versions)
                outcome.composition = split
                return outcome
            }
            let plan = try plan(scanned, notices: &outcome.notices)
            planned(plan.versions.map(\.number))
            if plan.configuration.backend == .ensemble {
                let ensemble = try EnsembleDefinition(
                    plan.configuration, file: configurationPath(scanned),
                    labels: try labels(ofEnsemble: plan.configuration, scanned), versions: plan.versions.map(\.number))
                outcome.notices += ensemble.notices
                outcome.composition = ensemble
                return outcome
            }
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
        // Versions have most of them in common.
        var told: [LoadNotice] = []
        for notice in outcome.notices where !told.contains(notice) { told.append(notice) }
        outcome.notices = told
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
        let configuration = try readConfiguration(scanned)
        notices += configuration.notices.map { LoadNotice($0, file: configurationPath(scanned)) }
        if configuration.backend == .fil { notices += try filNotices(configuration, of: scanned) }
        let isEnsemble = configuration.backend == .ensemble
        if isEnsemble, !rowan.features.isEmpty {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: rowan.featuresPosition,
                    sentence: "features have no effect: an ensemble's inputs stand in config.pbtxt"))
        }
        if isEnsemble, let drift = rowan.drift {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: drift.position,
                    sentence: "drift has no effect: an ensemble's rows are not watched; watch those of its models"))
        }
        if isEnsemble, let rule = rowan.anomalyRules.first {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: rule.position,
                    sentence: "anomaly has no effect: rows of an ensemble count by the label of the model that predicts"
                ))
        }
        if isEnsemble, let explanation = rowan.explanation {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: explanation.position,
                    sentence: "explanation has no effect: an ensemble's rows are not explained; explain its models'"))
        }
        if isEnsemble, let monitoring = rowan.monitoring {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: monitoring.position,
                    sentence: "monitoring has no effect: an ensemble's predictions are not kept; keep its models'"))
        }
        let versions = try chooseVersions(
            scanned, by: configuration.versionPolicy, isEnsemble: isEnsemble, notices: &notices)
        return LoadPlan(configuration: configuration, rowan: rowan, versions: versions)
    }

    /// The split that a directory is; nil for any other model.
    private func split(_ scanned: ScannedModel, notices: inout [LoadNotice]) throws(LoadFault) -> SplitDefinition? {
        // What a load request brings is the configuration of a model.
        guard scanned.override == nil else { return nil }
        let rowan = try readRowan(scanned)
        guard let configuration = rowan.trafficSplit else { return nil }
        notices += rowan.notices.map { LoadNotice($0, file: rowanPath(scanned)) }
        if let rule = rowan.anomalyRules.first {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: rule.position,
                    sentence: "anomaly has no effect: rows of a traffic split count by the rules of who answers"))
        }
        if let explanation = rowan.explanation {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: explanation.position,
                    sentence: "explanation has no effect: rows of a traffic split are explained as who answers says"))
        }
        if scanned.hasConfiguration {
            notices.append(
                LoadNotice(
                    path: configurationPath(scanned), sentence: "has no effect: the directory is a traffic split"))
        }
        return SplitDefinition(configuration, of: scanned, file: rowanPath(scanned), rowan: rowan)
    }

    /// The models that an ensemble or a split calls, as far as its configuration can be read; empty for others.
    ///
    /// - Isolation: any thread but a loop's; reads the configuration.
    package func memberNames(of scanned: ScannedModel) -> Set<String> {
        guard scanned.fault == nil else { return [] }
        if scanned.override == nil, let split = (try? readRowan(scanned))?.trafficSplit {
            return Set(split.variants.map(\.model))
        }
        guard let configuration = try? readConfiguration(scanned) else { return [] }
        return Set(configuration.ensembleSteps.map(\.model))
    }

    // MARK: Configuration

    func configurationPath(_ scanned: ScannedModel) -> String {
        // What a load request brings is no file.
        scanned.name + "/" + (scanned.override == nil ? RepositoryScanner.configurationFileName : "config")
    }

    func rowanPath(_ scanned: ScannedModel) -> String {
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
        _ scanned: ScannedModel, by policy: ModelConfiguration.VersionPolicy, isEnsemble: Bool = false,
        notices: inout [LoadNotice]
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
            let content = isEnsemble ? "an ensemble has at least an empty" : "the model file belongs into"
            let sentence =
                scanned.versions.isEmpty
                ? "no directory of a version: \(content) \(scanned.name)/1/"
                : "the version policy chooses none of the versions"
            throw .arrangement(path: scanned.name, sentence: sentence)
        }
        return chosen
    }

    // MARK: One version

    private func load(
        _ version: ScannedModel.Version, of scanned: ScannedModel, _ loadPlan: LoadPlan, notices: inout [LoadNotice]
    ) throws(LoadFault) -> ServedModel {
        if loadPlan.configuration.backend == .textEncoder {
            return try loadTextEncoder(version, of: scanned, loadPlan, notices: &notices)
        }
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
            of: ForestModel(
                trees: choice.engine, forestOutputs: ForestOutputs(of: ensemble),
                contributions: try contributions(of: ensemble, for: plan.columns, configuration: completed, scanned),
                columns: plan.columns, isWide: plan.layout.isWide))
        let engineName = choice.engine.name
        completed.complete(
            with: plan, fileName: forest.fileName,
            engine: ModelConfiguration.EngineReport(
                name: engineName, instructionSet: instructionSet.rawValue, refusals: choice.refusals.map(\.message)))
        let signature = ModelSignature(
            name: scanned.name, version: "\(version.number)", platform: completed.platform, input: plan.layout,
            outputs: engine.outputs, costlyOutputs: engine.costlyOutputs, unaskedOutputs: engine.unaskedOutputs,
            labels: try labels(of: plan.columns, for: ensemble, configuration: completed, scanned))
        try warm(engine, signature, for: scanned, loadPlan)
        var size = ModelSize()
        size.treeCount = ensemble.treeCount
        size.leafCount = ensemble.leafCount
        // A tree has one leaf more than inner nodes.
        size.nodeCount = 2 * ensemble.leafCount - ensemble.treeCount
        size.tableByteCount = engine.tableByteCount
        notices += plan.notices
        let anomaly = try anomalyPlan(for: loadPlan.rowan, signature, scanned)
        return ServedModel(
            signature: signature, version: version.number, inputs: plan.inputs, configuration: completed,
            format: forest.format, engineName: engineName, engine: engine, size: size,
            drift: try driftPlan(for: loadPlan.rowan, signature, scanned), anomaly: anomaly,
            explanation: try explanationPlan(
                for: loadPlan.rowan, signature, anomaly, engine.model, of: ensemble, scanned, notices: &notices),
            monitoring: try monitoringPlan(
                for: loadPlan.rowan, plan.columns, isIsolation: engine.model.isIsolation, anomaly, scanned),
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
