import LinuxSystem
import Testing

@testable import CloudEvents

/// Which event is next, when an attempt is made again, and when it is given up.
@Suite struct EventQueueTests {
    private static func event(_ number: Int) -> CloudEvent {
        CloudEvent(id: "\(number)", source: "/rowan/a", type: "t", subject: "s", time: "", data: Array("{}".utf8))
    }

    private static func failed(_ after: Nanoseconds? = nil) -> EventQueue.Outcome {
        .failed(after: after, reason: "status 503")
    }

    @Test func `events leave in the order in which they came`() {
        var queue = EventQueue(capacity: 3, attempts: 2)
        #expect(queue.next(at: .seconds(1)) == nil)
        #expect(queue.due == .never)
        for number in 1...3 { #expect(queue.arrived(Self.event(number), at: .seconds(1)) == .wait) }
        #expect(queue.arrived(Self.event(4), at: .seconds(1)) == .refuse)
        for number in 1...3 {
            #expect(queue.next(at: .seconds(1))?.id == "\(number)")
            #expect(queue.ended(.delivered, at: .seconds(1), jitter: 0) == .forget)
        }
        #expect(queue.due == .never)
        #expect(queue.count == 0)
    }

    @Test func `pauses double up to a minute, and others wait behind`() {
        var queue = EventQueue(capacity: 10, attempts: 9)
        _ = queue.arrived(Self.event(1), at: .zero)
        _ = queue.arrived(Self.event(2), at: .zero)
        var now = Nanoseconds.zero
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(queue.next(at: now)?.id == "1")
            #expect(queue.ended(Self.failed(), at: now, jitter: 0) == .wait)
            #expect(queue.due == now + .seconds(pause))
            #expect(queue.next(at: now + .seconds(pause) - Nanoseconds(1)) == nil)
            #expect(queue.next(at: now, isEnding: true)?.id == "1")
            now = now + .seconds(pause)
        }
        #expect(
            queue.ended(Self.failed(), at: now, jitter: 0) == .bury(reason: "given up after 9 attempts: status 503"))
        #expect(queue.next(at: now)?.id == "2")
        #expect(queue.ended(Self.failed(), at: now, jitter: 0) == .wait)
        #expect(queue.due == now + .seconds(1))
    }

    @Test func `chance shortens a pause, and a receiver's wish lengthens it up to the limit`() {
        for (jitter, wish, pause) in [
            (1.0, nil, Nanoseconds.milliseconds(500)), (0, .seconds(20), .seconds(20)),
            (0, .milliseconds(1), .seconds(1)),
            (0, .seconds(3_600), CloudEventsLimits.pause),
        ] as [(Double, Nanoseconds?, Nanoseconds)] {
            var queue = EventQueue(capacity: 1, attempts: 3)
            _ = queue.arrived(Self.event(1), at: .zero)
            _ = queue.ended(Self.failed(wish), at: .zero, jitter: jitter)
            #expect(queue.due == pause)
        }
    }

    @Test func `what is refused is given up at once`() {
        var queue = EventQueue(capacity: 2, attempts: 3)
        _ = queue.arrived(Self.event(1), at: .zero)
        #expect(queue.ended(.refused(reason: "status 410"), at: .zero, jitter: 0) == .bury(reason: "status 410"))
        _ = queue.arrived(Self.event(2), at: .zero)
        #expect(queue.takeFront(at: .zero)?.id == "2")
        #expect(queue.takeFront(at: .zero) == nil)
    }
}
