import EventLoops
import LinuxSystem
import Testing

@testable import InferenceServer

@Suite struct SupervisorTests {
    @Test func `a sign of life is wanted where systemd says so`() {
        let table: [([String: String], Bool)] = [
            ([:], false), (["WATCHDOG_USEC": "30000000"], true), (["WATCHDOG_USEC": "0"], false),
            (["WATCHDOG_USEC": "x"], false), (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "7"], true),
            (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "8"], false),
        ]
        for (environment, isWanted) in table {
            #expect(Supervisor.wantsSigns(environment, 7) == isWanted, "\(environment)")
        }
    }

    @Test func `a round begins when every loop has answered the one before`() {
        let rounds = LoopRounds(loopCount: 2)
        #expect(rounds.begin())
        #expect(!rounds.begin())
        rounds.loopAnswered()
        #expect(!rounds.begin(), "one loop hangs")
        rounds.loopAnswered()
        #expect(rounds.begin())
        #expect(!rounds.begin())
    }

    @Test func `only sockets of this machine are told`() {
        #expect(SupervisorNotice(socketPath: "/run/systemd/notify") != nil)
        #expect(SupervisorNotice(socketPath: "@rowan") != nil)
        for path in ["", "/", "@", "vsock:2:9999", "run/notify", "/" + String(repeating: "a", count: 107)] {
            #expect(SupervisorNotice(socketPath: path) == nil, "\(path)")
        }
        #expect(SupervisorNotice(socketPath: "/nowhere/at/all")?.send("READY=1") == false)
    }
}
