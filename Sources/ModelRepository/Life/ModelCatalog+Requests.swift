import LinuxSystem

/// What the start of a server and its operators ask for.
extension ModelCatalog {
    /// What a request to load a model leads to.
    package enum LoadReply: Sendable {
        /// Neither the repository nor the request has the model.
        case unknownModel
        /// The model answers, and its files are those that it was loaded from.
        case unchanged
        case load(LoadOrder)
    }

    /// Begins with everything that lies in the repositories.
    ///
    /// - Parameter isWanted: whether a model is loaded now; asked only where models are loaded on request.
    /// - Parameter pulledIn: models that are loaded, too, because ensembles that are wanted call them.
    package mutating func start(
        _ scan: RepositoryScan, fingerprints: [String: ModelFingerprint], isWanted: (String) -> Bool,
        pulledIn: Set<String> = []
    ) -> [LoadOrder] {
        scan.models.compactMap { scanned in
            var entry = Entry(life: ModelLife(control: control), scanned: scanned)
            var action = entry.life.found()
            if control == .explicit {
                let isAsked = isWanted(scanned.name)
                entry.isPulledIn = !isAsked && pulledIn.contains(scanned.name)
                if isAsked || entry.isPulledIn { action = entry.life.loadAsked() }
            }
            entries[scanned.name] = entry
            guard case .load(let attempt) = action else { return nil }
            return order(scanned.name, attempt: attempt, scanned, fingerprints[scanned.name])
        }
    }

    /// Somebody asks for a model to be loaded.
    ///
    /// What a request brings holds until the next load that brings something else. Files that it brings are forgotten
    /// by any other load, a configuration by one that finds other files, or by unloading the model.
    ///
    /// - Parameter found: the model as it lies in its repository now, and the state of its files.
    /// - Parameter isMember: whether it is loaded because an ensemble calls it.
    package mutating func loadAsked(
        _ name: String, found: (scanned: ScannedModel, fingerprint: ModelFingerprint)?, override: LoadOverride?,
        isMember: Bool = false
    ) -> LoadReply {
        var entry = entries[name] ?? Entry(life: ModelLife(control: control))
        entry.isPulledIn = isMember && (entry.isPulledIn || !entry.life.isWanted)
        if entries[name] != nil { entries[name] = entry }
        if override == nil {
            guard let found else { return .unknownModel }
            if isUnchanged(name, found.fingerprint) { return .unchanged }
        } else if override?.files.isEmpty == true, found == nil {
            return .unknownModel
        }
        let scanned: ScannedModel
        if let override {
            scanned = ScannedModel(named: name, found: found?.scanned, override: override)
        } else if let found {
            scanned = found.scanned
        } else {
            preconditionFailure("a model that is not found was answered above")
        }
        entries[name] = entry
        if let found {
            entries[name]?.scanned = found.scanned
            _ = entries[name]?.life.found()
        }
        guard case .load(let attempt)? = entries[name]?.life.loadAsked() else {
            preconditionFailure("a model that is asked for is loaded")
        }
        return .load(order(name, attempt: attempt, scanned, found?.fingerprint))
    }

    /// Whether a model is known whose name is written with other bytes, so that it would be taken for this one.
    package func isConfusable(_ name: String) -> Bool {
        entries.index(forKey: name).map { entries[$0].key.isConfusable(with: name) } ?? false
    }

    /// Whether a model answers, and its files are those that it was loaded from.
    package func isUnchanged(_ name: String, _ fingerprint: ModelFingerprint) -> Bool {
        guard let entry = entries[name], !entry.slots.isEmpty, entry.override?.files.isEmpty != false else {
            return false
        }
        return !entry.hasFailed && entry.attempted == fingerprint
    }

    /// Somebody asks for a model to be unloaded; one that is not loaded stays so.
    ///
    /// - Parameter withMembers: whether models go, too, that were loaded only because this one calls them, and that no
    ///   other ensemble calls; and so on.
    /// - Source: Triton's `unload_dependents` (`ModelRepositoryManager::DependencyGraph::RemoveNodes`).
    package mutating func unloadAsked(_ name: String, withMembers: Bool = false) {
        var next = [name]
        while let name = next.popLast() {
            let members = entries[name]?.composition?.modelNames ?? []
            unload(name)
            if withMembers { next += members.sorted().filter { isOrphan($0) } }
        }
    }

    private mutating func unload(_ name: String) {
        guard var entry = entries[name] else { return }
        hasNews = true
        perform(entry.life.unloadAsked(), on: &entry, name)
        entry.forgetLinks()
        entries[name] = entry
        forgetIfOver(name)
    }

    /// Whether a model is loaded for ensembles alone, and for none that is still wanted.
    private func isOrphan(_ name: String) -> Bool {
        guard let entry = entries[name], entry.isPulledIn, entry.life.isWanted else { return false }
        return !entries.values.contains { $0.composition?.modelNames.contains(name) == true && $0.life.isWanted }
    }

    /// Takes versions out of service.
    mutating func perform(_ action: ModelLife.Action, on entry: inout Entry, _ name: String) {
        guard case .retire(let versions) = action else { return }
        retire(versions, of: &entry, name)
        entry.attempted = nil
        entry.origins = [:]
        entry.override = nil
        entry.hasFailed = false
        entry.notices = []
        entry.forgetLinks()
    }
}

extension ModelCatalog {
    /// What a client is told whose load failed, in Triton's words; nil if the last attempt succeeded.
    package func failure(of name: String) -> String? {
        guard let entry = entries[name], entry.hasFailed else { return nil }
        return "load failed for model '\(name)': \(entry.life.failure)"
    }
}
