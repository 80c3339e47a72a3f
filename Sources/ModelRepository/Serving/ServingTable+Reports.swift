extension ServingTable {
    /// One line of the repository index.
    package struct IndexEntry: Sendable, Equatable {
        package var name: String
        /// Nil for a model of which no version was found.
        package var version: Int64?
        /// `READY` or `UNAVAILABLE`; nil for a model that was never touched.
        package var state: String?
        /// Empty when there is nothing to say; the index then omits it.
        package var reason: String
    }

    /// Reason of a version that was unloaded on request: readiness forgives it.
    ///
    /// Of an ensemble that calls such a model the reason begins so, too: the model, and so the ensemble, was unloaded.
    package static let unloadedReason = "unloaded"

    /// Every model and version in the order of names and versions.
    package var index: [IndexEntry] {
        var entries: [IndexEntry] = []
        for name in names {
            if name.versions.isEmpty {
                let state = name.reason.isEmpty || name.isUntouched ? nil : "UNAVAILABLE"
                entries.append(IndexEntry(name: name.name, version: nil, state: state, reason: name.reason))
            }
            for version in name.versions {
                var (state, reason) = ("\(version.state.name)", version.note)
                if case .unavailable(let sentence) = version.state { reason = sentence }
                if let unreadiness = unreadiness(of: version) { (state, reason) = ("UNAVAILABLE", unreadiness) }
                entries.append(IndexEntry(name: name.name, version: version.number, state: state, reason: reason))
            }
        }
        return entries
    }

    /// Why a version that answers is not ready all the same; nil if it is.
    private func unreadiness(of version: Version) -> String? {
        guard case .ready(let slot) = version.state, let reason = slots[slot]?.unreadiness else { return nil }
        return reason.isEmpty ? nil : reason
    }

    /// Versions of a model that answer, ascending.
    package func readyVersions(ofNameAt index: Int) -> [Int64] {
        names[index].versions.compactMap { version in
            if case .ready = version.state { version.number } else { nil }
        }
    }

    /// What a client is told when its model cannot answer, in Triton's words.
    ///
    /// - Returns: nil for `.ready`.
    package static func explanation(of lookup: Lookup, name: String, version: Int64?) -> String? {
        let model = "Request for unknown model: '\(name)'"
        let number = version.map { " version \($0)" } ?? ""
        switch lookup {
        case .ready: return nil
        case .unknownName: return "\(model) is not found"
        case .unknownVersion: return "\(model)\(number) is not found"
        case .noReadyVersion: return "\(model) has no available versions"
        case .versionNotReady: return "\(model)\(number) is not at ready state"
        }
    }
}

extension String {
    /// Whether a version that gives this reason does not answer because of a request to unload.
    var isUnloadedReason: Bool {
        self == ServingTable.unloadedReason || hasPrefix(ServingTable.unloadedReason + ": ")
    }
}
