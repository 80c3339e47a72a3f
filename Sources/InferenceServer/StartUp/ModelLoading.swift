import LinuxSystem
import ModelRepository
package import TreeEnsembles

/// Loads what the options name and reports what cannot be served.
package enum ModelLoading {
    /// What the server begins with.
    struct Loaded: Sendable {
        var table: ServingTable
        var catalog: ModelCatalog
        /// Loads what comes later.
        var loader: ModelLoader
        var repositories: MirroredRepositories
    }

    /// - Throws: when there is nothing to serve from, or a model failed and `--exit-on-error` says so.
    static func load(_ options: ServerOptions, log: EventLog) throws(StartFault) -> Loaded {
        guard !options.modelRepositories.isEmpty || !options.models.isEmpty else {
            throw StartFault("no models to serve: name a directory with --model-repository or a file with --model")
        }
        let repositories = try MirroredRepositories(options.modelRepositories, dataDirectory: options.dataDirectory)
        do throws(StartFault) {
            let instructionSet = try instructionSet(limit: options.instructionSetLimit)
            let loader = RepositoryLoader(instructionSet: instructionSet)
            let models = options.models.map { (name: $0.name, path: $0.path) }
            try repositories.synchronise(
                models: options.modelsLoadedAtStart,
                members: { [directories = repositories.directories] names in
                    loader.members(of: names.union(models.map(\.name)), in: directories, models: models)
                }, isStrict: options.exitOnError, log: log)
            return try load(options, repositories, instructionSet, log: log)
        } catch {
            repositories.end()
            throw error
        }
    }

    private static func load(
        _ options: ServerOptions, _ repositories: MirroredRepositories, _ instructionSet: InstructionSet, log: EventLog
    ) throws(StartFault) -> Loaded {
        let loaded = RepositoryLoader(instructionSet: instructionSet).load(
            repositories: repositories.directories, models: options.models.map { (name: $0.name, path: $0.path) },
            control: options.modelControlMode, wanted: options.modelsLoadedAtStart)
        let report = repositories.named(loaded.report)
        if let fault = report.repositoryFaults.first {
            throw StartFault("\(fault): check --model-repository")
        }
        for notice in report.notices {
            log.note(notice)
        }
        if options.exitOnError, let fault = report.faults.first {
            throw StartFault(
                "\(fault) (mend it, or serve the other models with --exit-on-error=false; "
                    + "'rowan check' lists every fault)"
            )
        }
        return Loaded(
            table: loaded.table, catalog: loaded.catalog, loader: ModelLoader(instructionSet: instructionSet),
            repositories: repositories)
    }

    /// The instruction set that kernels use: the best one of this machine, or the one that the operator holds them to.
    package static func instructionSet(limit: InstructionSet?) throws(StartFault) -> InstructionSet {
        let found = InstructionSet.detect()
        guard let limit else { return found }
        guard limit <= found else {
            throw StartFault(
                "--isa \(limit.rawValue): this machine has no more than \(found.rawValue); leave the option out")
        }
        return limit
    }
}
