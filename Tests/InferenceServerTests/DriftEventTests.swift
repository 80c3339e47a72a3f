import CloudEvents
import LinuxSystem
import ModelMonitoring
import ModelRepository
import TestSupport
import Testing

@testable import InferenceServer

/// What an event of drift says, and what it is called.
@Suite struct DriftEventTests {
    private static func watch() throws -> DriftMonitor.Watch {
        let feature = DriftReference.Variable(
            name: "x", missingCount: 0,
            distribution: .bins(DriftReference.Bins(range: 0...9, edges: [5], counts: [50, 50])))
        let plan = try DriftPlan(
            DriftReference(rowCount: 100, features: [feature]), DriftSettings(),
            for: DriftPlan.Model(outputs: [], featureCount: 1, featureNames: [], isWide: false),
            instructions: .baseline)
        return DriftMonitor.Watch(
            key: MetricsRegistry.Key(model: "m", version: "3"), version: 3, window: DriftWindow(plan),
            alarm: DriftAlarm(plan.settings), model: ObjectIdentifier(plan))
    }

    private static func crossing(_ subject: DriftAlarm.Subject, _ value: Double) -> DriftAlarm.Crossing {
        DriftAlarm.Crossing(subject: subject, level: .alert, value: value, threshold: 0.3)
    }

    @Test func `the worst crossings stand in front`() throws {
        let watch = try Self.watch()
        let crossings = [
            Self.crossing(.feature("a\"b"), 0.4), Self.crossing(.output("p", element: 1), 0.9),
            Self.crossing(.anomalyRate, -0.7),
        ]
        let event = DriftEvent(watch, crossings, watch.window.report(at: .zero))
        #expect(
            String(decoding: event.data, as: UTF8.self)
                == "{\"model\":\"m\",\"version\":\"3\",\"level\":\"alert\",\"window\":{\"rows\":0,\"seconds\":0.0},"
                + "\"reference\":{\"rows\":100},\"crossing_count\":3,\"crossings\":["
                + "{\"output\":\"p\",\"element\":1,\"level\":\"alert\",\"psi\":0.9,\"threshold\":0.3},"
                + "{\"anomaly_rate\":true,\"level\":\"alert\",\"change\":-0.7,\"threshold\":0.3},"
                + "{\"feature\":\"a\\\"b\",\"level\":\"alert\",\"psi\":0.4,\"threshold\":0.3}]}")
    }

    @Test func `an event has room for the longest names of the most crossings`() throws {
        let watch = try Self.watch()
        let name = String(repeating: "\u{1}", count: EventLimits.nameByteCount + 1)
        let crossings = (0...EventLimits.listedCrossings).map { index in
            Self.crossing(.feature("\(index)\(name)"), -1.2345678901234567e-200)
        }
        let event = DriftEvent(watch, crossings, watch.window.report(at: .zero))
        let text = String(decoding: event.data, as: UTF8.self)
        #expect(text.contains("\"crossing_count\":\(EventLimits.listedCrossings + 1)"))
        #expect(text.split(separator: "\"feature\"").count == EventLimits.listedCrossings + 1)
        // A control character is six bytes of JSON; the model's name is the only other text.
        #expect(event.data.count + 6 * ModelRepositoryLimits.modelNameByteLimit < CloudEventsLimits.dataByteCount)
    }

    @Test func `events are named by instance, start and number`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/events"
        let events = ServerEvents(
            [EventSinkOptions(name: "f", target: .file(path: path))], instance: "node one/é",
            now: { 1_796_032_800_123_000_000 })
        try events.sender.start { _ in }
        let watch = try Self.watch()
        for _ in 0..<2 {
            events.drifted(watch, [Self.crossing(.feature("x"), 0.5)], watch.window.report(at: .zero))
        }
        events.sender.end(by: SystemClock().now() + .seconds(30))
        let lines = try FileSystem.readText(path, byteCountLimit: 1 << 16).split(separator: "\n")
        let prefix = "node-one---" + String(1_796_032_800_123_000_000, radix: 36)
        #expect(lines.count == 2)
        #expect(lines[0].contains("\"id\":\"\(prefix)-1\",\"source\":\"/rowan/node-one--\""))
        #expect(lines[1].contains("\"id\":\"\(prefix)-2\""))
        #expect(lines[0].contains("\"type\":\"rowan.drift.detected\",\"subject\":\"m\""))
        #expect(lines[0].contains("\"time\":\"2026-11-30T10:00:00.123Z\""))
    }
}
