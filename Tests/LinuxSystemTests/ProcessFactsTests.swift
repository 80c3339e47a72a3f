import Glibc
import Testing

@testable import LinuxSystem

@Suite struct ProcessFactsTests {
    @Test func `memory and time are those of a process that runs`() {
        #expect(ProcessFacts.memory.resident > 1 << 20)
        #expect(ProcessFacts.processorTime.user > .zero)
    }

    @Test func `the process has begun before now and after the machine`() throws {
        let start = try #require(ProcessFacts.startTime)
        let age = WallClock.nanosecondsSince1970() - start.count
        // The start is known to a clock tick, the boot to a second.
        #expect(age > -1_100_000_000 && age < 86_400_000_000_000)
    }

    @Test func `an error says what the kernel says and which call it was`() {
        let error = SystemError("bind", number: EADDRINUSE)
        #expect(error.description == "Address already in use (bind)")
        #expect(error != SystemError("listen", number: EADDRINUSE))
    }

    @Test func `time that overflows is never`() {
        #expect(Nanoseconds.never + .seconds(1) == .never)
        #expect(Nanoseconds.seconds(1) + .milliseconds(2) - .microseconds(3) == Nanoseconds(1_001_997_000))
    }

    @Test func `the clock does not go back`() {
        let clock = SystemClock()
        var last = clock.now()
        for _ in 0..<1000 {
            let now = clock.now()
            #expect(now >= last)
            last = now
        }
    }
}
