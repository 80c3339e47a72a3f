import ModelRepository
import TestSupport
import Testing

@testable import InferenceServer

/// Options in the file of `--config`, and `rowan config show`.
@Suite struct ConfigurationFileTests {
    private let folder = TemporaryFolder()

    /// Writes a file.
    ///
    /// - Returns: its path.
    private func file(_ text: String) -> String {
        folder.write(text, to: "rowan.conf")
        return folder.path + "/rowan.conf"
    }

    private func options(
        _ text: String, _ words: [String] = [], _ environment: [String: String] = [:]
    ) throws(OptionFault) -> ServerOptions {
        try ServerOptionsParser.parse(["--config", file(text)] + words, environment: environment)
    }

    @Test func `a flag wins over a variable, and both win over the file`() throws {
        let text = """
            model_repository: ["a", "b"]  # a list
            http_port: 7000 grpc_port: -1 metrics_port: 7002
            access_log: true
            exit_on_error: false
            log_level: "debug"
            instance: "eu-1"
            """
        let read = try options(
            text, ["--http-port", "9000"], ["ROWAN_HTTP_PORT": "8000", "ROWAN_METRICS_PORT": "8002"])
        #expect(read.modelRepositories == ["a", "b"])
        #expect(read.httpPort == .number(9_000) && read.grpcPort == .off && read.metricsPort == .number(8_002))
        #expect(read.accessLog && !read.exitOnError && read.logLevel == .debug)
        // What a flag names takes the place of the whole list.
        #expect(try options(text, ["--model-repository", "c"]).modelRepositories == ["c"])
        #expect(try options(text, [], ["ROWAN_MODEL_REPOSITORY": "d"]).modelRepositories == ["d"])
        // The variable names the file as well.
        let path = file(text)
        #expect(try ServerOptionsParser.parse([], environment: ["ROWAN_CONFIG": path]).modelRepositories == ["a", "b"])
    }

    @Test(arguments: [
        ("http_prt: 1", ": 1:1: rowan.ServerConfiguration has no field 'http_prt'; did you mean 'http_port'?"),
        ("http_port: \"8000\"", ": 1:12: expected an integer"),
        ("model_repository: \"a\"\n  threads: 0", ":2:3 threads is \"0\": give a whole number of event loops"),
        ("http_port: 70000", "http_port is \"70000\": give a port"),
        ("http_port: 1 http_port: 2", "'http_port' may be given only once"),
        ("log_file: \"x\"", "has no field 'log_file'"),
        ("config: \"x\"", "has no field 'config'"),
        ("state_url: \"postgresql://u:secret@h/d?connect_timeout=0\"", "state_url is \"not shown\""),
    ]) func `faults name the file and the place`(text: String, sentence: String) throws {
        let fault = try #require(throws: OptionFault.self) { try options(text, ["--model-repository", "m"]) }
        #expect(fault.exitCode == 1)
        #expect(fault.message.contains("rowan.conf") && fault.message.contains(sentence), "\(fault.message)")
        #expect(!fault.message.contains("secret@"))
    }

