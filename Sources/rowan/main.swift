import ForestTiming
import InferenceServer
import LinuxSystem
import ModelRepository
import TreeEnsembles

// A descriptor that the parent closed must not become a socket's, and a reader that went away must not end the server.
StandardDescriptors.openMissing()
SignalSet.ignoreBrokenPipes()

/// Prints what a command was asked for; a reader that does not take it is a fault of the command.
func printed(_ text: String) -> Int32 {
    do {
        try StandardStream.output.write(text)
        return 0
    } catch {
        return 1
    }
}

/// Says why the process ends.
func failed(_ message: String, exitCode: Int32) -> Int32 {
    // Where nobody can be told, the exit code still tells.
    try? StandardStream.error.write("rowan: \(message)\n")
    return exitCode
}

/// Says what a repository would serve and everything that is wrong with it.
func check(_ directory: String, asJSON: Bool) -> Int32 {
    let loaded = RepositoryLoader(instructionSet: InstructionSet.detect()).load(repositories: [directory])
    let code = printed(asJSON ? loaded.report.jsonLines : loaded.report.text)
    return loaded.report.faults.isEmpty ? code : 1
}

/// Says what a row of a model costs.
func bench(_ options: BenchOptions) -> Int32 {
    do {
        let instructionSet = try ModelLoading.instructionSet(limit: options.instructionSetLimit)
        let forest = try ModelLoader(instructionSet: instructionSet).loadForest(at: options.model)
        let report = try TimingReport(
            path: options.model, format: forest.format, ensemble: forest.ensemble,
            options: TimingReport.Options(
                instructionSet: instructionSet, rowsPerCall: options.rowsPerCall,
                missingFraction: options.missingFraction))
        return printed(options.asJSON ? report.json : report.text)
    } catch {
        // Each fault describes itself in a sentence.
        return failed("\(error)", exitCode: 1)
    }
}

/// Serves until a signal ends the process.
func serve(_ options: ServerOptions) -> Int32 {
    do throws(StartFault) {
        return try InferenceServer.run(
            options, allocator: AllocatorStatistics.current, returnUnusedMemory: AllocatorDecay.run,
            begin: SystemClock().now())
    } catch {
        return failed(error.message, exitCode: 1)
    }
}

do throws(OptionFault) {
    let command = try Command.parse(
        Array(CommandLine.arguments.dropFirst()), environment: ProcessFacts.environment(prefix: "ROWAN_"))
    switch command {
    case .help(let text): ProcessExit.end(with: printed(text))
    case .version: ProcessExit.end(with: printed(VersionReport.text))
    case .check(let directory, let asJSON): ProcessExit.end(with: check(directory, asJSON: asJSON))
    case .bench(let options): ProcessExit.end(with: bench(options))
    case .serve(let options): ProcessExit.end(with: serve(options))
    }
} catch {
    ProcessExit.end(with: failed(error.message, exitCode: error.exitCode))
}
