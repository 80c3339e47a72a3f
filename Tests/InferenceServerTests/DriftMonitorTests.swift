import HTTPConnections
import JSONSyntax
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import Synchronization
import TestSupport
import Testing

@testable import EventLoops
@testable import InferenceServer

/// Who is asked for counts, when they are in, what is kept over a reload, and what is told.
@Suite struct DriftMonitorTests {
    private final class Raised {
        var crossings: [[DriftAlarm.Crossing]] = []
    }

    /// A clock that goes on by as much with each look at it.
    private final class BusyClock: MonotonicClock, Sendable {
        private let step: Nanoseconds
        private let time = Mutex(Nanoseconds.zero)

        init(step: Nanoseconds) { self.step = step }

        func now() -> Nanoseconds {
            time.withLock { time in
                time = time + step
                return time
            }
        }
    }

    /// Keeps a loop from waiting.
    private final class Alarm: TimerHandler {
        func timerFired(on loop: EventLoop) {}
    }

    /// A monitor of two loops that a test plays.
    private final class House {
        let registry = DriftRegistry()
        let metrics = MetricsRegistry()
        let clock = FakeClock()
        let loop: EventLoop
        let raised = Raised()
        let monitor: DriftMonitor
        let completion: Mailbox<DriftCall>
        static let interval = Nanoseconds.seconds(2)

        private let alarm = Alarm()

        /// - Parameter work: how long each round takes.
        init(work: Nanoseconds = .zero) throws {
            loop = try EventLoop(clock: clock)
            completion = try Mailbox()
            let raised = raised
            monitor = DriftMonitor(
                registry, metrics, loops: [try Mailbox(), try Mailbox()], interval: Self.interval, on: loop,
                clock: BusyClock(step: work)
            ) { _, crossings, _ in raised.crossings.append(crossings) }
        }

        /// Lets the monitor look, and both loops answer.
        func look() {
            clock.advance(by: House.interval)
            loop.tick()
        }

        /// Lets some time pass.
        func pass(_ time: Nanoseconds) {
            clock.advance(by: time)
            _ = loop.arm(alarm, at: clock.now())
            loop.tick()
        }

        /// What both loops answer.
        func countsLeft() {
            monitor.countsLeft()
            monitor.countsLeft()
        }

        func answer(to call: DriftCall) -> String {
            guard call.isAnswered else { return "none" }
            var text = ""
            call.withAnswer { head, body in
                text = "\(head.status.rawValue) " + body.withBytes { $0.text($0.indices) }
            }
            return text
        }
    }

    private static func reference(edge: Double = 5, names: [String] = ["a", "b"]) -> DriftReference {
        let variables = names.map { name in
            DriftReference.Variable(
                name: name, missingCount: 0,
                distribution: .bins(DriftReference.Bins(range: 0...9, edges: [edge], counts: [500, 500])))
        }
        let output = DriftReference.Variable(
            name: "first", missingCount: 0,
            distribution: .bins(DriftReference.Bins(range: 0...9, edges: [5], counts: [500, 500])))
        return DriftReference(rowCount: 1_000, features: variables, outputs: [output], anomalyRate: 0.5)
    }

    private static func model(
        _ reference: DriftReference = reference(), _ change: (inout DriftSettings) -> Void = { _ in }
    ) throws -> ServedModel {
        var settings = DriftSettings()
        change(&settings)
        return try FirstFeatureEngine.served(
            name: "m", configuration: "max_batch_size: 8", drift: reference, settings)
    }

