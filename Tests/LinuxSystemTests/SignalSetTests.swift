import Glibc
import Testing

@testable import LinuxSystem

// Signals are sent to the one thread that waits, so that the other tests do not see them.
@Suite struct SignalSetTests {
    @Test(arguments: [(SIGTERM, SignalSet.terminate), (SIGINT, .interrupt), (SIGHUP, .hangUp)])
    func `a signal that was sent is waited for`(_ number: Int32, _ expected: SignalSet) throws {
        let received = Handover<SignalSet?>()
        let thread = try SystemThread(name: "signals") {
            let signals: SignalSet = [.terminate, .interrupt, .hangUp]
            signals.block()
            pthread_kill(pthread_self(), number)
            received.give(signals.wait())
        }
        #expect(received.take() == expected)
        thread.join()
    }

    @Test func `waiting ends after its time`() throws {
        let received = Handover<SignalSet?>()
        let thread = try SystemThread(name: "signals") {
            SignalSet.terminate.block()
            received.give(SignalSet.terminate.wait(timeout: .milliseconds(2)))
        }
        #expect(received.take() == nil)
        thread.join()
    }
}
