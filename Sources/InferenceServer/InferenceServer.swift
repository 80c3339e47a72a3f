import CloudEvents
import EventLoops
import KnowledgeRetrieval
package import LinuxSystem
import RequestTracing

/// The server as a whole: loads models, starts threads, waits for the end.
///
/// - Isolation: the main thread.
package enum InferenceServer {
    /// Serves until a signal ends the process.
    ///
    /// - Parameter allocator: what the metrics page says about memory, asked for at each scrape.
    /// - Parameter build: what the metrics page says about the program.
    /// - Parameter returnUnusedMemory: gives the kernel what has not been used for a while; called once a second.
    /// - Parameter begin: when the process started, as far as it knows; the report at start counts from it.
    /// - Returns: the exit code.
    /// - Throws: why the server could not start.
    package static func run(
        _ options: ServerOptions, allocator: @escaping @Sendable () -> AllocatorFigures?,
        build: BuildFacts = BuildFacts(), returnUnusedMemory: () -> Void, begin: Nanoseconds
    ) throws(StartFault) -> Int32 {
        let signals: SignalSet = [.interrupt, .terminate, .hangUp]
        signals.block()
        SignalSet.ignoreBrokenPipes()
        ProcessFacts.raiseDescriptorLimit()
        let log = EventLog(options.logSettings, format: options.logFormat)
        let tracing = Tracing(options.tracing.options, version: ServerVersion.text)
        if options.holdsSecrets { ProcessFacts.refuseDumps() }
        let keys = try options.apiKeysFile.map { path throws(StartFault) in
            try APIKeyDirectory(path: path, loopCount: options.loopCount)
        }
        try checkTraceFile(tracing)
        let events = try events(options)
        let state = ServerState(
            log: log, tracing: tracing, events: events, allocator: allocator, build: build, keys: keys,
            loopCount: options.loopCount,
            scanInstructions: ScanInstructions(try ModelLoading.instructionSet(limit: options.instructionSetLimit)))
        do throws(SystemError) {
            try tracing.start { report in log.write(report) }
            try events.sender.start { report in log.write(report) }
        } catch {
            throw .resources(error)
        }
        let running = try RunningServer(options, state: state)
        StartReport(options, running, begin: begin).write(to: log)
        let supervisor = running.makeSupervisor()
        supervisor.ready()
        return waitForEnd(signals, running, state, options, supervisor, everySecond: returnUnusedMemory)
    }

    private static func events(_ options: ServerOptions) throws(StartFault) -> ServerEvents {
        guard let path = options.configurationFile else { return ServerEvents() }
        let (sinks, instance) = try EventSinkOptions.read(path) { ProcessFacts.environment(prefix: $0)[$0] }
        return ServerEvents(sinks, instance: instance)
    }

    private static func checkTraceFile(_ tracing: Tracing) throws(StartFault) {
        do throws(SystemError) {
            try tracing.checkFile()
        } catch {
            throw .traceFile(tracing.options.file ?? "", error)
        }
    }

    private static func waitForEnd(
        _ signals: SignalSet, _ running: RunningServer, _ state: ServerState, _ options: ServerOptions,
        _ supervisor: Supervisor, everySecond: () -> Void
    ) -> Int32 {
        let clock = SystemClock()
        var exitBy = Nanoseconds.never
        while true {
            switch signals.wait(timeout: .seconds(1)) {
            case SignalSet.interrupt?, SignalSet.terminate?:
                exitBy = min(exitBy, clock.now() + .seconds(options.drainDelaySeconds + options.exitTimeoutSeconds))
                running.control.send(.signalReceived)
                supervisor.stopping()
            case SignalSet.hangUp? where state.decidedExitCode == nil:
                running.control.send(.reloadCertificates)
                running.lookAtKeys(state)
            default:
                state.log.summarise()
                running.lookAtKeys(state)
                supervisor.look()
                everySecond()
            }
            if let code = state.decidedExitCode {
                running.leaveRepositories()
                if code == 0 { running.stop() }
                // Spans are sent in the time that requests have left; without any, only files are written.
                state.tracing.end(by: code == 0 ? exitBy : .zero)
                state.events.sender.end(by: code == 0 ? exitBy : .zero)
                state.log.summarise()
                return code
            }
        }
    }
}
