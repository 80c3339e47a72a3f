import EventLoops
import LinuxSystem

/// What a supervisor such as systemd hears of the server: that it is ready, that it ends, and that it goes on.
///
/// That it goes on is said only while every loop answers, so that a process whose loops hang is started anew.
///
/// - Isolation: the main thread.
struct Supervisor {
    private let notice: SupervisorNotice?
    /// nil where nobody waits for a sign of life.
    private let rounds: LoopRounds?
    private let loops: [Mailbox<LoopOrder>]

    /// - Parameter environment: the variables `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` of systemd.
    /// - Parameter processID: of this process.
    init(environment: [String: String], processID: Int, loops: [Mailbox<LoopOrder>]) {
        notice = environment["NOTIFY_SOCKET"].flatMap { SupervisorNotice(socketPath: $0) }
        self.loops = loops
        rounds = Self.wantsSigns(environment, processID) ? LoopRounds(loopCount: loops.count) : nil
    }

    /// - Source: sd_watchdog_enabled(3).
    static func wantsSigns(_ environment: [String: String], _ processID: Int) -> Bool {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = UInt64(text), microseconds > 0 else {
            return false
        }
        guard let process = environment["WATCHDOG_PID"] else { return true }
        return Int(process) == processID
    }

    /// The server answers.
    func ready() { notice?.send("READY=1") }

    /// The server ends.
    func stopping() { notice?.send("STOPPING=1") }

    /// To be called about once a second.
    func look() {
        guard let notice, let rounds, rounds.begin() else { return }
        notice.send("WATCHDOG=1")
        for loop in loops { loop.send(.answer(rounds)) }
    }
}
