import LinuxSystem
package import TreeEnsembles

/// Loads everything that repositories hold, for `serve` and for `check` alike.
///
/// - Isolation: any thread but a loop's; blocks on the disk.
package struct RepositoryLoader: Sendable {
    private let loader: ModelLoader

    /// Makes a loader whose engines use an instruction set that this machine has.
    package init(instructionSet: InstructionSet) {
        loader = ModelLoader(instructionSet: instructionSet)
    }

    /// What was found, loaded and missed.
    package struct Loaded: Sendable {
        package let table: ServingTable
        package let report: RepositoryReport
    }

    /// Scans and loads.
    ///
    /// Faults never stop the rest: a model that cannot be served stands in the table as unavailable with its reason.
    ///
    /// - Parameter models: names with the file or directory that each serves.
    package func load(repositories: [String], models: [(name: String, path: String)] = []) -> Loaded {
        let scan = RepositoryScanner.scan(repositories: repositories, models: models)
        var report = RepositoryReport()
        for fault in scan.unreadableRepositories { report.addRepositoryFault(fault) }
        for notice in scan.notices { report.add(notice, location: notice.path) }
        var served: [ServedModel] = []
        var names: [ServingTable.Name] = []
        let scannedModels = scan.models
        let outcomes = ConcurrentMap.results(
            count: scannedModels.count, threadCount: ProcessorBudget.processorCount
        ) { [loader] index in loader.load(scannedModels[index]) }
        for (scanned, outcome) in zip(scannedModels, outcomes) {
            var versions: [ServingTable.Version] = []
            for (number, result) in outcome.versions {
                switch result {
                case .success(let model):
                    versions.append(ServingTable.Version(number: number, state: .ready(slot: served.count)))
                    served.append(model)
                    report.add(model)
                case .failure(let fault):
                    versions.append(
                        ServingTable.Version(number: number, state: .unavailable(reason: fault.description)))
                    report.add(fault, location: scanned.location(of: fault.path))
                }
            }
            if let fault = outcome.fault { report.add(fault, location: scanned.location(of: fault.path)) }
            for notice in outcome.notices { report.add(notice, location: scanned.location(of: notice.path)) }
            names.append(
                ServingTable.Name(
                    name: scanned.name, versions: versions, reason: outcome.fault?.description ?? ""))
        }
        return Loaded(table: ServingTable(models: served, names: names), report: report)
    }
}

extension ScannedModel {
    /// The path on disk of a path that begins with the model's name.
    func location(of path: String) -> String {
        guard path == name || path.hasPrefix(name + "/") else { return path }
        return directory + path.dropFirst(name.count)
    }
}
