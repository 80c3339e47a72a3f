import Glibc
import TestSupport
import Testing

/// The command line of the real binary: what it prints where, and how it ends.
@Suite struct CommandLineTests {
    private func run(_ arguments: String..., environment: [String: String] = [:]) throws -> ChildProcess {
        try ChildProcess(BuiltProducts.rowan, arguments, environment: environment)
    }

    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["check", "--help"], ["bench", "--help"], ["top", "--help"], ["--version"],
    ])
    func `what was asked for goes to standard output, and all is well`(arguments: [String]) throws {
        let child = try ChildProcess(BuiltProducts.rowan, arguments)
        #expect(try child.waitForEnd() == .exited(code: 0))
        #expect(child.output.hasSuffix("\n") && child.errorOutput.isEmpty)
    }

    @Test func `the version names number, commit, compiler and instruction sets`() throws {
        let child = try run("--version")
        _ = try child.waitForEnd()
        for line in [", commit ", "\ncompiler: ", "\ninstruction sets found: baseline"] {
            #expect(child.output.contains(line), "\(child.output)")
        }
    }

    @Test func `the version is that of the newest entry of the change log`() throws {
        let child = try run("--version")
        _ = try child.waitForEnd()
        let changes = try #require(TextFile.text(at: RepositoryRoot.path + "/CHANGELOG.md"))
        let heading = try #require(changes.split(separator: "\n").first { $0.hasPrefix("## ") })
        #expect(child.output.hasPrefix("rowan \(heading.dropFirst(3)), commit "), "\(child.output)")
    }

    @Test func `check answers programs with one JSON object per line`() throws {
        let repository = RepositoryRoot.path + "/model_repository"
        let child = try run("check", repository, "--json")
        #expect(try child.waitForEnd() == .exited(code: 0))
        let lines = child.output.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("{\"kind\":\"model\",\"name\":\"") }.count == 4)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"kind\":\"model\"") || $0.hasPrefix("{\"kind\":\"notice\"") })
        let faulty = try run("check", "--json", RepositoryRoot.path + "/no_such_directory")
        #expect(try faulty.waitForEnd() == .exited(code: 1))
        #expect(faulty.output.hasPrefix("{\"kind\":\"fault\",\"path\":\""), "\(faulty.output)")
    }

    @Test func `check finds fault with a directory that holds no model`() throws {
        let version = RepositoryRoot.path + "/model_repository/xgboost_anomaly/1"
        let child = try run("check", version)
        #expect(try child.waitForEnd() == .exited(code: 1))
        #expect(child.output.hasPrefix("fault: \(version): holds no model: a repository is"), "\(child.output)")
        #expect(child.output.hasSuffix("0 model versions would be served, 1 fault\n"), "\(child.output)")
    }

    @Test(arguments: [
        "xgboost_anomaly/1/model.json", "catboost_anomaly/1", "isolation_forest",
    ])
    func `bench measures a file, a version and a model`(path: String) throws {
        let model = "\(RepositoryRoot.path)/model_repository/\(path)"
        let options = ["bench", model, "--isa", "baseline", "--rows-per-call", "64", "--rows-per-call", "2"]
        let child = try ChildProcess(BuiltProducts.rowan, options)
        try #require(try child.waitForEnd(seconds: 60) == .exited(code: 0), "\(child.errorOutput)")
        let lines = child.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("\(model): ") && lines[2] == "engine bit-planes, instruction set baseline")
        let sizes = lines.compactMap { $0.wholeMatch(of: /\ +(\d+)\ +[\d,.]+\ +[\d,]+/)?.1 }
        #expect(sizes == ["2", "64"], "\(child.output)")
        #expect(lines.last?.hasPrefix("margins are the same at every batch size, hash ") == true)
    }

    @Test func `bench answers programs with one JSON object`() throws {
        let model = RepositoryRoot.path + "/model_repository/xgboost_anomaly/1"
        let child = try run("bench", model, "--json", "--isa=baseline", "--rows-per-call=64", "--missing=0.5")
        #expect(try child.waitForEnd(seconds: 60) == .exited(code: 0), "\(child.errorOutput)")
        #expect(child.output.split(separator: "\n").count == 1)
        let members = [
            #""format":"xgboost_json""#, #""trees":100"#, #""engine":"bit-planes""#, #""isa":"baseline""#,
            #""missing_fraction":0.5"#, #""rows_per_call":64"#, #""too_slow":[]"#,
        ]
        for member in members { #expect(child.output.contains(member), "\(child.output)") }
    }

    @Test func `an unknown option ends with 2 and names the nearest one`() throws {
        let child = try run("serve", "--model-repository", "x", "--htp-port", "8000")
        #expect(try child.waitForEnd() == .exited(code: 2))
        #expect(child.errorOutput.contains("did you mean --http-port?") && child.output.isEmpty)
        #expect(child.errorOutput.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        [], ["serv"], ["bench"], ["bench", "x", "--jsn"], ["serve", "--log-file", "x"], ["serve", "stray"], ["check"],
    ])
    func `a command line that Rowan does not know ends with 2`(arguments: [String]) throws {
        let child = try ChildProcess(BuiltProducts.rowan, arguments)
        #expect(try child.waitForEnd() == .exited(code: 2))
        #expect(child.errorOutput.hasPrefix("rowan: ") && child.errorOutput.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        ["serve"], ["serve", "--model-repository", "x", "--http-port", "eight"],
        ["serve", "--model-repository", "x", "--model-control-mode", "always"],
        ["bench", "/no/such/model.json"], ["bench", RepositoryRoot.path + "/README.md"],
        ["bench", RepositoryRoot.path],
        ["bench", "x", "--rows-per-call", "0"],
        ["serve", "--model-repository", "/no/such/folder", "--http-port", "0", "--metrics-port", "0"],
    ])
    func `a value that cannot be used ends with 1 and one sentence`(arguments: [String]) throws {
        let child = try ChildProcess(BuiltProducts.rowan, arguments)
        #expect(try child.waitForEnd() == .exited(code: 1))
        #expect(child.errorOutput.split(separator: "\n").count == 1, "\(child.errorOutput)")
    }

    @Test func `a variable is read like an option`() throws {
        let child = try run(
            "serve", "--model-repository", "x", environment: ["ROWAN_HTTP_PORT": "tcp://10.0.0.1:8000"])
        #expect(try child.waitForEnd() == .exited(code: 1))
        #expect(child.errorOutput.contains("ROWAN_HTTP_PORT is \"tcp://10.0.0.1:8000\""))
    }

    @Test func `an output that nobody takes is a fault, not a crash`() throws {
        let full = try ChildProcess(BuiltProducts.rowan, ["--help"], standardOutput: .file("/dev/full"))
        #expect(try full.waitForEnd() == .exited(code: 1))
        let closed = try ChildProcess(BuiltProducts.rowan, [], standardOutput: .closed, standardError: .closed)
        #expect(try closed.waitForEnd() == .exited(code: 2))
    }
}
