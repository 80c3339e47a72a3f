import LinuxSystem

/// All models of a server: the life of each, the versions that answer with their slots, and the tables that loops serve
/// from.
///
/// It does no I/O. Who owns it looks at the disk, loads what it orders, tells it what came of that, and publishes its
/// tables; loops report when they are done with a slot.
///
/// - Isolation: a value; the start of the server, then the thread of the repository.
package struct ModelCatalog: Sendable {
    struct Entry: Sendable {
        var life: ModelLife
        /// As it lies in the repository, if it does.
        var scanned: ScannedModel?
        /// Slots of the versions that answer.
        var slots: [Int64: Int] = [:]
        /// The state of the files that the last attempt has read; nil if there was none.
        var attempted: ModelFingerprint?
        /// The state of the files from which each version that answers was loaded.
        var origins: [Int64: ModelFingerprint] = [:]
        /// What a request has brought for the versions that answer.
        var override: LoadOverride?
        /// Whether the last attempt failed, wholly or in part.
        var hasFailed = false
        /// What the last attempt had to tell an operator.
        var notices: [LoadNotice] = []
        var settling = ContentSettling()
        /// Since when the model has not been in its repository.
        var goneSince: Nanoseconds?
        /// Whether it is loaded only because an ensemble or a split calls it.
        var isPulledIn = false
        /// What puts the versions together, if the model is an ensemble or a split.
        var composition: (any ComposedDefinition)?
        /// The models that it was put together from last, why others were missing, and why it could not be, or nothing.
        var linked: [ServedModel?] = []
        var linkAbsences: [ComposedAbsence?] = []
        var linkFault = ""
    }

    let control: ModelLife.Control
    var entries: [String: Entry] = [:]
    var slots = ServingSlots<ServedModel>()
    /// What retired slots stand for.
    private var retired: [Int: (name: String, version: Int64)] = [:]
    private var generation = 0
    /// Whether the last table does not tell all any more.
    package internal(set) var hasNews = true

    /// Makes a catalog of no models.
    package init(control: ModelLife.Control) {
        self.control = control
    }

    /// Loops begin to serve: a version that ends is theirs until each of them has released its slot.
    package mutating func loopsBegan(count: Int) {
        slots.loops = Set(0..<count)
    }

    // MARK: Tables

    /// Makes the table of this moment.
    package mutating func makeTable() -> ServingTable {
        defer { generation += 1 }
        hasNews = false
        let names = entries.map { name, entry in
            ServingTable.Name(
                name: name, versions: entry.versions, reason: entry.life.reason, isUntouched: !entry.life.isTouched)
        }
        return ServingTable(slots: slots.models, names: names, generation: generation)
    }

    /// A loop has no work for a retired slot and will get none.
    ///
    /// - Returns: the model, if no loop has; whoever drops it last gives its memory back.
    package mutating func released(_ slot: Int, by loop: Int) -> ServedModel? {
        let model = slots.model(at: slot)
        guard slots.released(slot, by: loop) else { return nil }
        noteRelease(of: slot)
        return model
    }

    private mutating func noteRelease(of slot: Int) {
        guard let (name, version) = retired.removeValue(forKey: slot) else {
            preconditionFailure("a slot is retired before it is released")
        }
        hasNews = true
        entries[name]?.life.released(version)
        forgetIfOver(name)
    }

    // MARK: Loading

    /// Begins an attempt to load a model from its files, or from what a request has brought.
    mutating func order(
        _ name: String, attempt: Int, _ scanned: ScannedModel, _ fingerprint: ModelFingerprint?
    ) -> LoadOrder {
        hasNews = true
        var keeping: [Int64: ServedModel] = [:]
        if let entry = entries[name], entry.override == nil, scanned.override == nil, let fingerprint {
            for (version, slot) in entry.slots {
                guard let origin = entry.origins[version], fingerprint.isSame(version, as: origin) else { continue }
                keeping[version] = slots.model(at: slot)
            }
        }
        return LoadOrder(name: name, attempt: attempt, scanned: scanned, fingerprint: fingerprint, keeping: keeping)
    }

    /// An attempt knows which versions it loads.
    package mutating func planned(_ order: LoadOrder, versions: [Int64]) {
        hasNews = true
        entries[order.name]?.life.planned(attempt: order.attempt, versions: versions)
    }

    /// An attempt has ended.
    ///
    /// - Returns: what came of it; of an ensemble, whose versions are put together here, more than was told, and of
    ///   notices only those that are new.
    @discardableResult
    package mutating func ended(_ order: LoadOrder, _ outcome: ModelLoader.Outcome) -> ModelLoader.Outcome {
        guard var entry = entries[order.name], entry.life.isUnderWay(order.attempt) else { return outcome }
        let notices = outcome.notices
        hasNews = true
        var outcome = outcome
        // What the attempt before has told is not told again.
        outcome.notices.removeAll { entry.notices.contains($0) }
        entry.notices = notices
        var link: Link?
        if var composition = outcome.composition {
            link = self.link(&composition, keeping: order.keeping, of: entry)
            outcome.composition = composition
        }
        if let link { outcome.versions = link.versions }
        var loaded: [Int64: ServedModel] = [:]
        var outcomes: [Int64: ModelLife.Outcome] = [:]
        for (version, result) in outcome.versions {
            switch result {
            case .success(let model):
                loaded[version] = model
                outcomes[version] = model === order.keeping[version] ? .kept : .loaded
            case .failure(let fault): outcomes[version] = .failed(reason: link?.reason ?? fault.description)
            }
        }
        let action = entry.life.ended(
            attempt: order.attempt, outcomes, fault: outcome.fault?.description ?? "")
        entry.attempted = order.fingerprint
        entry.hasFailed = outcome.hasFailed
        entry.settling.forget()
        if entry.life.serving.isEmpty || !outcome.hasFailed {
            entry.composition = outcome.composition
            entry.note(link)
        }
        if case .replace(let versions, let retiring) = action {
            replace(retiring, by: versions, of: loaded, in: &entry, order.name)
            entry.override = order.scanned.override
            entry.origins = [:]
            if let fingerprint = order.fingerprint {
                for version in entry.slots.keys { entry.origins[version] = fingerprint }
            }
        }
        entries[order.name] = entry
        return outcome
    }

    /// Lets versions serve that were loaded, and others not any more.
    mutating func replace(
        _ retiring: [Int64], by versions: [Int64], of loaded: [Int64: ServedModel], in entry: inout Entry,
        _ name: String
    ) {
        retire(retiring, of: &entry, name)
        for version in versions {
            guard let model = loaded[version] else { preconditionFailure("what is to serve was loaded") }
            entry.slots[version] = slots.place(model)
        }
    }

    /// Takes the slots of versions that answer no more requests.
    mutating func retire(_ versions: [Int64], of entry: inout Entry, _ name: String) {
        for version in versions {
            guard let slot = entry.slots.removeValue(forKey: version) else {
                preconditionFailure("a version that answers has a slot")
            }
            retired[slot] = (name, version)
            guard slots.retire(slot) else { continue }
            retired[slot] = nil
            entry.life.released(version)
        }
    }

    mutating func forgetIfOver(_ name: String) {
        if entries[name]?.life.isOver == true { entries[name] = nil }
    }
}

extension ModelCatalog.Entry {
    /// Every version as tables show it.
    fileprivate var versions: [ServingTable.Version] {
        life.versions.map { number, state in
            switch state {
            case .ready(let note):
                guard let slot = slots[number] else { preconditionFailure("a version that answers has a slot") }
                return ServingTable.Version(number: number, state: .ready(slot: slot), note: note)
            case .loading: return ServingTable.Version(number: number, state: .loading)
            case .unloading: return ServingTable.Version(number: number, state: .unloading)
            case .unavailable(let reason):
                return ServingTable.Version(number: number, state: .unavailable(reason: reason))
            }
        }
    }
}

extension ModelLoader.Outcome {
    /// Whether anything that was to be loaded could not be.
    package var hasFailed: Bool {
        fault != nil || versions.contains { if case .failure = $0.result { true } else { false } }
    }
}
