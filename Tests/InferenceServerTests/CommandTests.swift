import Testing
import TreeEnsembles

@testable import InferenceServer

@Suite struct CommandTests {
    private func fault(_ arguments: String...) throws -> OptionFault {
        try #require(throws: OptionFault.self) { _ = try Command.parse(arguments) }
    }

    @Test func `help and version are found under their usual names`() throws {
        #expect(try Command.parse(["--help"]) == .help(HelpText.program))
        #expect(try Command.parse(["-h"]) == .help(HelpText.program))
        #expect(try Command.parse(["--version"]) == .version)
        #expect(try Command.parse(["serve", "--http-port", "x", "--help"]) == .help(HelpText.serve))
        #expect(try Command.parse(["check", "--help"]) == .help(HelpText.check))
        #expect(try Command.parse(["bench", "--isa", "x", "-h"]) == .help(HelpText.bench))
    }

    @Test func `check takes one directory`() throws {
        #expect(try Command.parse(["check", "models"]) == .check(directory: "models", asJSON: false))
        #expect(try Command.parse(["check", "--json", "models"]) == .check(directory: "models", asJSON: true))
        #expect(try fault("check", "--jsn", "m") == .unknownOption("--jsn", nearest: "--json"))
        #expect(try fault("check") == .missingArgument("DIR", command: "check"))
        #expect(try fault("check", "a", "b") == .unexpectedArgument("b", command: "check"))
        #expect(try fault("check", "--all") == .unknownOption("--all", nearest: nil))
    }

    @Test func `top takes one server and its options`() throws {
        var options = TopOptions()
        #expect(try Command.parse(["top"]) == .top(options))
        options.url = "a:1"
        #expect(try Command.parse(["top", "a:1"]) == .top(options))
        #expect(try Command.parse(["top", "--url=a:1"]) == .top(options))
        options.metricsURL = "b"
        (options.intervalSeconds, options.isPlain, options.asJSON, options.isOnce) = (0.5, true, true, true)
        let words = ["a:1", "--metrics-url", "b", "--interval=0.5", "--plain", "--json", "--once"]
        #expect(try Command.parse(["top"] + words) == .top(options))
        #expect(try Command.parse(["top", "--interval", "x", "--help"]) == .help(HelpText.top))
        #expect(try fault("top", "a", "b") == .unexpectedArgument("b", command: "top"))
        #expect(try fault("top", "a", "--url=b") == .unexpectedArgument("--url=b", command: "top"))
        #expect(try fault("top", "--json=1") == .unexpectedArgument("--json=1", command: "top"))
        #expect(try fault("top", "--intervall", "1") == .unknownOption("--intervall", nearest: "--interval"))
        #expect(try fault("top", "--interval") == .missingValue(option: "--interval", placeholder: "SECONDS"))
        let range = ServerOptionLimits.topIntervalSeconds
        for value in ["0", "-1", "x", "nan", "\(range.lowerBound / 2)", "\(range.upperBound + 1)"] {
            #expect(try fault("top", "--interval", value).exitCode == 1, "\(value)")
        }
    }

    @Test func `bench takes one model and its options`() throws {
        var options = BenchOptions(model: "m.json")
        #expect(try Command.parse(["bench", "m.json"]) == .bench(options))
        options.instructionSetLimit = .v3
        options.rowsPerCall = [1, 1_000_000]
        options.missingFraction = 0.25
        options.asJSON = true
        let words = ["--isa=v3", "--rows-per-call", "1", "m.json", "--rows-per-call=1000000", "--missing", "0.25"]
        #expect(try Command.parse(["bench", "--json"] + words) == .bench(options))
        #expect(try fault("bench") == .missingArgument("MODEL", command: "bench"))
        #expect(try fault("bench", "a", "b") == .unexpectedArgument("b", command: "bench"))
        #expect(try fault("bench", "a", "--json=yes") == .unexpectedArgument("--json=yes", command: "bench"))
        let unknown = try fault("bench", "a", "--row-per-call", "1")
        #expect(unknown == .unknownOption("--row-per-call", nearest: "--rows-per-call"))
        #expect(try fault("bench", "a", "--isa") == .missingValue(option: "--isa", placeholder: "SET"))
        #expect(try fault("bench", "a", "--missing").exitCode == 2)
    }

    @Test(arguments: [
        ["--isa", "avx"], ["--missing", "1.5"], ["--missing", "-0.1"], ["--missing", "nan"], ["--rows-per-call", "0"],
        ["--rows-per-call", "+1"], ["--rows-per-call", "\(ServerOptionLimits.benchRowsPerCall.upperBound + 1)"],
    ])
    func `values that bench cannot use are named`(words: [String]) throws {
        let fault = try #require(throws: OptionFault.self) { _ = try Command.parse(["bench", "m"] + words) }
        #expect(fault.exitCode == 1 && fault.message.hasPrefix("\(words[0]) is \"\(words[1])\": give "))
    }

    @Test func `unknown commands are usage errors that name the nearest one`() throws {
        #expect(try fault("serv") == .unknownCommand("serv", nearest: "serve"))
        #expect(try fault("frobnicate") == .unknownCommand("frobnicate", nearest: nil))
        #expect(try fault() == .missingCommand)
        #expect(try fault("--versoin") == .unknownOption("--versoin", nearest: "--version"))
        #expect(try fault("--threads=2") == .unknownOption("--threads=2", nearest: "rowan serve --threads=2"))
        #expect(try fault("serv").exitCode == 2)
    }

    @Test func `the help of serve names every option that is accepted, within a terminal's width`() {
        let words = Set(HelpText.serve.split { $0.isWhitespace || $0 == "[" })
        for option in ServerOption.all {
            if case .refused = option.effect { continue }
            #expect(words.contains(Substring(option.name)), "\(option.name)")
        }
        for line in (HelpText.serve + HelpText.program + HelpText.check + HelpText.bench + HelpText.top).split(
            separator: "\n")
        {
            #expect(line.count <= 120, "\(line)")
        }
    }

    @Test func `every option is well named and listed once`() {
        for option in ServerOption.all {
            let isWellNamed = option.name.dropFirst(2).allSatisfy {
                $0.isLowercase || $0.isNumber || $0 == "-"
            }
            #expect(isWellNamed, "\(option.name)")
            if option.section != .elsewhere { #expect(!option.help.isEmpty) }
        }
        #expect(Set(ServerOption.all.map(\.variable)).count == ServerOption.all.count)
    }
}
