import LinuxSystem
import TestSupport
import Testing

@testable import CloudEvents

/// One place: what is delivered, told, kept and lost.
@Suite struct EventSinkTests {
    /// Answers what it was told to, in turn, then takes everything.
    private final class ScriptedReceiver: EventReceiver {
        var outcomes: [EventQueue.Outcome]
        var ids: [String] = []
        /// What each attempt takes.
        var work: () -> Void = {}

        init(_ outcomes: [EventQueue.Outcome] = []) { self.outcomes = outcomes }

        func deliver(_ event: CloudEvent, within limit: Nanoseconds) -> EventQueue.Outcome {
            ids.append(event.id)
            work()
            return outcomes.isEmpty ? .delivered : outcomes.removeFirst()
        }
    }

    private final class Reports {
        var all: [EventReport] = []
    }

    private static func event(_ number: Int, type: String = "t") -> CloudEvent {
        CloudEvent(id: "\(number)", source: "/", type: type, subject: "s", time: "", data: Array("{}".utf8))
    }

    private static let trouble = EventQueue.Outcome.failed(after: nil, reason: "status 503")

    private struct Place {
        let sink: EventSink
        let figures = EventFigures(sink: "s")
        let reports = Reports()
        let clock = FakeClock()

        init(
            _ receiver: ScriptedReceiver, deadLetterFile: String? = nil,
            _ change: (inout EventSinkOptions) -> Void = { _ in }
        ) {
            var options = EventSinkOptions(name: "s", target: .file(path: "/f"))
            change(&options)
            let reports = reports
            sink = EventSink(
                options, receiver: receiver, deadLetters: DeadLetters(path: deadLetterFile), figures: figures,
                report: { reports.all.append($0) }, jitter: { 0 })
        }

        func deliver() { sink.deliver(clock: clock) { false } }
    }

    @Test func `an event is sent under its id until it is taken, and trouble is told once`() {
        let receiver = ScriptedReceiver([Self.trouble, Self.trouble])
        let place = Place(receiver)
        place.sink.take(Self.event(1), at: place.clock.now())
        for _ in 0..<4 {
            place.deliver()
            place.clock.advance(by: .seconds(5))
        }
        #expect(receiver.ids == ["1", "1", "1"])
        #expect(place.figures.delivered == 1 && place.figures.failures == 2)
        #expect(
            place.reports.all == [
                .deliveryFailed(sink: "s", target: "/f", reason: "status 503"), .deliveryWorks(sink: "s", target: "/f"),
            ])
    }

    @Test func `a slow place has one attempt in its turn, a fast one as many as fit`() {
        for (milliseconds, count) in [(1_000, 1), (10, 5), (0, 20)] {
            let receiver = ScriptedReceiver()
            let place = Place(receiver)
            let clock = place.clock
            receiver.work = { clock.advance(by: .milliseconds(milliseconds)) }
            for number in 0..<20 { place.sink.take(Self.event(number), at: clock.now()) }
            place.deliver()
            #expect(receiver.ids == (0..<count).map { "\($0)" })
            // What is left is due at once.
            #expect(count == 20 ? place.sink.due == .never : place.sink.due <= clock.now())
        }
        #expect(CloudEventsLimits.turn == .milliseconds(50))
    }

    @Test func `at the end each place has its share of the time`() {
        #expect(EventSender.limit(3, now: .seconds(10), end: .seconds(40)) == .seconds(20))
        #expect(EventSender.limit(1, now: .seconds(10), end: .seconds(40)) == .seconds(40))
        #expect(EventSender.limit(2, now: .seconds(10), end: .seconds(9)) == .seconds(9))
        #expect(EventSender.limit(2, now: .seconds(10), end: .never) == .never)
    }

    @Test func `types choose, and a full queue loses what comes`() {
        let receiver = ScriptedReceiver([Self.trouble])
        let place = Place(receiver) { options in
            options.types = ["wanted"]
            options.queueCapacity = 1
        }
        place.sink.take(Self.event(1), at: .zero)
        place.sink.take(Self.event(2, type: "wanted"), at: .zero)
        place.sink.take(Self.event(3, type: "wanted"), at: .zero)
        place.deliver()
        #expect(receiver.ids == ["2"])
        #expect(place.figures.lost == 1)
        #expect(place.reports.all.first == .buried(sink: "s", id: "3", reason: "the queue is full", isKept: false))
    }

    @Test func `what nobody takes lies in the file with its reason, up to its size`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/dead.jsonl"
        let receiver = ScriptedReceiver([.refused(reason: "status 410")])
        let place = Place(receiver, deadLetterFile: path)
        place.sink.take(Self.event(7), at: .zero)
        place.deliver()
        #expect(place.figures.buried == 1)
        let text = try FileSystem.readText(path, byteCountLimit: 4_096)
        #expect(
            text.hasPrefix("{\"sink\":\"s\",\"reason\":\"status 410\",\"event\":{\"specversion\":\"1.0\",\"id\":\"7\""))
        #expect(text.hasSuffix("}}\n"))
        let full = DeadLetters(path: path, byteCountLimit: text.utf8.count + 10)
        #expect(!full.bury(Self.event(8), sink: "s", reason: "r"))
        #expect(!DeadLetters(path: folder.path + "/none/x").bury(Self.event(8), sink: "s", reason: "r"))
        #expect(CloudEventsLimits.deadLetterByteCount < CloudEventsLimits.fileByteCount)
    }

    @Test func `the end makes one more attempt for each, and gives the rest up when one fails`() {
        let place = Place(ScriptedReceiver([Self.trouble]))
        for number in 1...4 { place.sink.take(Self.event(number), at: .zero) }
        place.deliver()
        let last = ScriptedReceiver([.delivered, .delivered, Self.trouble])
        place.sink.end(by: place.clock.now() + .seconds(1), with: last, clock: place.clock)
        #expect(last.ids == ["1", "2", "3"])
        #expect(place.figures.delivered == 2 && place.figures.lost == 2)
    }

    @Test func `without time nothing is attempted`() {
        let place = Place(ScriptedReceiver())
        place.sink.take(Self.event(1), at: .zero)
        let last = ScriptedReceiver()
        place.sink.end(by: place.clock.now(), with: last, clock: place.clock)
        #expect(last.ids == [])
        #expect(place.figures.lost == 1)
    }

    @Test func `events become lines of a file, in order`() throws {
        let folder = TemporaryFolder()
        var options = EventSinkOptions(name: "file", target: .file(path: folder.path + "/events.jsonl"))
        options.queueCapacity = CloudEventsLimits.usualQueueCapacity
        let sender = EventSender([options])
        try sender.start { _ in }
        for number in 1...50 { sender.send(Self.event(number)) }
        sender.end(by: SystemClock().now() + .seconds(30))
        let lines = try FileSystem.readText(folder.path + "/events.jsonl", byteCountLimit: 1 << 20).split(
            separator: "\n")
        #expect(lines.count == 50)
        for (index, line) in lines.enumerated() { #expect(line.contains("\"id\":\"\(index + 1)\"")) }
        #expect(sender.figures[0].delivered == 50)
    }

    @Test func `a sender without places does nothing`() throws {
        let sender = EventSender([])
        try sender.start { _ in }
        sender.send(Self.event(1))
        sender.end(by: .never)
        #expect(sender.figures.isEmpty)
    }
}
