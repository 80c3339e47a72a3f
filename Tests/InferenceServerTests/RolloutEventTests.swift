import CloudEvents
import DurableState
import LinuxSystem
import ModelMonitoring
import ModelRepository
import TestSupport
import Testing

@testable import InferenceServer

/// What an event of a rollout says, and when there is one.
@Suite struct RolloutEventTests {
    private static let begun = Rollout.Change(time: 1, phase: .running, share: 10, reason: "begun")
    private static let taken = Rollout.Change(
        time: 2, phase: .rolledBack, share: 0, reason: "at 10 %: accuracy \"0\" is below 0.9")

    private static func text(_ event: RolloutEvent) -> String { String(decoding: event.data, as: UTF8.self) }

    @Test func `an event says what holds now, why, and what held before`() {
        let first = RolloutEvent(split: "s\"", candidate: "b", Self.begun, before: nil)
        #expect(
            Self.text(first)
                == "{\"split\":\"s\\\"\",\"candidate\":\"b\",\"phase\":\"running\",\"share_percent\":10,"
                + "\"reason\":\"begun\",\"previous\":null}")
        let last = RolloutEvent(split: "s", candidate: "b", Self.taken, before: Self.begun)
        #expect(
            Self.text(last)
                == "{\"split\":\"s\",\"candidate\":\"b\",\"phase\":\"rolled_back\",\"share_percent\":0,"
                + "\"reason\":\"at 10 %: accuracy \\\"0\\\" is below 0.9\","
                + "\"previous\":{\"phase\":\"running\",\"share_percent\":10}}")
    }

    /// A director whose events become lines of a file.
    private struct Trial {
        let folder = TemporaryFolder()
        let state: ServerState
        let director: RolloutDirector
        let monitor: SplitMonitor

        init(_ store: StateStore? = nil) throws {
            let sink = EventSinkOptions(name: "f", target: .file(path: folder.path + "/events"))
            state = ServerState(
                log: EventLog(level: .info, format: .json, sink: MemorySink()),
                events: ServerEvents([sink], instance: "i"))
            try state.events.sender.start { _ in }
            director = RolloutDirector(state)
            if let store { director.keep(in: store) }
            let split = try SplitTrial.split(Self.text(guards: "min_samples: 0"))
            monitor = SplitMonitor(split, weights: split.variants.map(\.weight))
        }

        static func text(guards: String) -> String {
            SplitTrial.two
                + " rollout { candidate: \"b\" steps: [10, 100] hold_seconds: 60 guard { \(guards) } }"
        }

        /// The split's file is another one.
        func configure(guards: String) throws {
            let split = try SplitTrial.split(Self.text(guards: guards))
            monitor.adopt(split, weights: split.variants.map(\.weight))
        }

        /// The events so far; nothing follows.
        func events() throws -> [String] {
            state.events.sender.end(by: SystemClock().now() + .seconds(30))
            let path = folder.path + "/events"
            guard FileSystem.exists(path) else { return [] }
            return try FileSystem.readText(path, byteCountLimit: 1 << 16).split(separator: "\n").map { String($0) }
        }
    }

    @Test func `each change is told once, and other guards are none`() throws {
        let trial = try Trial()
        trial.director.adopt([trial.monitor], now: 0)
        trial.director.adopt([trial.monitor], now: 1)
        trial.director.look([trial.monitor], now: 60)
        try trial.configure(guards: "max_error_rate: 0.5")
        trial.director.adopt([trial.monitor], now: 61)
        #expect(trial.director.command(.abort, trial.monitor, now: 62) == .done)
        #expect(trial.director.command(.pause, trial.monitor, now: 63) != .done)
        trial.director.look([trial.monitor], now: 200)
        let events = try trial.events()
        #expect(events.count == 3)
        let states = [
            "\"phase\":\"running\",\"share_percent\":10,\"reason\":\"begun\",\"previous\":null",
            "\"phase\":\"running\",\"share_percent\":100,\"reason\":\"10 % have held\",\"previous\":{",
            "\"phase\":\"aborted\",\"share_percent\":0,\"reason\":\"aborted\",\"previous\":{\"phase\":\"running\","
                + "\"share_percent\":100}",
        ]
        for (event, state) in zip(events, states) {
            #expect(event.contains("\"type\":\"rowan.rollout.changed\",\"subject\":\"s\""))
            #expect(event.contains(state))
        }
    }

    @Test func `what was kept is no news, and what another has decided is told by the other`() throws {
        let folder = TemporaryFolder()
        let store = try StateStore(at: .directory(folder.path), for: .serving) { 1 }
        let first = try Trial(store)
        let second = try Trial(store)
        first.director.adopt([first.monitor], now: 0)
        second.director.adopt([second.monitor], now: 1)
        first.director.look([first.monitor], now: 60)
        second.director.look([second.monitor], now: 61)
        #expect(second.director.rollout(of: "s")?.share == 100)
        #expect(second.director.command(.promote, second.monitor, now: 62) == .done)
        first.director.look([first.monitor], now: 66)
        #expect(first.director.rollout(of: "s")?.phase == .promoted)
        let (told, toldBySecond) = (try first.events(), try second.events())
        #expect(told.count == 2 && told[1].contains("10 % have held"))
        #expect(toldBySecond.count == 1 && toldBySecond[0].contains("\"phase\":\"promoted\""))
    }
}
