import Testing

@testable import LinuxSystem

@Suite struct ThreadProcessorClockTests {
    @Test func `work of the thread moves the clock, and work of another one does not`() throws {
        let clock = ThreadProcessorClock()
        let begin = clock.now()
        while clock.now() == begin {}
        let mine = clock.now()
        let other = try SystemThread(name: "worker") {
            let begin = clock.now()
            while clock.now() - begin < .milliseconds(50) {}
        }
        other.join()
        #expect(mine > begin)
        #expect(clock.now() - mine < .milliseconds(50))
    }
}
