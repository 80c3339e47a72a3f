/// Ensembles and splits are put together from the models that answer, and anew whenever these are others.
///
/// They hold their models; while one waits to be put together anew it answers with those it had. Where a model is gone
/// without which it cannot be, it answers no more, and does again when there is another.
extension ModelCatalog {
    /// What came of putting a model together.
    struct Link {
        /// The model of each reference; nil where none is ready.
        var members: [ServedModel?]
        /// Why a model is missing that is not needed; nil for one that is there.
        var absences: [ComposedAbsence?]
        var versions: [(number: Int64, result: Result<ServedModel, LoadFault>)]
        /// Why the versions do not serve, as the index shows it; nil if they do.
        var reason: String?
    }

    /// Puts all models together anew whose own have changed.
    ///
    /// To be called when models were loaded or unloaded, before the next table is made that shows it.
    ///
    /// - Complexity: compares the models of every step of every ensemble and of every variant of every split.
    /// - Returns: what came of those that have changed.
    package mutating func relink() -> [ModelLoader.Outcome] {
        var outcomes: [ModelLoader.Outcome] = []
        for name in compositionOrder() {
            guard let outcome = relink(name) else { continue }
            outcomes.append(outcome)
        }
        return outcomes
    }

    /// The models that the ensemble or split calls that is in force under a name.
    package func memberNames(of name: String) -> Set<String> { entries[name]?.composition?.modelNames ?? [] }

    private mutating func relink(_ name: String) -> ModelLoader.Outcome? {
        guard var entry = entries[name], var composition = entry.composition, entry.life.isIdle else { return nil }
        let serving = entry.slots.mapValues { slots.model(at: $0) }
        let link = link(&composition, keeping: serving, of: entry)
        if link.isSame(as: entry), link.reason ?? "" == entry.linkFault { return nil }
        entry.composition = composition
        var loaded: [Int64: ServedModel] = [:]
        var outcomes: [Int64: ModelLife.Outcome] = [:]
        for (version, result) in link.versions {
            switch result {
            case .success(let model):
                loaded[version] = model
                outcomes[version] = model === serving[version] ? .kept : .loaded
            case .failure(let fault): outcomes[version] = .failed(reason: link.reason ?? fault.description)
            }
        }
        entry.note(link)
        guard case .replace(let versions, let retiring) = entry.life.relinked(outcomes) else {
            preconditionFailure("a model that is wanted and not being loaded is put together")
        }
        hasNews = true
        replace(retiring, by: versions, of: loaded, in: &entry, name)
        for version in versions where entry.origins[version] == nil { entry.origins[version] = entry.attempted }
        entry.hasFailed = link.reason != nil || entry.life.isReplacementFailed
        entries[name] = entry
        var outcome = ModelLoader.Outcome(name: name, fault: nil)
        outcome.versions = link.versions
        outcome.isUnloaded = link.reason?.isUnloadedReason == true
        return outcome
    }

    /// Puts the versions of an ensemble or a split together.
    ///
    /// - Parameter composition: is told of the models that are there.
    /// - Parameter keeping: versions that stay as they are if their models do.
    func link(
        _ composition: inout any ComposedDefinition, keeping: [Int64: ServedModel], of entry: Entry
    ) -> Link {
        let members = composition.references.map { member($0) }
        composition.remember(members)
        let absences = absences(in: composition, members)
        var link = Link(members: members, absences: absences, versions: [], reason: nil)
        if let (fault, isUnloaded) = absence(in: composition, members, absences) {
            link.reason = (isUnloaded ? ServingTable.unloadedReason + ": " : "") + fault.description
            link.versions = composition.versions.map { ($0, .failure(fault)) }
            return link
        }
        let isSame = link.isSame(as: entry)
        for version in composition.versions {
            if isSame, let kept = keeping[version] {
                link.versions.append((version, .success(kept)))
                continue
            }
            do throws(LoadFault) {
                let served = try composition.serve(version: version, members: members, absences: absences)
                link.versions.append((version, .success(served)))
            } catch {
                link.reason = error.description
                link.versions.append((version, .failure(error)))
            }
        }
        return link
    }

