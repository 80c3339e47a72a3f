import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import TestSupport
import Testing
import TreeEnsembles

@testable import InferenceServer

/// Calls that wait for an object store; the test plays the synchroniser, whose thread is not started.
extension RepositoryLoopTests {
    private struct Bench {
        let mirror: RepositoryMirror
        let repository: RepositoryLoop
    }

    private func bench() throws -> Bench {
        let settings = ObjectStoreSettings(environment: ["HOME": folder.path])
        let mirror = try RepositoryMirror(
            ObjectStoreLocation("s3://127.0.0.1:1/bucket"), settings, root: folder.path + "/cache")
        var options = ServerOptions()
        options.modelRepositories = [mirror.directory, folder.path + "/plain"]
        options.modelControlMode = .explicit
        folder.write("", to: "plain/empty")
        let log = EventLog(level: .debug, format: .text, sink: sink)
        let loaded = RepositoryLoader(instructionSet: .baseline).load(
            repositories: options.modelRepositories, control: .explicit, wanted: [])
        let synchroniser = RepositorySynchroniser(mirror, log: log, repository: try Mailbox(), options: options)
        let setup = RepositoryLoop.Setup(
            options: options, state: ServerState(log: log), loader: ModelLoader(instructionSet: .baseline),
            catalog: loaded.catalog, loops: [orders], synchronisers: [synchroniser])
        return Bench(mirror: mirror, repository: try RepositoryLoop(setup, on: EventLoop()))
    }

    private func fetched(
        _ model: String, _ bench: Bench, _ staged: StagedChanges = StagedChanges(), loading: String? = nil,
        fault: ObjectStoreFault? = nil
    ) -> FetchedModels {
        FetchedModels(
            mirror: bench.mirror, model: model, loading: loading ?? model, staged: staged, fault: fault)
    }

    private func finish(_ bench: Bench) {
        endTick(bench.repository)
        adopt(bench.repository)
    }

    @Test func `a load waits for its store, and later calls for the model wait behind it`() throws {
        let bench = try bench()
        let first = call(.load, "m")
        let last = call(.unload, "m")
        let other = call(.unload, "nobody")
        for call in [first, last, other] { bench.repository.receive(.call(call)) }
        finish(bench)
        #expect(status(first) == .internalServerError && status(last) == .internalServerError)
        #expect(status(other) == .ok, "calls for other models go on")
        try write("cache/models/m")
        bench.repository.receive(.fetched(fetched("m", bench)))
        finish(bench)
        #expect(status(first) == .ok && status(last) == .ok)
        #expect(bench.repository.catalog.makeTable().servedModels.isEmpty, "the last call has the last word")
    }

    @Test func `a load fails with the store's reason, and one of a model that lies elsewhere does not`() throws {
        let bench = try bench()
        let refused = call(.load, "m")
        bench.repository.receive(.call(refused))
        let fault = ObjectStoreFault.refused(status: 404, code: "NoSuchBucket", region: nil)
        bench.repository.receive(.fetched(fetched("m", bench, fault: fault)))
        finish(bench)
        #expect(status(refused) == .badRequest)
        #expect(sink.lines.contains { $0.contains("NoSuchBucket") && $0.contains("audit") })
        try write("plain/elsewhere")
        let elsewhere = call(.load, "elsewhere")
        bench.repository.receive(.call(elsewhere))
        bench.repository.receive(.fetched(fetched("elsewhere", bench, fault: fault)))
        finish(bench)
        #expect(status(elsewhere) == .ok)
    }

    private static let ensemble = """
        platform: "ensemble"
        input { name: "x" data_type: TYPE_FP32 dims: -1 } output { name: "y" data_type: TYPE_FP32 dims: 1 }
        ensemble_scheduling { step { model_name: "m" model_version: -1
        input_map { key: "features" value: "x" } output_map { key: "margin" value: "y" } } }
        """

    /// Asks for an ensemble and lets its store have it, but not its model.
    private func loadingEnsemble(_ bench: Bench) -> RepositoryCall {
        let load = call(.load, "e")
        bench.repository.receive(.call(load))
        #expect(bench.repository.waiting["e"]?.asked == ["e"])
        folder.write(Self.ensemble, to: "cache/models/e/config.pbtxt")
        folder.write("", to: "cache/models/e/1/.keep")
        bench.repository.receive(.fetched(fetched("e", bench)))
        finish(bench)
        #expect(bench.repository.waiting["e"]?.asked == ["e", "m"], "the store is asked for its model")
        #expect(status(load) == .internalServerError, "nobody has been answered")
        return load
    }

    @Test func `the load of an ensemble waits for its models, too`() throws {
        let bench = try bench()
        let load = loadingEnsemble(bench)
        try write("cache/models/m")
        bench.repository.receive(.fetched(fetched("m", bench, loading: "e")))
        finish(bench)
        #expect(status(load) == .ok)
        #expect(Set(bench.repository.catalog.makeTable().servedModels.map(\.name)) == ["e", "m"])
        #expect(bench.repository.waiting.isEmpty)
    }

    @Test func `the load of an ensemble fails with the reason why its model cannot be had`() throws {
        let bench = try bench()
        let load = loadingEnsemble(bench)
        let fault = ObjectStoreFault.refused(status: 403, code: "AccessDenied", region: nil)
        bench.repository.receive(.fetched(fetched("m", bench, loading: "e", fault: fault)))
        finish(bench)
        #expect(status(load) == .badRequest)
        #expect(sink.lines.contains { $0.contains("AccessDenied") && $0.contains("audit") })
    }

    @Test func `ensembles that are put together anew are counted as loads`() throws {
        let bench = try bench()
        let load = loadingEnsemble(bench)
        try write("cache/models/m")
        bench.repository.receive(.fetched(fetched("m", bench, loading: "e")))
        finish(bench)
        #expect(status(load) == .ok)
        let counters = bench.repository.state.counters
        let before = counters.loadedCount
        try write("cache/models/m")
        let again = call(.load, "m")
        bench.repository.receive(.call(again))
        bench.repository.receive(.fetched(fetched("m", bench)))
        finish(bench)
        #expect(status(again) == .ok)
        #expect(counters.loadedCount == before + 2, "the model, and the ensemble that calls it")
        let unload = call(.unload, "m")
        bench.repository.receive(.call(unload))
        finish(bench)
        #expect(counters.failedLoadCount == 0, "the ensemble waits for a model that was unloaded on purpose")
    }

    @Test func `a name that is no model's asks no store`() throws {
        let bench = try bench()
        let odd = call(.load, "../m")
        bench.repository.receive(.call(odd))
        finish(bench)
        #expect(bench.repository.waiting.isEmpty)
        #expect(sink.lines.last?.contains("failed to poll from model repository") == true)
    }
}
