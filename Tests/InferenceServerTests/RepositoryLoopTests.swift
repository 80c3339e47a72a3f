import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import TestSupport
import Testing
import TreeEnsembles

@testable import InferenceServer

/// The thread of the repository without its thread: what calls, loops and the disk tell it, one after the other.
struct RepositoryLoopTests {
    let folder = TemporaryFolder()
    let sink = MemorySink()
    private let completion: Mailbox<RepositoryCall>
    let orders: Mailbox<LoopOrder>

    init() throws {
        completion = try Mailbox()
        orders = try Mailbox()
    }

    func write(_ name: String = "m") throws {
        let path = RepositoryRoot.path + "/model_repository/xgboost_anomaly/1/model.json"
        let model = try FileSystem.read(path, byteCountLimit: 64 << 20)
        folder.write(model.withBytes { bytes in bytes.indices.map { bytes[$0] } }, to: "\(name)/1/model.json")
    }

    private func repository(loadingAtStart names: Set<String>) throws -> RepositoryLoop {
        var options = ServerOptions()
        options.modelRepositories = [folder.path]
        options.modelControlMode = .explicit
        let loaded = RepositoryLoader(instructionSet: .baseline).load(
            repositories: [folder.path], control: .explicit, wanted: names)
        let setup = RepositoryLoop.Setup(
            options: options, state: ServerState(log: EventLog(level: .debug, format: .text, sink: sink)),
            loader: ModelLoader(instructionSet: .baseline), catalog: loaded.catalog, loops: [orders])
        return try RepositoryLoop(setup, on: EventLoop())
    }

    func call(_ verb: EndpointTable.RepositoryVerb, _ model: String) -> RepositoryCall {
        RepositoryCall(
            verb, model: model, client: "127.0.0.1:1", grounds: .local, body: ByteBuffer(), completion: completion)
    }

    /// The status of an answer; that of a call without one is 500.
    func status(_ call: RepositoryCall) -> HTTPStatus {
        var status = HTTPStatus.ok
        call.withAnswer { head, _ in status = head.status }
        return status
    }

    func endTick(_ repository: RepositoryLoop) {
        _ = repository.tickEnded(on: repository.loop)
    }

    func adopt(_ repository: RepositoryLoop) {
        repository.receive(.adopted(loop: 0, generation: 1_000, former: ServingTable(models: [], names: [])))
    }

    @Test func `a call is answered when every loop serves its effect`() throws {
        try write()
        let repository = try repository(loadingAtStart: [])
        let load = call(.load, "m")
        repository.receive(.call(load))
        endTick(repository)
        #expect(status(load) == .internalServerError, "the loop has not adopted the table")
        #expect(!sink.lines.contains { $0.contains("audit") })
        adopt(repository)
        #expect(status(load) == .ok)
        let audit = "audit client=127.0.0.1:1 by=local call=load model=m result=done\n"
        #expect(sink.lines.contains { $0.hasSuffix(audit) })
    }

    @Test func `a call names a model by its bytes`() throws {
        try write("caf\u{E9}")
        let repository = try repository(loadingAtStart: ["caf\u{E9}"])
        let calls = [call(.load, "cafe\u{301}"), call(.unload, "cafe\u{301}")]
        for call in calls { repository.receive(.call(call)) }
        endTick(repository)
        adopt(repository)
        #expect(status(calls[0]) == .internalServerError && status(calls[1]) == .ok)
        #expect(repository.catalog.makeTable().readyVersions(ofNameAt: 0) == [1], "it answers still")
    }

    @Test func `a note names its file once, and stands in the log once`() throws {
        try write()
        folder.write("runtime: \"x\"", to: "m/config.pbtxt")
        let repository = try repository(loadingAtStart: [])
        for _ in 0..<2 {
            repository.receive(.call(call(.load, "m")))
            try write()
        }
        let file = "\(folder.path)/m/config.pbtxt"
        let note = "note on a model note=\"\(file):1:1: runtime: the server brings its own engines\""
        #expect(sink.lines.filter { $0.contains("note on a model") }.map { $0.hasSuffix(note + "\n") } == [true])
        #expect(sink.lines.count { $0.contains("model ready") } == 2)
    }

    @Test func `an ensemble that ends because its model was unloaded is no error`() throws {
        try write()
        folder.write(
            """
            platform: "ensemble"
            input { name: "x" data_type: TYPE_FP32 dims: 37 }
            output { name: "y" data_type: TYPE_FP32 dims: 1 }
            ensemble_scheduling {
              step {
                model_name: "m"
                input_map { key: "features" value: "x" }
                output_map { key: "margin" value: "y" }
              }
            }
            """, to: "e/config.pbtxt")
        folder.write("", to: "e/1/.keep")
        let repository = try repository(loadingAtStart: ["e"])
        repository.receive(.call(call(.unload, "m")))
        let told = sink.lines.filter { $0.contains("model answers no more") }
        #expect(told.count == 1 && told.first?.contains("WARN") == true, "\(sink.lines)")
        #expect(!sink.lines.contains { $0.contains("ERROR") })
    }

    @Test func `a call without an effect is answered at once`() throws {
        try write()
        let repository = try repository(loadingAtStart: ["m"])
        endTick(repository)
        adopt(repository)
        for call in [call(.load, "m"), call(.unload, "nobody")] {
            repository.receive(.call(call))
            endTick(repository)
            #expect(status(call) == .ok)
        }
        let unknown = call(.load, "nobody")
        repository.receive(.call(unknown))
        endTick(repository)
        #expect(sink.lines.last?.contains("failed to poll from model repository") == true)
    }

    @Test func `files that change while they are read do not count`() throws {
        try write()
        let repository = try repository(loadingAtStart: [])
        func found() throws -> (scanned: ScannedModel, fingerprint: ModelFingerprint) {
            let scan = RepositoryScanner.scan(repositories: [folder.path], models: [])
            let scanned = try #require(scan.models.first)
            return (scanned, ModelFingerprint(of: scanned))
        }
        let before = try found()
        try write()
        guard case .load(let order) = repository.catalog.loadAsked("m", found: before, override: nil) else {
            Issue.record("a model that does not answer is loaded")
            return
        }
        #expect(!repository.load(order))
        #expect(repository.catalog.failure(of: "m")?.contains("changed while they were read") == true)
        guard case .load(let again) = repository.catalog.loadAsked("m", found: try found(), override: nil) else {
            Issue.record("a model that does not answer is loaded")
            return
        }
        #expect(repository.load(again))
        #expect(repository.catalog.failure(of: "m") == nil)
    }

    @Test func `a model is let go when no loop has it any more`() throws {
        try write()
        let repository = try repository(loadingAtStart: ["m"])
        weak let model = repository.catalog.makeTable().servedModels.first
        #expect(model != nil)
        repository.receive(.call(call(.unload, "m")))
        endTick(repository)
        repository.receive(.adopted(loop: 0, generation: 1, former: ServingTable(models: [], names: [])))
        repository.receive(.released(loop: 0, slot: 0))
        endTick(repository)
        #expect(model != nil, "the loop still serves a table that holds it")
        // The tables that wait in the loop's mailbox hold it, too, until the loop has taken them.
        let loop = try EventLoop()
        var tables = 0
        try loop.attach(orders) { order, loop in
            if case .adopt = order { tables += 1 }
            loop.stop()
        }
        loop.run()
        #expect(tables > 0)
        adopt(repository)
        #expect(model == nil)
    }
}
