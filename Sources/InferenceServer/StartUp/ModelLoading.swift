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
    }

    /// - Throws: when there is nothing to serve from, or a model failed and `--exit-on-error` says so.
    static func load(_ options: ServerOptions, log: EventLog) throws(StartFault) -> Loaded {
        guard !options.modelRepositories.isEmpty || !options.models.isEmpty else {
            throw StartFault("no models to serve: name a directory with --model-repository or a file with --model")
        }
        let instructionSet = try instructionSet(limit: options.instructionSetLimit)
        let loaded = RepositoryLoader(instructionSet: instructionSet).load(
            repositories: options.modelRepositories, models: options.models.map { (name: $0.name, path: $0.path) },
            control: options.modelControlMode, wanted: options.modelsLoadedAtStart)
        if let fault = loaded.report.repositoryFaults.first {
            throw StartFault("\(fault): check --model-repository")
        }
        for notice in loaded.report.notices {
            log.write(.info, "note on a model", .init("note", notice.description))
        }
        if options.exitOnError, let fault = loaded.report.faults.first {
            throw StartFault(
                "\(fault) (mend it, or serve the other models with --exit-on-error=false; "
                    + "'rowan check' lists every fault)"
            )
        }
        return Loaded(
            table: loaded.table, catalog: loaded.catalog, loader: ModelLoader(instructionSet: instructionSet))
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
