import AccessControl
import DurableState
import ForestTiming
import InferenceServer
import LinuxSystem
import ModelRepository
import ServerView
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
    do {
        let repositories = try MirroredRepositories([directory], dataDirectory: nil)
        defer { repositories.end() }
        try repositories.synchronise()
        let loaded = RepositoryLoader(instructionSet: InstructionSet.detect())
            .load(repositories: repositories.directories)
        var report = repositories.named(loaded.report)
        report.refuseEmptiness(of: directory)
        let code = printed(asJSON ? report.jsonLines : report.text)
        return report.faults.isEmpty ? code : 1
    } catch {
        return failed(error.message, exitCode: 1)
    }
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

/// Writes a reference for a model.
func makeReference(_ options: DriftReferenceOptions) -> Int32 {
    do throws(DriftReferenceCommand.Fault) {
        return printed(try DriftReferenceCommand(options).run())
    } catch {
        return failed(error.sentence, exitCode: 1)
    }
}

/// Shows what a running server does.
func top(_ options: TopOptions) -> Int32 {
    do throws(ViewFault) {
        let server = try ServerAddress(options.url, defaultPort: 8_000)
        let metrics: ServerAddress
        if let url = options.metricsURL {
            let named = try ServerAddress(url, defaultPort: 8_002)
            metrics = named.path == "/" ? named.at("/metrics") : named
        } else {
            metrics = server.metricsByCustom
        }
        var watch = ServerWatch(
            server: server.at("/"), metrics: metrics, interval: Nanoseconds(Int64(options.intervalSeconds * 1e9)),
            form: options.asJSON ? .json : options.isPlain ? .tables : .automatic, isOnce: options.isOnce,
            source: try ServerClient(certificateAuthorityFile: options.certificateAuthorityFile))
        return try watch.run()
    } catch {
        return failed(error.message, exitCode: 1)
    }
}

/// Changes or lists the API keys of a file.
func key(_ options: KeyOptions) -> Int32 {
    let editor = KeyFileEditor(options.file)
    do throws(KeyFileEditor.Fault) {
        switch options.action {
        case .list:
            return printed(KeyListing.text(of: try editor.keys(), asJSON: options.asJSON))
        case .revoke(let id):
            try editor.revoke(id)
            return 0
        case .add(let wanted):
            let added = try editor.add(wanted, at: WallClock.nanosecondsSince1970() / 1_000_000_000)
            return printed(KeyListing.text(ofNew: added.id, added.text, asJSON: options.asJSON))
        }
    } catch {
        return failed(error.message, exitCode: 1)
    }
}

/// Joins labels with what a server has left.
func joinFeedback(
    _ file: String, _ model: String, dataDirectory: String, repository: String, asJSON: Bool
) throws(ViewFault) -> String {
    let kept: KeptFeedback
    do throws(KeptFeedback.Fault) {
        kept = try KeptFeedback(of: model, dataDirectory: dataDirectory, repository: repository)
    } catch {
        throw ViewFault(error.message)
    }
    let sending = FeedbackSending(to: model) { (body) throws(ViewFault) in
        do throws(KeptFeedback.Fault) {
            return try kept.join(body)
        } catch {
            throw ViewFault(error.message)
        }
    }
    return try sending.send(file: file, asJSON: asJSON)
}

/// Calls a running server.
func call(_ options: ServerCallOptions) -> Int32 {
    do throws(ViewFault) {
        if case .joinFeedback(let file, let model, let directory, let repository) = options.action {
            return printed(
                try joinFeedback(
                    file, model, dataDirectory: directory, repository: repository, asJSON: options.asJSON))
        }
        let server = try ServerAddress(options.url, defaultPort: 8_000)
        var token: String?
        if let file = options.tokenFile { token = try ServerCaller.token(inFile: file) }
        let client = try ServerClient(certificateAuthorityFile: options.certificateAuthorityFile)
        let caller = ServerCaller(server, token: token, client)
        switch options.action {
        case .joinFeedback: preconditionFailure("no server is called for these labels")
        case .importFeedback(let file, let model):
            return printed(try FeedbackSending(to: model, caller).send(file: file, asJSON: options.asJSON))
        case .showExperiment(let split, let plot):
            return printed(try ExperimentCommand(split, caller).show(asJSON: options.asJSON, plot: plot))
        case .commandRollout(let split, let command):
            return printed(try ExperimentCommand(split, caller).command(command, asJSON: options.asJSON))
        case .explain(let id, let seconds):
            return printed(try ExplainCommand(caller, asJSON: options.asJSON).show(id, waitSeconds: seconds))
        case .followExplanations:
            try ExplainCommand(caller, asJSON: options.asJSON).follow { printed($0) == 0 }
            return 0
        }
    } catch {
        return failed(error.message, exitCode: 1)
    }
}

/// Takes documents, or shows what would be found.
func knowledge(_ options: KnowledgeOptions) -> Int32 {
    do throws(KnowledgeCommand.Fault) {
        return printed(try KnowledgeCommand(options).run())
    } catch {
        return failed(error.sentence, exitCode: 1)
    }
}

/// Migrates, backs up or restores what outlives a server.
func state(_ options: StateOptions) -> Int32 {
    do throws(StateFault) {
        return printed(try StateCommand.run(options))
    } catch {
        return failed(error.description, exitCode: 1)
    }
}

/// Serves until a signal ends the process.
func serve(_ options: ServerOptions) -> Int32 {
    do throws(StartFault) {
        return try InferenceServer.run(
            options, allocator: AllocatorStatistics.current, build: VersionReport.build,
            returnUnusedMemory: AllocatorDecay.run, begin: SystemClock().now())
    } catch {
        return failed(error.message, exitCode: 1)
    }
}

do throws(OptionFault) {
    let environment = ProcessFacts.environment(prefix: "ROWAN_")
        .merging(ProcessFacts.environment(prefix: "OTEL_")) { first, _ in first }
    let command = try Command.parse(Array(CommandLine.arguments.dropFirst()), environment: environment)
    switch command {
    case .help(let text): ProcessExit.end(with: printed(text))
    case .version: ProcessExit.end(with: printed(VersionReport.text))
    case .check(let directory, let asJSON): ProcessExit.end(with: check(directory, asJSON: asJSON))
    case .bench(let options): ProcessExit.end(with: bench(options))
    case .driftReference(let options): ProcessExit.end(with: makeReference(options))
    case .top(let options): ProcessExit.end(with: top(options))
    case .key(let options): ProcessExit.end(with: key(options))
    case .call(let options): ProcessExit.end(with: call(options))
    case .knowledge(let options): ProcessExit.end(with: knowledge(options))
    case .state(let options): ProcessExit.end(with: state(options))
    case .showConfiguration(let listing): ProcessExit.end(with: printed(listing.text))
    case .serve(let options): ProcessExit.end(with: serve(options))
    }
} catch {
    ProcessExit.end(with: failed(error.message, exitCode: error.exitCode))
}
