import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository

/// The threads of a server that has started.
///
/// - Isolation: the main thread.
struct RunningServer {
    /// Where the server listens, with the ports that the kernel chose.
    struct Addresses: Sendable {
        var http: SocketAddress?
        var metrics: SocketAddress?
    }

    let addresses: Addresses
    let table: ServingTable
    let control: Mailbox<ControlOrder>
    private let threads: [EventLoopThread]
    private let pool: ComputePool
    /// Loads models, where they may change; the end of the process does not wait for it.
    private let repositoryThread: EventLoopThread?

    /// Loads the models and starts all threads; the server is ready when this returns.
    init(_ options: ServerOptions, state: ServerState) throws(StartFault) {
        var starter = try ThreadStarter(options, state: state)
        try starter.claimAddresses()
        let loaded = try ModelLoading.load(options, log: state.log)
        table = loaded.table
        let repository: Mailbox<RepositoryOrder>
        let loopCount = options.threads ?? ProcessorBudget.processorCount
        do throws(SystemError) {
            control = try Mailbox()
            repository = try Mailbox()
            pool = try ComputePool(threadCount: loopCount)
        } catch {
            throw .resources(error)
        }
        try starter.startServing(
            loopCount: loopCount, table: table, control: control, repository: repository, pool: pool)
        repositoryThread = try starter.startRepository(repository, loaded)
        try starter.startControl(control)
        addresses = starter.addresses
        threads = starter.threads
        for model in table.servedModels { pool.offer(ModelCalibration(of: model)) }
    }

    /// Ends all threads; every connection has been closed before.
    func stop() {
        for thread in threads { thread.stop() }
        for thread in threads { thread.join() }
        pool.stop()
    }
}
