import AnomalyExplanation
import CloudEvents
import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol
import Synchronization

/// What this server tells those outside.
///
/// - Isolation: any thread.
final class ServerEvents: Sendable {
    let sender: EventSender
    /// `/rowan/<instance>`.
    private let source: String
    /// What every id begins with: the instance and when the process began, so that ids of no two processes meet.
    private let prefix: String
    private let count = Atomic<UInt64>(0)
    private let nanosecondsSince1970: @Sendable () -> Int64

    /// - Parameter instance: empty for the machine's name.
    init(
        _ sinks: [EventSinkOptions], instance: String,
        now: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970
    ) {
        let name = instance.isEmpty ? Self.machineName : instance
        sender = EventSender(sinks)
        source = "/rowan/" + Self.escaped(name)
        prefix = "\(Self.escaped(name))-\(String(now(), radix: 36))-"
        nanosecondsSince1970 = now
    }

    /// The events of a server that tells nobody anything.
    convenience init() { self.init([], instance: "none") }

    private static var machineName: String {
        let text = (try? FileSystem.readText("/proc/sys/kernel/hostname", byteCountLimit: 4_096)) ?? ""
        let name = text.split(separator: "\n").first.map { String($0) } ?? ""
        return name.isEmpty ? "unnamed" : name
    }

    /// What a path's segment may hold stays, everything else becomes a hyphen.
    private static func escaped(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._~-".contains($0)) ? $0 : "-" })
    }

    /// Tells that rows of a model have drifted.
    func drifted(_ watch: DriftMonitor.Watch, _ crossings: [DriftAlarm.Crossing], _ report: DriftReport) {
        guard sender.hasSinks else { return }
        let data = DriftEvent(watch, crossings, report).data
        send("rowan.drift.detected", subject: watch.key.model, data)
    }

    /// Tells that an explanation is ready, or that there will be none.
    func explained(_ incident: Incident) {
        guard sender.hasSinks else { return }
        let type = incident.job.state == .done ? "rowan.explanation.ready" : "rowan.explanation.failed"
        send(type, subject: incident.model.name, ExplanationEvent(incident).data)
    }

    /// Tells that a rollout has begun, moved or ended.
    ///
    /// - Parameter before: the change before this one; nil if the rollout has just begun.
    func rolloutChanged(split: String, candidate: String, _ change: Rollout.Change, before: Rollout.Change?) {
        guard sender.hasSinks else { return }
        let data = RolloutEvent(split: split, candidate: candidate, change, before: before).data
        send("rowan.rollout.changed", subject: split, data)
    }

    private func send(_ type: String, subject: String, _ data: [UInt8]) {
        let time = CivilTime(nanosecondsSince1970: nanosecondsSince1970())
        let number = count.add(1, ordering: .relaxed).newValue
        sender.send(
            CloudEvent(
                id: prefix + "\(number)", source: source, type: type, subject: subject, time: time.rfc3339, data: data))
    }
}
