import EventLoops
package import LinuxSystem

/// The server as a whole: loads models, starts threads, waits for the end.
///
/// - Isolation: the main thread.
package enum InferenceServer {
    /// Serves until a signal ends the process.
    ///
    /// - Parameter allocator: what the metrics page says about memory, asked for at each scrape.
    /// - Parameter returnUnusedMemory: gives the kernel what has not been used for a while; called once a second.
    /// - Parameter begin: when the process started, as far as it knows; the report at start counts from it.
    /// - Returns: the exit code.
    /// - Throws: why the server could not start.
    package static func run(
        _ options: ServerOptions, allocator: @escaping @Sendable () -> AllocatorFigures?,
        returnUnusedMemory: () -> Void, begin: Nanoseconds
    ) throws(StartFault) -> Int32 {
        let signals: SignalSet = [.interrupt, .terminate, .hangUp]
        signals.block()
        SignalSet.ignoreBrokenPipes()
        ProcessFacts.raiseDescriptorLimit()
        let log = EventLog(level: options.logLevel, format: options.logFormat)
        let state = ServerState(log: log, allocator: allocator)
        let running = try RunningServer(options, state: state)
        StartReport(options, running, begin: begin).write(to: log)
        return waitForEnd(signals, running, state, everySecond: returnUnusedMemory)
    }

    private static func waitForEnd(
        _ signals: SignalSet, _ running: RunningServer, _ state: ServerState, everySecond: () -> Void
    ) -> Int32 {
        while true {
            switch signals.wait(timeout: .seconds(1)) {
            case SignalSet.interrupt?, SignalSet.terminate?:
                running.control.send(.signalReceived)
            default:
                state.log.summarise()
                everySecond()
            }
            if let code = state.decidedExitCode {
                if code == 0 { running.stop() }
                state.log.summarise()
                return code
            }
        }
    }
}
