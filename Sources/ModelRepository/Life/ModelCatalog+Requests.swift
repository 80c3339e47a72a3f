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
    package mutating func start(
        _ scan: RepositoryScan, fingerprints: [String: ModelFingerprint], isWanted: (String) -> Bool
    ) -> [LoadOrder] {
        scan.models.compactMap { scanned in
            var entry = Entry(life: ModelLife(control: control), scanned: scanned)
            var action = entry.life.found()
            if control == .explicit, isWanted(scanned.name) { action = entry.life.loadAsked() }
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
    package mutating func loadAsked(
        _ name: String, found: (scanned: ScannedModel, fingerprint: ModelFingerprint)?, override: LoadOverride?
    ) -> LoadReply {
        let entry = entries[name] ?? Entry(life: ModelLife(control: control))
        if override == nil {
            guard let found else { return .unknownModel }
            let isServing = !entry.slots.isEmpty && entry.override?.files.isEmpty != false
            if isServing, !entry.hasFailed, entry.attempted == found.fingerprint { return .unchanged }
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

    /// Somebody asks for a model to be unloaded; one that is not loaded stays so.
    package mutating func unloadAsked(_ name: String) {
        guard var entry = entries[name] else { return }
        hasNews = true
        perform(entry.life.unloadAsked(), on: &entry, name)
        entries[name] = entry
        forgetIfOver(name)
    }

    /// Takes versions out of service.
    mutating func perform(_ action: ModelLife.Action, on entry: inout Entry, _ name: String) {
        guard case .retire(let versions) = action else { return }
        retire(versions, of: &entry, name)
        entry.attempted = nil
        entry.origins = [:]
        entry.override = nil
        entry.hasFailed = false
    }
}

extension ModelCatalog {
    /// What a client is told whose load failed, in Triton's words; nil if the last attempt succeeded.
    package func failure(of name: String) -> String? {
        guard let entry = entries[name], entry.hasFailed else { return nil }
        return "load failed for model '\(name)': \(entry.life.failure)"
    }
}
