package import LinuxSystem

/// What lies in the repositories while the server runs.
extension ModelCatalog {
    /// What a look at the repositories leads to.
    package struct Look: Sendable {
        package var orders: [LoadOrder] = []
        /// When to look again, at the latest.
        package var next = Nanoseconds.never
    }

    /// One look.
    package struct Sight: Sendable {
        package var scan: RepositoryScan
        /// By model.
        package var fingerprints: [String: ModelFingerprint]
        /// Paths that were moved to where they are since the last look.
        package var movedHere: Set<String>
        /// Of the monotonic clock.
        package var now: Nanoseconds
        /// Since 1970.
        package var time: Nanoseconds

        /// Describes a look.
        package init(
            scan: RepositoryScan, fingerprints: [String: ModelFingerprint], movedHere: Set<String>, now: Nanoseconds,
            time: Nanoseconds
        ) {
            self.scan = scan
            self.fingerprints = fingerprints
            self.movedHere = movedHere
            self.now = now
            self.time = time
        }
    }

    /// Compares what lies in the repositories with what was read from them.
    ///
    /// Where models are loaded on request this only lists them.
    package mutating func look(_ sight: Sight) -> Look {
        var look = Look()
        var names = Set<String>()
        for scanned in sight.scan.models {
            names.insert(scanned.name)
            judge(scanned, sight, &look)
        }
        let unreadable = sight.scan.unreadableRepositories.map(\.path)
        for name in entries.keys.sorted() where !names.contains(name) {
            let directory = entries[name]?.scanned?.directory ?? name
            // A repository that cannot be read for a while has lost no model.
            if unreadable.contains(where: { directory.hasPrefix($0 + "/") }) { continue }
            judgeAbsence(of: name, sight, &look)
        }
        return look
    }

    private mutating func judge(_ scanned: ScannedModel, _ sight: Sight, _ look: inout Look) {
        let name = scanned.name
        if entries[name] == nil { hasNews = true }
        var entry = entries[name] ?? Entry(life: ModelLife(control: control))
        entry.scanned = scanned
        entry.goneSince = nil
        defer { entries[name] = entry }
        guard control == .poll, let fingerprint = sight.fingerprints[name] else {
            _ = entry.life.found()
            return
        }
        guard fingerprint != entry.attempted else { return entry.settling.forget() }
        let changed = fingerprint.changedPaths(since: entry.attempted)
        let decision = entry.settling.look(
            fingerprint, hasVanished: changed == nil,
            isMovedHere: changed.map { !$0.isEmpty && Self.areCovered($0, by: sight.movedHere) } ?? false,
            now: sight.now, time: sight.time)
        switch decision {
        case .wait(let instant): look.next = min(look.next, instant)
        case .settled where fingerprint.isBeingWritten:
            look.next = min(look.next, sight.now + ModelRepositoryLimits.quietTime)
        case .settled:
            var action = entry.life.found()
            if action == .nothing { action = entry.life.changed() }
            guard case .load(let attempt) = action else { return }
            entries[name] = entry
            look.orders.append(order(name, attempt: attempt, scanned, fingerprint))
        }
    }

    private mutating func judgeAbsence(of name: String, _ sight: Sight, _ look: inout Look) {
        guard var entry = entries[name], entry.scanned != nil else { return }
        let since = entry.goneSince ?? sight.now
        entry.goneSince = since
        // A model that is replaced by a deletion and a copy is away for a moment.
        let end = since + ModelRepositoryLimits.quietTime
        if sight.now < end, control == .poll {
            look.next = min(look.next, end)
            entries[name] = entry
            return
        }
        hasNews = true
        entry.scanned = nil
        perform(entry.life.gone(), on: &entry, name)
        entry.attempted = nil
        entries[name] = entry
        forgetIfOver(name)
    }

    /// Whether every path, or a directory that it lies in, is among others.
    private static func areCovered(_ paths: [String], by others: Set<String>) -> Bool {
        guard !others.isEmpty else { return false }
        return paths.allSatisfy { path in
            var rest = path[...]
            while !rest.isEmpty {
                if others.contains(String(rest)) { return true }
                guard let slash = rest.lastIndex(of: "/") else { return false }
                rest = rest[..<slash]
            }
            return false
        }
    }
}
