package import LinuxSystem

/// The rows that a model's drift is judged by: the last ones, by number and by age.
///
/// Rows are kept as counts in panes. A pane closes when it has a sixteenth of the window's rows or is a sixteenth of
/// its time old, and is forgotten when the others have the window's rows without it, or when its last row is older
/// than the window. The window therefore holds at least the last `windowRows` rows that are young enough, and at most
/// those of one pane more; a pane is as large as what was handed over at once.
///
/// - Isolation: a value.
package struct DriftWindow: Sendable {
    /// What was counted in some time.
    struct Pane: Sendable {
        var counts: DriftCounts
        /// Rows whose result is known, and those of them that the model calls anomalous.
        var resultCount: UInt64 = 0
        var anomalyCount: UInt64 = 0
        var begin: Nanoseconds
        var end: Nanoseconds
    }

    package private(set) var plan: DriftPlan
    /// Everything that the window remembers.
    private(set) var counts: DriftCounts
    private(set) var resultCount: UInt64 = 0
    private(set) var anomalyCount: UInt64 = 0
    private(set) var panes: [Pane] = []

    /// Makes an empty window.
    package init(_ plan: DriftPlan) {
        self.plan = plan
        counts = DriftCounts(for: plan)
    }

    /// Takes the settings of another plan, and keeps the rows.
    ///
    /// - Precondition: the plans count alike.
    package mutating func adopt(_ other: DriftPlan) {
        precondition(plan.countsAlike(other), "counts mean the same")
        plan = other
    }

    package var rowCount: UInt64 { counts.rowCount }

    /// How long ago the oldest remembered row may have come; zero for an empty window.
    package func age(at now: Nanoseconds) -> Nanoseconds { panes.first.map { now - $0.begin } ?? .zero }

    /// Remembers rows, and forgets what has become too old or too much.
    ///
    /// - Parameter resultCount: rows whose result is known.
    /// - Parameter anomalyCount: those of them that are anomalous.
    /// - Returns: whether anything was remembered or forgotten.
    @discardableResult
    package mutating func add(
        _ added: DriftCounts, resultCount: UInt64 = 0, anomalyCount: UInt64 = 0, at now: Nanoseconds
    ) -> Bool {
        let hasRows = !added.isEmpty || resultCount > 0
        if hasRows { remember(added, resultCount, anomalyCount, at: now) }
        return forget(at: now) || hasRows
    }

    private mutating func remember(
        _ added: DriftCounts, _ resultCount: UInt64, _ anomalyCount: UInt64, at now: Nanoseconds
    ) {
        if panes.last.map({ isClosed($0, at: now) }) ?? true {
            panes.append(Pane(counts: DriftCounts(for: plan), begin: now, end: now))
        }
        let last = panes.count - 1
        panes[last].counts.add(added)
        panes[last].resultCount += resultCount
        panes[last].anomalyCount += anomalyCount
        panes[last].end = now
        counts.add(added)
        self.resultCount += resultCount
        self.anomalyCount += anomalyCount
    }

    private func isClosed(_ pane: Pane, at now: Nanoseconds) -> Bool {
        let rows = plan.settings.windowRows / UInt64(DriftLimits.paneCount)
        let time = windowTime.count / Int64(DriftLimits.paneCount)
        return max(pane.counts.rowCount, pane.resultCount) >= rows || (now - pane.begin).count >= time
    }

    private var windowTime: Nanoseconds { .seconds(Int(plan.settings.windowSeconds)) }

    /// - Returns: whether there was anything to forget.
    private mutating func forget(at now: Nanoseconds) -> Bool {
        var hasForgotten = false
        while let first = panes.first {
            let rest = (counts.rowCount - first.counts.rowCount, resultCount - first.resultCount)
            let isEnough = max(rest.0, rest.1) >= plan.settings.windowRows
            guard isEnough || now - first.end > windowTime else { break }
            hasForgotten = true
            counts.subtract(first.counts)
            resultCount -= first.resultCount
            anomalyCount -= first.anomalyCount
            panes.removeFirst()
        }
        return hasForgotten
    }
}
