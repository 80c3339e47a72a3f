import ModelRepository

/// What the words of a command line ask for.
package enum Command: Equatable {
    /// Run a server.
    case serve(ServerOptions)
    /// List what would be served from a directory, and every fault in it.
    ///
    /// - Parameter asJSON: for programs, one object per line.
    case check(directory: String, asJSON: Bool)
    /// Measure what a model costs per row.
    case bench(BenchOptions)
    /// Describe a sample of training data, so that drift can be seen.
    case driftReference(DriftReferenceOptions)
    /// Show what a running server does.
    case top(TopOptions)
    /// Change or list the API keys of a file.
    case key(KeyOptions)
    /// Migrate, back up or restore what outlives the process.
    case state(StateOptions)
    /// Call a running server.
    case call(ServerCallOptions)
    /// Take or find what is known.
    case knowledge(KnowledgeOptions)
    /// Print what a server would do, and why.
    case showConfiguration(ConfigurationListing)
    /// Print a text and end.
    case help(String)
    /// Say which build this is and what the machine offers.
    case version

    /// The commands that this version has, in the order of the help.
    static let names = [
        "serve", "check", "bench", "top", "key", "drift", "feedback", "experiment", "rollout", "knowledge", "explain",
        "state", "config",
    ]

    /// Reads a command line.
    ///
    /// - Parameter arguments: the words behind the program's name.
    package static func parse(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws(OptionFault) -> Command {
        guard let name = arguments.first else { throw .missingCommand }
        let rest = Array(arguments.dropFirst())
        switch name {
        case "--help", "-h", "help": return .help(HelpText.program)
        case "--version", "version": return .version
        case "serve" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.serve)
        case "serve": return .serve(try ServerOptionsParser.parse(rest, environment: environment))
        case "check" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.check)
        case "check": return try check(rest)
        case "bench" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.bench)
        case "bench": return .bench(try BenchOptions.parse(rest))
        case "drift" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.drift)
        case "drift": return .driftReference(try DriftReferenceOptions.parse(rest))
        case "top" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.top)
        case "top": return .top(try TopOptions.parse(rest))
        case "key" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.key)
        case "key": return .key(try KeyOptions.parse(rest, environment: environment))
        case "feedback" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.feedback)
        case "feedback": return .call(try ServerCallOptions.feedback(rest))
        case "experiment" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.experiment)
        case "experiment": return .call(try ServerCallOptions.experiment(rest))
        case "rollout" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.rollout)
        case "rollout": return .call(try ServerCallOptions.rollout(rest))
        case "knowledge" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.knowledge)
        case "knowledge": return .knowledge(try KnowledgeOptions.parse(rest))
        case "explain" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.explain)
        case "explain": return .call(try ServerCallOptions.explain(rest))
        case "state" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.state)
        case "state": return .state(try StateOptions.parse(rest, environment: environment))
        case "config" where rest.contains { $0 == "--help" || $0 == "-h" }: return .help(HelpText.config)
        case "config": return .showConfiguration(try ConfigurationListing.parse(rest, environment: environment))
        case _ where name.hasPrefix("-"):
            let known = ["--help", "--version"]
            let isServeOption = ServerOption.named(String(name.prefix { $0 != "=" })) != nil
            throw .unknownOption(
                name, nearest: isServeOption ? "rowan serve \(name)" : NearestName.among(known, to: name))
        default: throw .unknownCommand(name, nearest: NearestName.among(names, to: name))
        }
    }

    private static func check(_ words: [String]) throws(OptionFault) -> Command {
        var directory: String?
        var asJSON = false
        for word in words {
            if word == "--json" {
                asJSON = true
            } else if word.hasPrefix("-") {
                throw .unknownOption(word, nearest: NearestName.among(["--json", "--help"], to: word))
            } else if directory == nil {
                directory = word
            } else {
                throw .unexpectedArgument(word, command: "check")
            }
        }
        guard let directory else { throw .missingArgument("DIR", command: "check") }
        return .check(directory: directory, asJSON: asJSON)
    }
}
