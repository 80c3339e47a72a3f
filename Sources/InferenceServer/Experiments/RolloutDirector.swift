import DurableState
import EventLoops
import LinuxSystem
import ModelMonitoring
import ModelRepository
import TrafficSplitting

/// Leads the rollouts of all splits: keeps their state, gives candidates their shares, and judges them once a second.
///
/// Where the state is in PostgreSQL, several servers lead the same rollout: each looks every few seconds what the
/// others have written, and of two who want to change it at once the first one does. Otherwise each leads its own.
///
/// - Isolation: the monitoring thread.
final class RolloutDirector {
    /// One rollout.
    private struct Entry {
        var rollout: Rollout
        /// Of the document that it is kept in; 0 before it was written.
        var revision = 0
        /// Why the last change could not be kept yet; nil if it was.
        var fault: String?
        var baseline: RolloutBaseline
    }

    /// What has become of a command.
    enum Outcome: Equatable {
        case done
        /// Nothing was changed, for this reason.
        case refused(String)
        /// It is carried out, but that could not be kept; what holds now and why, as a sentence.
        case unkept(String)
    }

    private let state: ServerState
    private var store: StateStore?
    private var entries: [String: Entry] = [:]
    private var loops: [Mailbox<LoopOrder>] = []
    private var lastReading: Int64 = 0

    /// What documents with rollouts are called.
    private static let kind = "rollout"
    /// How often others' changes are looked for.
    private static let readingSeconds: Int64 = 5

    init(_ state: ServerState) { self.state = state }

    /// Keeps state from now on.
    func keep(in store: StateStore) { self.store = store }

    var isKept: Bool { store != nil }

    /// Where loops are told of other weights.
    func began(_ loops: [Mailbox<LoopOrder>]) { self.loops = loops }

    /// The rollout of a split; nil if it has none.
    func rollout(of split: String) -> Rollout? { entries[split]?.rollout }

    // MARK: Splits

    /// Takes the splits as they serve now: begins their rollouts, or goes on with those that were kept.
    func adopt(_ monitors: [SplitMonitor], now: Int64) {
        let names = Set(monitors.filter { $0.split.rollout != nil }.map(\.split.name))
        for name in entries.keys where !names.contains(name) { entries[name] = nil }
        for monitor in monitors {
            let split = monitor.split
            guard let plan = split.rollout else {
                share(split, nil)
                continue
            }
            if entries[split.name] == nil { entries[split.name] = begin(plan, monitor, now) }
            _ = change(monitor, now) { $0.planned(plan, at: now) }
            share(split, entries[split.name]?.rollout)
        }
    }

    private func begin(_ plan: RolloutPlan, _ monitor: SplitMonitor, _ now: Int64) -> Entry {
        let baseline = RolloutBaseline(monitor.split, state.metrics)
        monitor.stepBegan(at: now * 1_000_000_000)
        let kept = read(monitor.split.name)
        if var rollout = kept?.rollout {
            rollout.resumedByProcess(at: now)
            return Entry(rollout: rollout, revision: kept?.revision ?? 0, baseline: baseline)
        }
        // A document that cannot be read is replaced.
        var entry = Entry(rollout: Rollout(plan, at: now), revision: kept?.revision ?? 0, baseline: baseline)
        let isOurs = write(&entry, monitor.split.name)
        log(monitor.split.name, entry.rollout)
        // Of servers that begin at once the one that was first tells.
        if isOurs { tell(monitor.split.name, entry.rollout, before: nil) }
        return entry
    }

    // MARK: Changes

    /// Looks at every rollout.
    ///
    /// - Parameter now: seconds since 1970.
    func look(_ monitors: [SplitMonitor], now: Int64) {
        if store != nil, now - lastReading >= Self.readingSeconds {
            lastReading = now
            for monitor in monitors {
                keepAgain(monitor.split.name)
                takeUp(monitor, now)
            }
        }
        for monitor in monitors {
            guard let entry = entries[monitor.split.name], entry.rollout.phase == .running,
                let candidate = monitor.split.variants.firstIndex(where: { $0.name == entry.rollout.plan.candidate })
            else { continue }
            let figures = entry.baseline.figures(
                of: monitor, candidate: candidate, state.metrics,
                psi: state.drift.psi(of: monitor.split.variants[candidate].model))
            _ = change(monitor, now) { $0.looked(figures, at: now) }
        }
    }

    /// Does what somebody wants.
    func command(_ command: Rollout.Command, _ monitor: SplitMonitor, now: Int64) -> Outcome {
        let name = monitor.split.name
        guard entries[name] != nil else {
            return .refused("split '\(name)' has no rollout: its traffic_split has no section rollout")
        }
        takeUp(monitor, now)
        if let reason = change(monitor, now, { $0.commanded(command, at: now) }) { return .refused(reason) }
        guard let entry = entries[name], let fault = entry.fault else { return .done }
        return .unkept(
            "the rollout of split '\(name)' is \(entry.rollout.phase.rawValue) at \(entry.rollout.share) % now, but "
                + "that could not be kept and is forgotten if this server ends before it is: \(fault)")
    }