    @Test func `a file that is not there is named`() throws {
        let fault = try #require(throws: OptionFault.self) {
            try ServerOptionsParser.parse(["--config=/none/rowan.conf", "--model-repository=m"])
        }
        #expect(fault.message.hasPrefix("--config /none/rowan.conf: "))
    }

    @Test func `the schema file has a field for each option with an effect`() throws {
        let path = RepositoryRoot.path + "/Sources/ModelRepository/RowanConfiguration.proto"
        let lines = try #require(TextFile.text(at: path)).split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "message ServerConfiguration {"))
        var found: [String] = []
        var numbers: [Int] = []
        for line in lines[(start + 1)...].prefix(while: { $0 != "}" }) {
            let words = line.prefix { $0 != ";" }.split(separator: " ")
            guard let number = words.last.flatMap({ Int($0) }), number >= 100 else { continue }
            found.append(words.dropLast(2).joined(separator: " "))
            numbers.append(number)
        }
        let expected = ServerOption.fields.map { field in
            let kind =
                switch field.kind {
                case .text: "string"
                case .number: "int64"
                case .truth: "bool"
                }
            return (field.isRepeatable ? "repeated " : "") + kind + " " + field.name
        }
        #expect(found == expected, "\(expected.filter { !found.contains($0) }) are missing")
        #expect(Set(numbers).count == numbers.count)
        for field in ServerOption.fields { #expect(ServerOption.ofField(field.name)?.field == field.name) }
    }

    private func listing(_ words: [String], _ environment: [String: String] = [:]) throws -> String {
        guard case .showConfiguration(let listing) = try Command.parse(["config"] + words, environment: environment)
        else { return "" }
        return listing.text
    }

    private static func line(_ name: String, in text: String) -> [Substring] {
        text.split(separator: "\n").first { $0.hasPrefix(name + " ") }?.split(separator: " ") ?? []
    }

    @Test func `a listing says which value holds, and where it comes from`() throws {
        let path = file("http_port: 7000\naccess_log: true event_sink { name: \"f\" file { path: \"/f\" } }")
        let words = ["show", "--config", path, "--threads=2", "--exit-on-error"]
        let text = try listing(words, ["ROWAN_GRPC_PORT": "0"])
        #expect(Self.line("--http-port", in: text) == ["--http-port", "7000", "file", "\(path):1:1"])
        #expect(Self.line("--access-log", in: text) == ["--access-log", "true", "file", "\(path):2:1"])
        #expect(Self.line("--grpc-port", in: text) == ["--grpc-port", "0", "variable", "ROWAN_GRPC_PORT"])
        #expect(Self.line("--threads", in: text) == ["--threads", "2", "flag"])
        #expect(Self.line("--exit-on-error", in: text) == ["--exit-on-error", "true", "flag"])
        #expect(Self.line("--metrics-port", in: text) == ["--metrics-port", "8002", "default"])
        #expect(Self.line("--model-repository", in: text) == ["--model-repository", "-", "default"])
        #expect(Self.line("event_sink", in: text) == ["event_sink", "f", "file:2:29"])
        let names = text.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(names.count == ServerOption.fields.count + 2)
    }

    @Test func `a listing for programs is one object, and shows no secrets`() throws {
        let words = [
            "show", "--json", "--model-repository", "a", "--model-repository", "b", "--state-url",
            "postgresql://u:secret@h/d",
        ]
        let text = try listing(words)
        let start = "{\"options\":[{\"option\":\"--model-repository\",\"value\":\"a\",\"origin\":\"flag\"},"
        #expect(text.hasPrefix(start))
        #expect(text.contains("{\"option\":\"--state-url\",\"value\":\"(not shown)\",\"origin\":\"flag\"}"))
        #expect(text.contains("{\"option\":\"--http-port\",\"value\":\"8000\",\"origin\":\"default\"}"))
        #expect(text.hasSuffix("],\"instance\":\"\",\"event_sinks\":[]}\n"))
        #expect(!text.contains("secret@"))
    }

    @Test func `values that cannot be used are faults of the listing, too`() throws {
        #expect(throws: OptionFault.self) { try listing(["show", "--http-port", "x"]) }
        let unknown = #expect(throws: OptionFault.self) { try listing(["shw"]) }
        #expect(unknown?.exitCode == 1)
        #expect(throws: OptionFault.missingArgument("ACTION (show)", command: "config")) { try listing([]) }
        #expect(throws: OptionFault.unexpectedArgument("x", command: "config show")) { try listing(["show", "x"]) }
        #expect(try Command.parse(["config", "--help"]) == .help(HelpText.config))
    }

    @Test func `the default in a help is the one that holds`() throws {
        // Values that are written as they are given are tried: nothing changes.
        for option in ServerOption.all {
            guard option.section != .tracing, let usual = option.usual, !usual.contains(" "), usual != "none"
            else { continue }
            let before = try ServerOptionsParser.parse(["--model-repository", "m"])
            switch option.effect {
            case .value(_, _, let apply):
                var after = before
                do {
                    try apply(&after, usual)
                } catch {
                    Issue.record("\(option.name): \(usual)")
                }
                // Of values that stand for an absence nothing can be said but that they are permitted.
                if !["--log-verbose"].contains(option.name) { #expect(after == before, "\(option.name)") }
            case .flag(let apply):
                var after = before
                apply(&after, usual == "true")
                #expect(after == before, "\(option.name)")
            default: break
            }
        }
    }
}
