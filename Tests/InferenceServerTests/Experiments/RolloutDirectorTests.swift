import LinuxSystem
import ModelMonitoring
import ModelRepository
import TestSupport
import Testing
import TrafficSplitting

@testable import DurableState
@testable import InferenceServer

/// Rollouts of splits, their state in a real database.
@Suite struct RolloutDirectorTests {
    private static let text =
        SplitTrial.two + " rollout { candidate: \"b\" steps: [10, 50, 100] hold_seconds: 60 guard { min_samples: 0 } }"

    /// A server as far as rollouts are concerned.
    private struct Trial {
        let state = ServerState(log: EventLog(level: .info, format: .json, sink: MemorySink()))
        let director: RolloutDirector
        let monitor: SplitMonitor

        init(_ text: String, _ store: StateStore?) throws {
            director = RolloutDirector(state)
            if let store { director.keep(in: store) }
            let split = try SplitTrial.split(text)
            monitor = SplitMonitor(split, weights: split.variants.map(\.weight))
        }

        func adopt(now: Int64) { director.adopt([monitor], now: now) }

        var share: Int? { director.rollout(of: "s")?.share }

        /// The candidate's share by the weights that loops are told.
        var weight: Double? {
            state.monitoring.weights(of: monitor.split).map { VariantAssignment.shares($0)[1] }
        }
    }

    /// Why a command was refused; empty if it was not.
    private static func reason(_ outcome: RolloutDirector.Outcome) -> String {
        if case .refused(let reason) = outcome { reason } else { "" }
    }

    @Test func `steps follow each other, and loops are told`() throws {
        let trial = try Trial(Self.text, nil)
        #expect(trial.weight == 0.1)
        trial.adopt(now: 100)
        #expect(trial.share == 10 && trial.weight == 0.1)
        trial.director.look([trial.monitor], now: 159)
        #expect(trial.share == 10)
        trial.director.look([trial.monitor], now: 160)
        #expect(trial.share == 50 && trial.weight == 0.5)
        #expect(trial.director.command(.abort, trial.monitor, now: 161) == .done)
        #expect(trial.share == 0 && trial.weight == 0)
        #expect(Self.reason(trial.director.command(.pause, trial.monitor, now: 162)).contains("has ended"))
    }

    @Test func `a split without rollout has the weights of its configuration`() throws {
        let trial = try Trial(SplitTrial.two, nil)
        trial.adopt(now: 0)
        #expect(trial.weight == nil && trial.share == nil)
        #expect(Self.reason(trial.director.command(.pause, trial.monitor, now: 1)).contains("no rollout"))
    }

    @Test func `a rollout goes on where another process has left it, its step anew`() throws {
        let folder = TemporaryFolder()
        do {
            let store = try StateStore(at: .directory(folder.path), for: .serving) { 1 }
            let trial = try Trial(Self.text, store)
            trial.adopt(now: 0)
            trial.director.look([trial.monitor], now: 60)
            #expect(trial.share == 50)
        }
        let store = try StateStore(at: .directory(folder.path), for: .serving) { 1 }
        let trial = try Trial(Self.text, store)
        trial.adopt(now: 1_000)
        #expect(trial.share == 50 && trial.weight == 0.5)
        trial.director.look([trial.monitor], now: 1_059)
        #expect(trial.share == 50)
        trial.director.look([trial.monitor], now: 1_060)
        #expect(trial.share == 100)
    }

    @Test func `state that cannot be read is begun anew`() throws {
        let folder = TemporaryFolder()
        let store = try StateStore(at: .directory(folder.path), for: .serving) { 1 }
        _ = try store.save("rollout", "s", "{}", replacing: 0, nanosecondsSince1970: 1)
        let trial = try Trial(Self.text, store)
        trial.adopt(now: 0)
        #expect(trial.share == 10)
        #expect(try store.document("rollout", "s")?.content.contains("\"candidate\":\"b\"") == true)
    }

    @Test func `a command that cannot be kept is carried out, and is not said to be done`() throws {
        let folder = TemporaryFolder()
        let store = try StateStore(at: .directory(folder.path), for: .serving) { 1 }
        let trial = try Trial(Self.text, store)
        trial.adopt(now: 0)
        try store.database.execute("ALTER TABLE documents RENAME TO hidden")
        let outcome = trial.director.command(.promote, trial.monitor, now: 1)
        guard case .unkept(let sentence) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(sentence.hasPrefix("the rollout of split 's' is promoted at 100 % now, but that could not be kept"))
        #expect(sentence.contains("no such table"))
        #expect(trial.share == 100 && trial.weight == 1)
        // It is tried again, and from then on commands are done.
        try store.database.execute("ALTER TABLE hidden RENAME TO documents")
        trial.director.look([trial.monitor], now: 10)
        #expect(try store.document("rollout", "s")?.content.contains("promoted") == true)
    }

    @Test func `servers that share a database decide alike`() throws {
        let server = try PostgresServer()
        let location = try StateLocation(url: server.url)
        func store() throws -> StateStore { try StateStore(at: location, for: .serving) { 1 } }
        let first = try Trial(Self.text, try store())
        let second = try Trial(Self.text, try store())
        first.adopt(now: 0)
        second.adopt(now: 1)
        #expect(first.share == 10 && second.share == 10)
        // The first one advances; the second one, whose time has come as well, finds that and does not advance again.
        first.director.look([first.monitor], now: 60)
        #expect(first.share == 50)
        second.director.look([second.monitor], now: 61)
        #expect(second.share == 50 && second.weight == 0.5)
        #expect(second.director.command(.promote, second.monitor, now: 62) == .done)
        first.director.look([first.monitor], now: 66)
        #expect(first.share == 100 && first.weight == 1)
        #expect(first.director.rollout(of: "s")?.phase == .promoted)
    }
}