    /// Changes a rollout, keeps it, shares requests out anew and tells.
    ///
    /// - Returns: why it was not changed; nil if it was, or if there was nothing to change.
    private func change(
        _ monitor: SplitMonitor, _ now: Int64, _ event: (inout Rollout) -> Rollout.Action
    ) -> String? {
        let name = monitor.split.name
        guard var entry = entries[name] else { return nil }
        let before = entry.rollout.changes.last
        switch event(&entry.rollout) {
        case .nothing: return nil
        case .refuse(let reason): return reason
        case .change: break
        }
        guard write(&entry, name) || replaceLost(&entry, name) else {
            // Another server was faster: what it has decided holds.
            takeUp(monitor, now)
            return "the rollout of split '\(name)' was changed elsewhere at the same time: look, and ask again"
        }
        entry.baseline = RolloutBaseline(monitor.split, state.metrics)
        monitor.stepBegan(at: now * 1_000_000_000)
        entries[name] = entry
        share(monitor.split, entry.rollout)
        log(name, entry.rollout)
        tell(name, entry.rollout, before: before)
        return nil
    }

    /// Takes up what another server has written.
    private func takeUp(_ monitor: SplitMonitor, _ now: Int64) {
        let name = monitor.split.name
        guard let entry = entries[name], entry.fault == nil, let kept = read(name), kept.revision != entry.revision,
            let rollout = kept.rollout, monitor.split.variants.contains(where: { $0.name == rollout.plan.candidate })
        else { return }
        entries[name] = Entry(
            rollout: rollout, revision: kept.revision, baseline: RolloutBaseline(monitor.split, state.metrics))
        monitor.stepBegan(at: now * 1_000_000_000)
        share(monitor.split, rollout)
        // Who has decided it tells it.
        log(name, rollout)
    }

    private func share(_ split: TrafficSplit, _ rollout: Rollout?) {
        let weights = rollout.map { RolloutShares.weights(of: split, candidate: $0.plan.candidate, percent: $0.share) }
        guard state.monitoring.set(weights, of: split.name) else { return }
        for loop in loops { loop.send(.reweigh(split.name)) }
    }

    /// Sends the latest change to those outside, if there was one since `before`: other guards alone are none.
    private func tell(_ split: String, _ rollout: Rollout, before: Rollout.Change?) {
        guard let change = rollout.changes.last, change != before else { return }
        state.events.rolloutChanged(split: split, candidate: rollout.plan.candidate, change, before: before)
    }

    private func log(_ split: String, _ rollout: Rollout) {
        guard let change = rollout.changes.last else { return }
        state.log.write(
            rollout.phase == .rolledBack ? .warning : .info, "rollout", .init("split", split),
            .init("candidate", rollout.plan.candidate), .init("phase", change.phase.rawValue),
            .init("percent", change.share), .init("reason", change.reason))
    }

    // MARK: State

    /// What is kept of a split's rollout.
    ///
    /// - Returns: nil if nothing is; without a rollout if it cannot be read.
    private func read(_ split: String) -> (rollout: Rollout?, revision: Int)? {
        guard let store else { return nil }
        do throws(StateFault) {
            guard let document = try store.document(Self.kind, split) else { return nil }
            let bytes = Array(document.content.utf8)
            let rollout = Rollout(json: bytes.span)
            if rollout == nil {
                state.log.clientFault(
                    "the state of a rollout is none that this version reads", .init("split", split))
            }
            return (rollout, document.revision)
        } catch {
            state.log.clientFault("the state of a rollout cannot be read", .init("reason", error.description))
            return nil
        }
    }

    /// Tries again to keep what could not be kept.
    private func keepAgain(_ split: String) {
        guard var entry = entries[split], entry.fault != nil else { return }
        // Where another server has changed the rollout meanwhile, its state is taken up.
        if !write(&entry, split), !replaceLost(&entry, split) { entry.fault = nil }
        entries[split] = entry
    }

    /// Keeps a rollout anew whose document somebody has removed, as restoring a backup does.
    ///
    /// - Returns: false if there is one.
    private func replaceLost(_ entry: inout Entry, _ split: String) -> Bool {
        guard entry.revision != 0, read(split) == nil else { return false }
        entry.revision = 0
        return write(&entry, split)
    }

    /// Keeps a rollout.
    ///
    /// - Returns: false if somebody else has changed it meanwhile.
    @discardableResult
    private func write(_ entry: inout Entry, _ split: String) -> Bool {
        guard let store else { return true }
        var buffer = ByteBuffer()
        entry.rollout.append(to: &buffer)
        let text = buffer.withBytes { $0.text($0.indices) }
        do throws(StateFault) {
            let revision = try store.save(
                Self.kind, split, text, replacing: entry.revision,
                nanosecondsSince1970: WallClock.nanosecondsSince1970())
            guard let revision else { return false }
            entry.revision = revision
            entry.fault = nil
        } catch {
            // The rollout goes on: a guard that was broken must take the candidate off whether that can be kept or not.
            entry.fault = error.description
            state.log.clientFault("the state of a rollout cannot be kept", .init("reason", error.description))
        }
        return true
    }
}