    /// The version that a reference calls, if it answers.
    private func member(_ reference: ComposedReference) -> ServedModel? {
        guard let entry = entries[reference.model] else { return nil }
        let version = reference.version ?? entry.slots.keys.max()
        return version.flatMap { entry.slots[$0] }.map { slots.model(at: $0) }
    }

    // MARK: What is missing

    /// Why a model cannot be put together, if others are missing, and whether they were unloaded on request.
    private func absence(
        in composition: any ComposedDefinition, _ members: [ServedModel?], _ absences: [ComposedAbsence?]
    ) -> (fault: LoadFault, isUnloaded: Bool)? {
        for (number, reference) in composition.references.enumerated() {
            guard let circle = path(from: reference.model, to: composition.name) else { continue }
            let names = ([composition.name] + circle).map { "'\($0)'" }.joined(separator: ", ")
            let sentence = "\(composition.kind) call each other in a circle: \(names)"
            return (composition.fault(ofReference: number, sentence), false)
        }
        guard let number = composition.fatalAbsence(among: members), let absence = absences[number] else { return nil }
        return (composition.fault(ofReference: number, absence.sentence), absence.isUnloaded)
    }

    /// Why each model that is not there is not.
    private func absences(in composition: any ComposedDefinition, _ members: [ServedModel?]) -> [ComposedAbsence?] {
        composition.references.enumerated().map { number, reference in
            guard members[number] == nil else { return nil }
            let entry = entries[reference.model]
            let isUnloaded = entry?.life.isUnloadedNow == true || entry?.linkFault.isUnloadedReason == true
            return ComposedAbsence(sentence: reason(entry, version: reference.version), isUnloaded: isUnloaded)
        }
    }

    private func reason(_ entry: Entry?, version: Int64?) -> String {
        guard let entry, entry.scanned != nil || entry.life.isWanted else { return "no repository has the model" }
        if entry.life.isUnloadedNow { return "the model is unloaded" }
        if let version, !entry.slots.isEmpty { return "version \(version) of the model is not ready" }
        if !entry.life.failure.isEmpty {
            // Reasons hold those of what they wait for: the index would grow with the square of a long way.
            let failure = entry.life.failure
            let shown = failure.prefix(ModelRepositoryLimits.innerReasonCharacterCount)
            return "the model is not ready: \(shown)\(shown.endIndex == failure.endIndex ? "" : "…")"
        }
        return entry.life.isWanted ? "the model is not ready: it is being loaded" : "the model is not loaded"
    }

    /// The models on a way from one to another, both included; nil if there is no way.
    private func path(from start: String, to end: String) -> [String]? {
        var seen: Set<String> = [start]
        var way = [(name: start, rest: memberNames(of: start).sorted(by: >))]
        if start == end { return [start] }
        while let last = way.indices.last {
            guard let next = way[last].rest.popLast() else {
                way.removeLast()
                continue
            }
            if next == end { return way.map(\.name) + [end] }
            if seen.insert(next).inserted { way.append((next, memberNames(of: next).sorted(by: >))) }
        }
        return nil
    }

    /// All ensembles and splits, each behind those that it calls.
    private func compositionOrder() -> [String] {
        var callees: [String: Set<String>] = [:]
        for (name, entry) in entries {
            if let composition = entry.composition { callees[name] = composition.modelNames }
        }
        return CallOrder.sorted(Array(callees.keys), calling: callees)
    }
}

extension ModelCatalog.Link {
    /// Whether an entry was put together from the same models, with the same ones missing.
    func isSame(as entry: ModelCatalog.Entry) -> Bool {
        members.count == entry.linked.count && zip(members, entry.linked).allSatisfy { $0 === $1 }
            && absences == entry.linkAbsences
    }
}

extension ModelCatalog.Entry {
    /// Keeps what the model was put together from.
    mutating func note(_ link: ModelCatalog.Link?) {
        linked = link?.members ?? []
        linkAbsences = link?.absences ?? []
        linkFault = link?.reason ?? ""
    }

    /// The model is put together from others no more, or is not to be.
    mutating func forgetLinks() {
        isPulledIn = false
        composition = nil
        note(nil)
    }
}

extension ModelLife {
    /// Whether the model is to answer and nothing is being loaded for it.
    var isIdle: Bool { isWanted && !isLoading }
}
