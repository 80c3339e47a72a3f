import LinuxSystem
import Synchronization

/// Writes what happens to standard error, one line per event.
///
/// A log must never be the reason that a server stands still: a line that cannot leave at once is dropped and
/// counted, and the count is the first thing written when there is room again. Faults that clients can repeat at
/// will are limited per kind and second; what was left out is summed up afterwards.
///
/// - Isolation: any thread. One lock is held for composing a line and for one write that does not wait; events are
///   rare, and requests leave none unless the operator asks for an access log.
package final class EventLog: Sendable {
    /// How much an event matters.
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        package static func < (lower: Level, higher: Level) -> Bool {
            lower.severity < higher.severity
        }

        private var severity: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// Whom a line is for.
    package enum Format: String, Sendable, CaseIterable {
        /// People: time, level, sentence, facts.
        case text
        /// Machines: one JSON object.
        case json
    }

    private struct State: ~Copyable {
        var line: EventLine
        var faults: [ClientFaultCount] = []
        /// Lines that found no room since the last one that did.
        var lostLines = 0
        /// Whether the last line left without its end.
        var endsInsideLine = false
    }

    private struct ClientFaultCount {
        let kind: StaticString
        var second: Int64
        var written = 0
        var suppressed = 0
    }

    /// `LogSettings` as one word; changed under the lock of `state`.
    private let settingsBits: Atomic<UInt64>
    private let format: Format
    private let sink: any EventSink
    /// Nanoseconds since 1970, UTC.
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>

    /// Makes a log.
    ///
    /// - Parameter now: nanoseconds since 1970, UTC.
    package convenience init(
        level: Level, format: Format, sink: any EventSink = StandardErrorSink(),
        now: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970
    ) {
        self.init(LogSettings(level: level), format: format, sink: sink, now: now)
    }

    /// Makes a log with settings that can be changed later.
    ///
    /// - Parameter now: nanoseconds since 1970, UTC.
    package init(
        _ settings: LogSettings, format: Format, sink: any EventSink = StandardErrorSink(),
        now: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970
    ) {
        settingsBits = Atomic(settings.bits)
        self.format = format
        self.sink = sink
        self.now = now
        state = Mutex(State(line: EventLine(format: format)))
    }

    /// What is written now.
    var settings: LogSettings { LogSettings(bits: settingsBits.load(ordering: .relaxed)) }

    /// Of which level the line of each request is to be, with what its model has made of it where that is debug or
    /// lines of debug are written, too; nil for no lines.
    var requestLines: (level: Level, areDetailed: Bool)? {
        let bits = settingsBits.load(ordering: .relaxed)
        let isDetailed = LogSettings.writesDebug(bits)
        if LogSettings.writesAccess(bits) { return (.info, isDetailed) }
        return isDetailed ? (.debug, true) : nil
    }

    /// Changes what is written, for all threads at once.
    ///
    /// - Parameter change: is given the settings; if it throws, they stay.
    /// - Returns: the settings from now on.
    func changeSettings<Failure: Error>(
        _ change: (inout LogSettings) throws(Failure) -> Void
    ) throws(Failure) -> LogSettings {
        try state.withLock { (_) throws(Failure) in
            var settings = settings
            try change(&settings)
            settingsBits.store(settings.bits, ordering: .relaxed)
            return settings
        }
    }

    /// Writes one event.
    package func write(_ level: Level, _ event: StaticString, _ fields: EventField...) {
        guard settings.writes(level) else { return }
        state.withLock { state in
            deliver(level, event, fields, at: now(), &state)
        }
    }

    /// Writes one event that is recorded whatever the least level is.
    package func audit(_ event: StaticString, _ fields: EventField...) {
        state.withLock { state in
            deliver(.info, event, fields, at: now(), &state)
        }
    }

    /// Writes the line of one request, whatever the levels are.
    func access(_ level: Level, _ fields: [EventField]) {
        state.withLock { state in
            deliver(level, "request", fields, at: now(), &state)
        }
    }

    /// Shows a command that can be copied as it stands: a line of its own for people, a field for machines.
    package func suggest(_ event: StaticString, command: String) {
        let isShowable =
            format == .text && command.utf8.count < EventLogLimits.lineByteCount
            && command.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        guard isShowable else { return write(.info, event, EventField("command", command)) }
        guard settings.writesInfo else { return }
        state.withLock { state in
            state.line.begin(command: command)
            if sink.write(state.line.bytes.bytes) != .written { state.lostLines += 1 }
        }
    }

    /// Writes a client's fault, as a warning, or only counts it when its kind has had its lines of this second.
    ///
    /// - Parameter kind: a literal that names the fault; what differs from case to case goes into the fields.
    package func clientFault(_ kind: StaticString, _ fields: EventField...) {
        guard settings.writesWarnings else { return }
        state.withLock { state in
            let time = now()
            let second = time / 1_000_000_000
            let index = Self.index(of: kind, at: second, in: &state.faults)
            if state.faults[index].second != second {
                summarise(index, at: time, &state)
                state.faults[index].second = second
                state.faults[index].written = 0
            }
            if state.faults[index].written < EventLogLimits.clientFaultLinesPerSecond {
                state.faults[index].written += 1
                deliver(.warning, kind, fields, at: time, &state)
            } else {
                state.faults[index].suppressed += 1
            }
        }
    }

    /// Writes how many client faults were only counted, for each kind whose second is over, and how many lines were
    /// lost.
    ///
    /// To be called about once a second and at the end.
    package func summarise() {
        state.withLock { state in
            let time = now()
            for index in state.faults.indices where state.faults[index].second != time / 1_000_000_000 {
                summarise(index, at: time, &state)
            }
            if state.lostLines > 0 { _ = reportLostLines(at: time, &state) }
        }
    }

    private static func index(of kind: StaticString, at second: Int64, in faults: inout [ClientFaultCount]) -> Int {
        let text = "\(kind)"
        if let known = faults.firstIndex(where: { "\($0.kind)" == text }) { return known }
        precondition(faults.count < EventLogLimits.clientFaultKinds, "kinds of client fault are literals, and few")
        faults.append(ClientFaultCount(kind: kind, second: second))
        return faults.count - 1
    }

    private func summarise(_ index: Int, at time: Int64, _ state: inout State) {
        let fault = state.faults[index]
        guard fault.suppressed > 0 else { return }
        state.faults[index].suppressed = 0
        deliver(
            .warning, "more client faults of one kind than are written in a second",
            [EventField("kind", "\(fault.kind)"), EventField("left_out", fault.suppressed)], at: time, &state)
    }

    private func deliver(
        _ level: Level, _ event: StaticString, _ fields: [EventField], at time: Int64, _ state: inout State
    ) {
        guard state.lostLines == 0 || reportLostLines(at: time, &state) else {
            state.lostLines += 1
            return
        }
        if !writeLine(level, event, fields, at: time, &state) { state.lostLines += 1 }
    }

    /// Says how many lines were lost; false when there is still no room.
    private func reportLostLines(at time: Int64, _ state: inout State) -> Bool {
        let lost = EventField("lost", state.lostLines)
        guard writeLine(.warning, "log lines were lost for want of room", [lost], at: time, &state) else {
            return false
        }
        state.lostLines = 0
        return true
    }

    private func writeLine(
        _ level: Level, _ event: StaticString, _ fields: [EventField], at time: Int64, _ state: inout State
    ) -> Bool {
        state.line.begin(
            level, event, at: time, timeForm: settings.timeForm, afterNewline: state.endsInsideLine)
        for field in fields {
            state.line.append(field)
        }
        state.line.end()
        switch sink.write(state.line.bytes.bytes) {
        case .written:
            state.endsInsideLine = false
            return true
        case .cut(let byteCount):
            if byteCount > 0 { state.endsInsideLine = true }
            return false
        case .wouldWait, .failed:
            return false
        }
    }
}