    /// Has rows evaluated and counted, all of them with one value.
    private static func count(_ rows: Int, of value: Float, _ observer: DriftObserver, _ model: ServedModel) {
        let workspace = model.engine.makeWorkspace(rowCapacity: rows)
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: rows)
        matrix.setColumns(0..<2, rows: rows, to: Double(value))
        matrix.advance(by: rows)
        workspace.evaluate(matrix, wanted: 1)
        observer.evaluated(matrix, 0..<rows, wanted: 1, outputs: workspace.outputs, at: 0..<rows)
    }

    private func observer(_ house: House, _ model: ServedModel) throws -> DriftObserver {
        DriftObserver(try #require(house.registry.adopt(model)))
    }

    @Test func `a call waits for every loop, and a later one for the next round`() throws {
        let house = try House()
        let model = try Self.model()
        let observer = try observer(house, model)
        Self.count(3, of: 1, observer, model)
        let calls = [DriftCall(model, completion: house.completion), DriftCall(model, completion: house.completion)]
        house.monitor.asked(calls[0])
        observer.tally.leave()
        house.monitor.countsLeft()
        house.monitor.asked(calls[1])
        #expect(house.answer(to: calls[0]) == "none")
        house.monitor.countsLeft()
        #expect(house.answer(to: calls[0]).contains("\"window\":{\"rows\":3,"))
        #expect(house.answer(to: calls[1]) == "none")
        Self.count(4, of: 1, observer, model)
        observer.tally.leave()
        house.monitor.countsLeft()
        house.monitor.countsLeft()
        let answer = house.answer(to: calls[1])
        #expect(answer.contains("\"window\":{\"rows\":7,"))
        #expect(answer.contains("\"outputs\":[{\"name\":\"first\",\"element\":0,\"level\":\"unknown\",\"rows\":7,"))
        #expect(answer.contains("\"counts\":[7,0,0],\"reference_counts\":[500,500,0]"))
    }

    @Test func `however many ask, a round answers them all and is followed by a rest`() throws {
        let house = try House(work: .milliseconds(10))
        let model = try Self.model()
        _ = try observer(house, model)
        func ask() -> DriftCall {
            let call = DriftCall(model, completion: house.completion)
            house.monitor.asked(call)
            return call
        }
        let first = ask()
        let burst = (0..<MonitoringLimits.waitingCalls).map { _ in ask() }
        house.countsLeft()
        #expect(first.isAnswered && !burst.contains { $0.isAnswered })
        // The round has taken ten milliseconds: the next one begins thirty later.
        house.pass(.milliseconds(29))
        #expect(!burst.contains { $0.isAnswered })
        house.pass(.milliseconds(1))
        house.countsLeft()
        #expect(burst.allSatisfy { $0.isAnswered })
        #expect(MonitoringLimits.driftShare == 4)
    }

    @Test func `a document of many variables is written in slices`() throws {
        let house = try House()
        let count = 3 * MonitoringLimits.variablesPerSlice
        let shape = DriftPlan.Model(
            outputs: [("first", 1, .float32)], featureCount: count - 1, featureNames: [], isWide: false)
        let window = DriftWindow(
            try DriftPlan(
                Self.reference(names: (0..<count - 1).map { "f\($0)" }), DriftSettings(), for: shape,
                instructions: .baseline))
        var document = DriftDocument(
            window.report(at: .zero), window.plan.settings, model: "m", version: "1")
        var other = DriftDocument(window.report(at: .zero), window.plan.settings, model: "m", version: "1")
        var slices = 0
        var text: [UInt8]?
        while text == nil {
            text = document.write(variables: MonitoringLimits.variablesPerSlice)
            slices += 1
        }
        #expect(slices == 3)
        let whole = other.write(variables: .max)
        #expect(text == whole)
        let bytes = try #require(text)
        let isJSON = JSONValue(bytes.span) != nil
        #expect(isJSON)
        // A desk goes on when the loop has done other things.
        var ended = 0
        let desk = DriftDesk(on: house.loop) { ended += 1 }
        let model = try Self.model()
        let call = DriftCall(model, completion: house.completion)
        desk.add(DriftDocument(window.report(at: .zero), window.plan.settings, model: "m", version: "1"), for: [call])
        desk.begin()
        #expect(!call.isAnswered && desk.isWriting)
        house.pass(.zero)
        #expect(!call.isAnswered)
        house.pass(.zero)
        #expect(call.isAnswered && !desk.isWriting && ended == 1)
        #expect(house.answer(to: call) == "200 " + String(decoding: bytes, as: UTF8.self))
    }

    @Test func `a model that has ended meanwhile is not found`() throws {
        let house = try House()
        let model = try Self.model()
        _ = try observer(house, model)
        house.registry.forget(model)
        let call = DriftCall(model, completion: house.completion)
        house.monitor.asked(call)
        house.monitor.countsLeft()
        house.monitor.countsLeft()
        #expect(house.answer(to: call).hasPrefix("404 {\"error\":\"model 'm' is not served any more\""))
    }

    @Test func `loops are asked at intervals only when they have something`() throws {
        let house = try House()
        let model = try Self.model()
        let observer = try observer(house, model)
        house.look()
        Self.count(1_500, of: 1, observer, model)
        house.look()
        #expect(house.monitor.reports().first?.report.rowCount == 0)
        observer.tally.leave()
        house.monitor.countsLeft()
        house.monitor.countsLeft()
        #expect(house.monitor.reports().first?.report.rowCount == 1_500)
        #expect(house.raised.crossings.count == 1)
        let subjects = house.raised.crossings[0].map(\.subject)
        #expect(subjects == [.feature("a"), .feature("b"), .output("first", element: 0)])
        house.look()
        #expect(house.raised.crossings.count == 1)
    }

    @Test func `results are those of the loaded model since the last look`() throws {
        let house = try House()
        let model = try Self.model()
        _ = try observer(house, model)
        let counters = ModelMetrics()
        house.metrics.adopt(
            counters, for: MetricsRegistry.Key(of: model), loadSeconds: 0, model: ObjectIdentifier(model))
        for positives in [0, 30] {
            counters.answered(
                ModelMetrics.Request(
                    rowCount: 40, decodeNanoseconds: 0, queueNanoseconds: 0, computeNanoseconds: 0,
                    encodeNanoseconds: 0, positiveRowCount: positives))
            house.look()
        }
        let anomalies = try #require(house.monitor.reports().first?.report.anomalies)
        #expect(anomalies.rowCount == 80)
        #expect(anomalies.rate == 0.375)
        #expect(anomalies.change == -0.25)
    }

    @Test(arguments: [true, false]) func `a reload keeps rows that mean the same`(isAlike: Bool) throws {
        let house = try House()
        let old = try Self.model()
        let before = try observer(house, old)
        Self.count(10, of: 1, before, old)
        before.tally.leave()
        house.look()
        let new = try Self.model(Self.reference(edge: isAlike ? 5 : 4)) { $0.psiAlert = 0.7 }
        let after = try observer(house, new)
        // The old model answers its last request while the new one has its first.
        Self.count(1, of: 1, before, old)
        Self.count(2, of: 1, after, new)
        before.tally.leave()
        after.tally.leave()
        house.look()
        let report = try #require(house.monitor.reports().first?.report)
        #expect(report.rowCount == (isAlike ? 13 : 2))
        #expect(house.monitor.watches[0].window.plan.settings.psiAlert == 0.7)
        house.registry.forget(old)
        house.look()
        #expect(house.monitor.reports().first?.report.rowCount == (isAlike ? 13 : 2))
        house.registry.forget(new)
        house.look()
        #expect(house.monitor.watches.isEmpty)
    }

    @Test func `gauges have the labels of the contract`() throws {
        let house = try House()
        let model = try Self.model()
        let observer = try observer(house, model)
        Self.count(2_000, of: 7, observer, model)
        observer.tally.leave()
        house.look()
        var page = ByteBuffer()
        MetricsPage(
            registry: house.metrics, process: ProcessFigures(build: BuildFacts()), drift: house.monitor.reports()
        ).write(to: &page)
        let text = page.withBytes { $0.text($0.indices) }
        for line in [
            "# TYPE feature_drift_psi gauge", "feature_drift_ks{model=\"m\",feature=\"b\"} 0.5",
            "feature_missing_rate{model=\"m\",feature=\"a\"} 0.0",
            "feature_out_of_range_rate{model=\"m\",feature=\"a\"} 0.0", "drift_window_rows{model=\"m\"} 2000.0",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        #expect(text.contains("prediction_drift_psi{model=\"m\",output=\"first\",element=\"0\"} "))
        #expect(!text.contains("anomaly_rate_change{"), "no result is known")
    }
}
