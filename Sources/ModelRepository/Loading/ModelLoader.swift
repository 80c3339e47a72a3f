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
        package var notices: [LoadNotice]
    }

    /// Loads every version that the model's policy asks for.
    package func load(_ scanned: ScannedModel) -> Outcome {
        var outcome = Outcome(name: scanned.name, versions: [], fault: scanned.fault, notices: [])
        if scanned.fault != nil { return outcome }
        do throws(LoadFault) {
            let rowan = try readRowan(scanned)
            outcome.notices += rowan.notices.map { LoadNotice($0, file: rowanPath(scanned)) }
            if let position = rowan.trafficSplitPosition {
                let fault = TextFormatFault(
                    .meaningless("traffic splits are not available in this version"), at: position)
                throw .configuration(file: rowanPath(scanned), fault)
            }
            let configuration = try readConfiguration(scanned)
            outcome.notices += configuration.notices.map { LoadNotice($0, file: configurationPath(scanned)) }
            if configuration.backend == .fil { outcome.notices += try filNotices(configuration, of: scanned) }
            let chosen = try chooseVersions(scanned, by: configuration.versionPolicy, notices: &outcome.notices)
            for version in chosen {
                let result: Result<ServedModel, LoadFault>
                do throws(LoadFault) {
                    let (model, notices) = try load(
                        version, of: scanned, configuration: configuration, rowan: rowan)
                    outcome.notices += notices
                    result = .success(model)
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

    // MARK: Configuration

    func configurationPath(_ scanned: ScannedModel) -> String {
        scanned.name + "/" + RepositoryScanner.configurationFileName
    }

    private func rowanPath(_ scanned: ScannedModel) -> String {
        scanned.name + "/" + RepositoryScanner.rowanFileName
    }

    func readFile(_ path: String, shownAs shown: String, limit: Int) throws(LoadFault) -> ByteBuffer {
        do throws(FileFault) {
            return try FileSystem.read(path, byteCountLimit: limit)
        } catch {
            throw .file(shown, error)
        }
    }

    private func readRowan(_ scanned: ScannedModel) throws(LoadFault) -> RowanConfiguration {
        guard scanned.hasRowanConfiguration else { return RowanConfiguration() }
        let content = try readFile(
            scanned.directory + "/" + RepositoryScanner.rowanFileName, shownAs: rowanPath(scanned),
            limit: ModelRepositoryLimits.textFormatByteLimit)
        do throws(TextFormatFault) {
            return try RowanConfiguration.read(content.bytes)
        } catch {
            throw .configuration(file: rowanPath(scanned), error)
        }
    }

    func readConfiguration(_ scanned: ScannedModel) throws(LoadFault) -> ModelConfiguration {
        guard scanned.hasConfiguration else { return .inferred(directoryName: scanned.name) }
        let content = try readFile(
            scanned.directory + "/" + RepositoryScanner.configurationFileName, shownAs: configurationPath(scanned),
            limit: ModelRepositoryLimits.textFormatByteLimit)
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
        _ version: ScannedModel.Version, of scanned: ScannedModel, configuration: ModelConfiguration,
        rowan: RowanConfiguration
    ) throws(LoadFault) -> (ServedModel, [LoadNotice]) {
        let clock = SystemClock()
        let begin = clock.now()
        let forest = try readForest(version, of: scanned, configuration: configuration)
        let ensemble = forest.ensemble
        var completed = configuration
        completed.fillBatchSize()
        let plan = try ForestPlan.make(
            configuration: completed, rowan: rowan, ensemble: ensemble, modelPath: scanned.name)
        let choice = TreeEngines.compile(ensemble, instructionSet: instructionSet)
        let engine = ForestEngine(
            trees: choice.engine, forestOutputs: ForestOutputs(of: ensemble),
            contributions: try contributions(of: ensemble, for: plan.columns, configuration: completed, scanned),
            columns: plan.columns)
        warm(engine, layout: plan.layout)
        let engineName = choice.engine.name
        completed.complete(
            with: plan, fileName: forest.fileName,
            engine: ModelConfiguration.EngineReport(
                name: engineName, instructionSet: instructionSet.rawValue, refusals: choice.refusals.map(\.message)))
        let signature = ModelSignature(
            name: scanned.name, version: "\(version.number)", platform: completed.platform, input: plan.layout,
            outputs: engine.outputs, costlyOutputs: engine.costlyOutputs, unaskedOutputs: engine.unaskedOutputs)
        var size = ModelSize()
        size.treeCount = ensemble.treeCount
        size.leafCount = ensemble.leafCount
        // A tree has one leaf more than inner nodes.
        size.nodeCount = 2 * ensemble.leafCount - ensemble.treeCount
        size.tableByteCount = engine.tableByteCount
        let model = ServedModel(
            signature: signature, version: version.number, inputs: plan.inputs, configuration: completed,
            format: forest.format, engineName: engineName, engine: engine, size: size,
            loadSeconds: Double((clock.now() - begin).count) / 1e9)
        return (model, plan.notices)
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

    /// Runs one row of zeros through all outputs, so that the first request meets warm tables.
    private func warm(_ engine: ForestEngine, layout: InputLayout) {
        var matrix = FeatureMatrix(for: layout, rowCapacity: 1)
        matrix.advance(by: 1)
        engine.makeWorkspace(rowCapacity: 1).evaluate(matrix, wanted: .max)
    }
}
