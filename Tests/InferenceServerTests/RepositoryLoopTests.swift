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
    private let folder = TemporaryFolder()
    private let sink = MemorySink()
    private let completion: Mailbox<RepositoryCall>
    private let orders: Mailbox<LoopOrder>

    init() throws {
        completion = try Mailbox()
        orders = try Mailbox()
    }

    private func write(_ name: String = "m") throws {
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

    private func call(_ verb: EndpointTable.RepositoryVerb, _ model: String) -> RepositoryCall {
        RepositoryCall(
            verb, model: model, client: "127.0.0.1:1", grounds: .local, body: ByteBuffer(), completion: completion)
    }

    /// The status of an answer; that of a call without one is 500.
    private func status(_ call: RepositoryCall) -> HTTPStatus {
        var status = HTTPStatus.ok
        call.withAnswer { head, _ in status = head.status }
        return status
    }

    private func endTick(_ repository: RepositoryLoop) {
        _ = repository.tickEnded(on: repository.loop)
    }

    private func adopt(_ repository: RepositoryLoop) {
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
