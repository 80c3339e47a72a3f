import LinuxSystem
package import TreeEnsembles

/// Loads everything that repositories hold, for the start of `serve` and for `check` alike.
///
/// - Isolation: any thread but a loop's; blocks on the disk.
package struct RepositoryLoader: Sendable {
    private let loader: ModelLoader

    /// Makes a loader whose engines use an instruction set that this machine has.
    ///
    /// - Parameter readsReferences: whether references are read that rows are compared with.
    package init(instructionSet: InstructionSet, readsReferences: Bool = true) {
        loader = ModelLoader(instructionSet: instructionSet, readsReferences: readsReferences)
    }

    /// What was found, loaded and missed.
    package struct Loaded: Sendable {
        package let table: ServingTable
        package let report: RepositoryReport
        /// The models' lives, which the table shows.
        package let catalog: ModelCatalog
    }

    /// Scans and loads.
    ///
    /// Faults never stop the rest: a model that cannot be served stands in the table as unavailable with its reason.
    ///
    /// - Parameter models: names with the file or directory that each serves.
    /// - Parameter wanted: models that are loaded where that is done on request, nil for all; those that are given by
    ///   name and path always are.
    package func load(
        repositories: [String], models: [(name: String, path: String)] = [], control: ModelLife.Control = .none,
        wanted: Set<String>? = nil
    ) -> Loaded {
        let scan = RepositoryScanner.scan(repositories: repositories, models: models)
        var report = RepositoryReport()
        for fault in scan.unreadableRepositories { report.addRepositoryFault(fault) }
        for notice in scan.notices { report.add(notice, location: notice.path) }
        for name in (wanted ?? []).sorted() where !scan.models.contains(where: { $0.name == name }) {
            report.add(.arrangement(path: name, sentence: "no repository has this model"), location: name)
        }
        var fingerprints: [String: ModelFingerprint] = [:]
        if control != .none {
            for scanned in scan.models { fingerprints[scanned.name] = ModelFingerprint(of: scanned) }
        }
        var catalog = ModelCatalog(control: control)
        let given = Set(models.map(\.name))
        let asked = wanted.map { $0.union(given) }
        let orders = catalog.start(
            scan, fingerprints: fingerprints, isWanted: { asked?.contains($0) ?? true },
            pulledIn: control == .explicit ? asked.map { members(of: $0, in: scan) } ?? [] : [])
        let outcomes = ConcurrentMap.results(
            count: orders.count, threadCount: ProcessorBudget.processorCount
        ) { [loader] index in loader.load(orders[index].scanned) }
        let places = Dictionary(uniqueKeysWithValues: orders.indices.map { (orders[$0].name, $0) })
        let callees = outcomes.reduce(into: [:]) { $0[$1.name] = $1.composition?.modelNames }
        // An ensemble is put together when its models are there.
        var ended: [String: ModelLoader.Outcome] = [:]
        for name in CallOrder.sorted(orders.map(\.name), calling: callees) {
            guard let index = places[name] else { continue }
            ended[name] = catalog.ended(orders[index], outcomes[index])
        }
        for relinked in catalog.relink() { ended[relinked.name]?.versions = relinked.versions }
        for order in orders {
            if let outcome = ended[order.name] { report.add(outcome, of: order.scanned) }
        }
        return Loaded(table: catalog.makeTable(), report: report, catalog: catalog)
    }

    /// The models that some call which lie in repositories now, directly or through others.
    ///
    /// - Parameter models: names with the file or directory that each serves.
    package func members(
        of names: Set<String>, in repositories: [String], models: [(name: String, path: String)]
    ) -> Set<String> {
        members(of: names, in: RepositoryScanner.scan(repositories: repositories, models: models))
    }

    /// The models that some call, directly or through others.
    private func members(of names: Set<String>, in scan: RepositoryScan) -> Set<String> {
        let scanned = Dictionary(uniqueKeysWithValues: scan.models.map { ($0.name, $0) })
        var members: Set<String> = []
        var next = Array(names)
        while let name = next.popLast() {
            guard let model = scanned[name] else { continue }
            next += loader.memberNames(of: model).filter { members.insert($0).inserted }
        }
        return members
    }
}

extension RepositoryReport {
    fileprivate mutating func add(_ outcome: ModelLoader.Outcome, of scanned: ScannedModel) {
        for (_, result) in outcome.versions {
            switch result {
            case .success(let model): add(model)
            case .failure(let fault): add(fault, location: scanned.location(of: fault.path))
            }
        }
        if let fault = outcome.fault { add(fault, location: scanned.location(of: fault.path)) }
        for notice in outcome.notices { add(notice, location: scanned.location(of: notice.path)) }
    }
}

extension ScannedModel {
    /// The path on disk of a path that begins with the model's name.
    package func location(of path: String) -> String {
        guard path == name || path.hasPrefix(name + "/") else { return path }
        return directory + path.dropFirst(name.count)
    }
}
