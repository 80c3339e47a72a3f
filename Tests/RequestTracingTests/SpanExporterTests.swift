import LinuxSystem
import TestSupport
import Testing

@testable import RequestTracing

/// What is sent, counted and reported, with a receiver that answers as the test says.
@Suite final class SpanExporterTests {
    private final class Receiver: SpanReceiver {
        var answers: [Answer] = []
        var bodies: [[UInt8]] = []
        var limits: [Nanoseconds] = []

        func send(_ body: [UInt8], within limit: Nanoseconds) -> Answer {
            bodies.append(body)
            limits.append(limit)
            return answers.isEmpty ? (.accepted, 0, "") : answers.removeFirst()
        }
    }

    private let clock = FakeClock()
    private let figures = TracingFigures()
    private let receiver = Receiver()
    private let lastReceiver = Receiver()
    private var reports: [TraceReport] = []
    private var isInterrupted = false

    private func exporter(queue: Int = 2_048) -> SpanExporter {
        var options = OpenTelemetryOptions()
        options.queueSize = queue
        options.batchSize = 3
        return SpanExporter(
            options, version: "1", receiver: receiver, isInterrupted: { [unowned self] in isInterrupted },
            lastReceiver: lastReceiver,
            SpanExporter.Surroundings(
                figures: figures, clock: clock, wallClock: { 0 }, report: { [unowned self] in reports.append($0) },
                jitter: { 0 }))
    }

    private func look(_ exporter: SpanExporter) { _ = exporter.lookedAround(at: clock.now()) }

    @Test func `a full batch is sent and counted`() {
        let exporter = exporter()
        exporter.take(.sample())
        look(exporter)
        #expect(receiver.bodies.count == 1 && figures.sentSpans == 3 && reports == [])
        #expect(receiver.limits == [.seconds(10)])
        look(exporter)
        #expect(receiver.bodies.count == 1)
    }

    @Test func `trouble is reported when it begins and when it ends`() {
        let exporter = exporter()
        receiver.answers = [(.failed(after: nil), 0, "nobody there"), (.failed(after: nil), 0, "nobody there")]
        exporter.take(.sample())
        for _ in 0..<3 {
            look(exporter)
            clock.advance(by: .seconds(5))
        }
        let url = "http://localhost:4318/v1/traces"
        #expect(
            reports == [
                .sendingFailed(receiver: url, reason: "nobody there"), .sendingWorks(receiver: url),
            ])
        #expect(receiver.bodies.count == 3 && figures.sentSpans == 3)
        #expect(TracingFigures.Loss.allCases.allSatisfy { figures.lost($0) == 0 })
    }

    @Test func `what is refused, rejected or has no room is counted by reason`() {
        let exporter = exporter(queue: 6)
        receiver.answers = [(.refused, 0, "status 400"), (.accepted, 2, "too old"), (.accepted, -5, "")]
        for _ in 0..<3 { exporter.take(.sample()) }
        #expect(figures.lost(.queueFull) == 3)
        for _ in 0..<2 { look(exporter) }
        #expect(figures.lost(.refused) == 3 && figures.lost(.rejected) == 2 && figures.sentSpans == 1)
        #expect(reports == [.spansRefused(receiver: "http://localhost:4318/v1/traces", reason: "status 400")])
        exporter.take(.sample())
        look(exporter)
        #expect(figures.sentSpans == 4)
    }

    @Test func `a batch that is given up is counted`() {
        let exporter = exporter()
        exporter.take(.sample())
        receiver.answers = Array(repeating: (.failed(after: nil), 0, "no"), count: TracingLimits.sendingAttempts)
        for _ in 0..<TracingLimits.sendingAttempts {
            look(exporter)
            clock.advance(by: .seconds(100))
        }
        #expect(figures.lost(.undelivered) == 3 && receiver.bodies.count == TracingLimits.sendingAttempts)
    }

    @Test func `the end sends what is left in the time that there is`() {
        let exporter = exporter()
        for _ in 0..<3 { exporter.take(.sample()) }
        isInterrupted = true
        look(exporter)
        #expect(receiver.bodies.isEmpty)
        exporter.end(by: clock.now() + .seconds(4))
        #expect(lastReceiver.bodies.count == 3 && figures.sentSpans == 9)
        #expect(lastReceiver.limits == [.seconds(4), .seconds(4), .seconds(4)])
    }

    @Test func `a failure or the end of the time ends the end`() {
        var exporter = exporter()
        for _ in 0..<3 { exporter.take(.sample()) }
        isInterrupted = true
        lastReceiver.answers = [(.accepted, 0, ""), (.failed(after: nil), 0, "no")]
        exporter.end(by: clock.now() + .seconds(60))
        #expect(lastReceiver.bodies.count == 2 && figures.sentSpans == 3 && figures.lost(.ending) == 6)
        exporter = self.exporter()
        exporter.take(.sample())
        exporter.end(by: .zero)
        #expect(lastReceiver.bodies.count == 2 && figures.lost(.ending) == 9)
    }

    @Test func `who was interrupted while sending has not failed`() {
        let exporter = exporter()
        exporter.take(.sample())
        receiver.answers = [(.failed(after: nil), 0, "interrupted")]
        var calls = 0
        // The first look at it, before the attempt, finds nothing.
        let interrupting = SpanExporter(
            OpenTelemetryOptions(), version: "1", receiver: receiver,
            isInterrupted: {
                calls += 1
                return calls > 1
            }, lastReceiver: lastReceiver,
            SpanExporter.Surroundings(
                figures: figures, clock: clock, wallClock: { 0 }, report: { [unowned self] in reports.append($0) },
                jitter: { 0 }))
        interrupting.take(.sample())
        clock.advance(by: .seconds(6))
        look(interrupting)
        #expect(receiver.bodies.count == 1 && reports == [])
        interrupting.end(by: clock.now() + .seconds(1))
        #expect(lastReceiver.bodies.count == 1 && figures.sentSpans == 3)
    }
}
