import ModelRepository

/// Ensembles and splits: their models are loaded before them, and what becomes of these becomes of them.
extension RepositoryLoop {
    /// Loads the models that an ensemble or a split calls, so that it finds them; any other model calls none.
    ///
    /// What is wrong with one of them is what keeps the ensemble from being loaded.
    ///
    /// - Parameter found: the ensemble as it lies in its repository, and the state of its files.
    /// - Source: Triton polls the models of an ensemble when it is asked to load it
    ///   (`ModelRepositoryManager::PollModels`).
    func loadMembers(
        of name: String, found: (scanned: ScannedModel, fingerprint: ModelFingerprint)?, override: LoadOverride?
    ) {
        var seen: Set<String> = [name]
        loadMembers(memberNames(of: name, found: found, override: override), &seen, depth: 1)
    }

    /// The models that an ensemble calls once it is loaded; empty for any other model.
    func memberNames(
        of name: String, found: (scanned: ScannedModel, fingerprint: ModelFingerprint)?, override: LoadOverride?
    ) -> Set<String> {
        if let override {
            return loader.memberNames(of: ScannedModel(named: name, found: found?.scanned, override: override))
        }
        guard let found else { return [] }
        // What a request has brought holds as long as nothing has changed.
        let isKept = catalog.isUnchanged(name, found.fingerprint)
        return isKept ? catalog.memberNames(of: name) : loader.memberNames(of: found.scanned)
    }

    private func loadMembers(_ names: Set<String>, _ seen: inout Set<String>, depth: Int) {
        // What lies deeper belongs to no ensemble that could be put together.
        guard depth <= ModelRepositoryLimits.ensembleDepthLimit else { return }
        for name in names.sorted() where seen.insert(name).inserted {
            guard let found = find(name) else { continue }
            loadMembers(loader.memberNames(of: found.scanned), &seen, depth: depth + 1)
            if case .load(let order) = catalog.loadAsked(name, found: found, override: nil, isMember: true) {
                load(order)
            }
        }
    }

    /// Puts orders of ensembles behind those of the models that they call.
    func sorted(_ orders: [LoadOrder]) -> [LoadOrder] {
        guard orders.count > 1 else { return orders }
        let byName = Dictionary(orders.map { ($0.name, $0) }) { first, _ in first }
        let callees = byName.mapValues { loader.memberNames(of: $0.scanned) }
        return CallOrder.sorted(orders.map(\.name), calling: callees).compactMap { byName[$0] }
    }

    /// Puts ensembles together anew whose models are others than before.
    func relink() {
        for outcome in catalog.relink() {
            for (version, result) in outcome.versions {
                switch result {
                case .success:
                    state.counters.loadsEnded(successes: 1, failures: 0)
                    state.log.write(
                        .info, "model put together anew", .init("model", outcome.name),
                        .init("version", "\(version)"))
                case .failure(let fault) where outcome.isUnloaded:
                    state.log.write(
                        .warning, "model answers no more: one that it calls was unloaded",
                        .init("model", outcome.name), .init("version", "\(version)"),
                        .init("reason", fault.description))
                case .failure(let fault):
                    state.counters.loadsEnded(successes: 0, failures: 1)
                    reportFailure(of: outcome.name, version: version, fault)
                }
            }
        }
    }
}
