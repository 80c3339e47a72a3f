import LinuxSystem
import Testing

@testable import HTTPConnections

/// Allowances are used up, restored by time, and restored by what is done for the client.
struct HTTP2FloodMeterTests {
    @Test func `four seconds of the rates may come at once`() {
        let limits = HTTP2Limits(resetsPerSecond: 3, controlFramesPerSecond: 7)
        #expect(HTTP2Limits.burstSeconds == 4 && limits.resetBurst == 12 && limits.controlFrameBurst == 28)
    }

    private static func limits() -> HTTP2Limits {
        var limits = HTTP2Limits()
        limits.resetBurst = 10
        limits.resetsPerSecond = 5
        limits.controlFrameBurst = 100
        limits.controlFramesPerSecond = 50
        return limits
    }

    /// How many events of a kind pass at one instant.
    private static func passing(
        _ event: HTTP2FloodMeter.Event, _ meter: inout HTTP2FloodMeter, at now: Nanoseconds
    ) -> Int {
        for count in 0..<1_000 {
            meter.received(event, at: now)
            if meter.isExceeded { return count }
        }
        return 1_000
    }

    @Test(arguments: [
        (HTTP2FloodMeter.Event.reset, 10), (.settings, 12), (.ping, 50), (.windowUpdate, 100), (.priority, 100),
        (.emptyData, 100), (.refusedStream, 25), (.other, 100),
    ])
    func `as many events pass at once as the burst has room for`(event: HTTP2FloodMeter.Event, count: Int) {
        var meter = HTTP2FloodMeter(Self.limits())
        #expect(Self.passing(event, &meter, at: .seconds(7)) == count)
    }

    @Test func `every kind of event is in the table above`() {
        #expect(HTTP2FloodMeter.Event.allCases.count == 8)
    }

    @Test func `resets and control frames have allowances of their own`() {
        var meter = HTTP2FloodMeter(Self.limits())
        for _ in 0..<10 { meter.received(.reset, at: .zero) }
        for _ in 0..<100 { meter.received(.priority, at: .zero) }
        #expect(!meter.isExceeded)
        meter.received(.priority, at: .zero)
        #expect(meter.isExceeded)
    }

    @Test func `time restores an allowance at its rate, up to the burst`() {
        var meter = HTTP2FloodMeter(Self.limits())
        for _ in 0..<10 { meter.received(.reset, at: .zero) }
        // A fifth of a second restores one.
        meter.received(.reset, at: .milliseconds(200))
        #expect(!meter.isExceeded)
        var rested = meter
        #expect(Self.passing(.reset, &rested, at: .milliseconds(399)) == 0)
        #expect(Self.passing(.reset, &meter, at: .seconds(3_600)) == 10)
    }

    @Test func `an answer restores a reset and some control frames`() {
        var meter = HTTP2FloodMeter(Self.limits())
        for _ in 0..<10 { meter.received(.reset, at: .zero) }
        for _ in 0..<100 { meter.received(.windowUpdate, at: .zero) }
        meter.requestAnswered()
        var other = meter
        #expect(Self.passing(.reset, &other, at: .zero) == 1)
        #expect(Self.passing(.windowUpdate, &meter, at: .zero) == 8)
    }

    @Test(arguments: [(1_023, 0), (1_024, 1), (10_240, 10)])
    func `bytes that are moved restore control frames`(byteCount: Int, count: Int) {
        var meter = HTTP2FloodMeter(Self.limits())
        for _ in 0..<100 { meter.received(.windowUpdate, at: .zero) }
        meter.bytesMoved(byteCount / 2)
        meter.bytesMoved(byteCount - byteCount / 2)
        #expect(Self.passing(.windowUpdate, &meter, at: .zero) == count)
    }

    @Test func `what was never used up cannot be saved`() {
        var meter = HTTP2FloodMeter(Self.limits())
        meter.received(.reset, at: .zero)
        for _ in 0..<1_000 { meter.requestAnswered() }
        #expect(Self.passing(.reset, &meter, at: .seconds(1)) == 10)
    }

    @Test func `a client that went too far once has gone too far`() {
        var meter = HTTP2FloodMeter(Self.limits())
        _ = Self.passing(.ping, &meter, at: .zero)
        meter.requestAnswered()
        meter.received(.other, at: .seconds(1_000))
        #expect(meter.isExceeded)
    }

    @Test(arguments: [
        (0x0, 0x0, 0, HTTP2FloodMeter.Event.emptyData), (0x0, 0x1, 0, nil), (0x0, 0x0, 1, nil), (0x1, 0x0, 0, nil),
        (0x2, 0x0, 5, .priority), (0x3, 0x0, 4, .other), (0x4, 0x0, 0, .settings), (0x5, 0x0, 4, .other),
        (0x6, 0x0, 8, .ping), (0x4, 0x1, 0, .other), (0x6, 0x1, 8, .other),
        (0x7, 0x0, 8, .other), (0x8, 0x0, 4, .windowUpdate), (0x9, 0x0, 10, nil),
        (0xa, 0x0, 10, .other), (0xff, 0x0, 0, .other),
    ])
    func `frames are told apart by their types`(
        type: UInt8, flags: UInt8, byteCount: Int, event: HTTP2FloodMeter.Event?
    ) {
        #expect(HTTP2FloodMeter.Event(frameType: type, flags: flags, byteCount: byteCount) == event)
    }
}
