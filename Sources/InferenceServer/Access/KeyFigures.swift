import AccessControl

/// What the page of metrics tells about API keys.
struct KeyFigures: Sendable {
    /// One key, by its id; its counts by `KeyTally.Outcome`.
    struct Row: Sendable, Equatable {
        var id: String
        var counts: [UInt64]
    }

    var rows: [Row] = []
    /// Requests that were refused and belong to no key, by `KeyRefusalCounters.Reason`.
    var refusals: [UInt64] = []

    init(_ keys: APIKeyTable?, _ refusals: KeyRefusalCounters) {
        rows = (keys?.entries ?? []).map { entry in
            Row(
                id: entry.key.id.description,
                counts: KeyTally.Outcome.allCases.map { outcome in
                    entry.usage.tallies.reduce(0) { $0 &+ $1.value(of: outcome) }
                })
        }
        self.refusals = KeyRefusalCounters.Reason.allCases.map(refusals.value)
    }
}
