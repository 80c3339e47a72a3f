import Glibc
import Testing

@testable import LinuxSystem

/// Waiting for descriptors of others: what ends it.
@Suite struct DescriptorWaitTests {
    @Test func `bytes, room and the end of the time end a wait`() throws {
        var ends: [Int32] = [0, 0]
        // The call fills both numbers.
        try #require(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        func wait(_ number: Int32, forRoom: Bool, _ time: Nanoseconds) -> Nanoseconds {
            let began = SystemClock().now()
            DescriptorWait.wait(for: number, forRoom: forRoom, atMost: time)
            return SystemClock().now() - began
        }
        #expect(wait(ends[0], forRoom: false, .milliseconds(20)) >= .milliseconds(20))
        #expect(wait(-1, forRoom: false, Nanoseconds(1)) >= Nanoseconds(1))
        #expect(wait(ends[1], forRoom: true, .seconds(60)) < .seconds(30))
        var byte: UInt8 = 1
        // One byte of ours.
        try #require(unsafe write(ends[1], &byte, 1) == 1)
        #expect(wait(ends[0], forRoom: false, .seconds(60)) < .seconds(30))
    }
}
