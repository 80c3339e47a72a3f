import TestSupport
import Testing

/// The benchmarks run, once around and as short as they can, on this machine's processor and on emulated older ones:
/// there the kernels that these have give the same margins, and an instruction that they lack would end the process.
@Suite struct BenchmarksTests {
    /// What one line tells of an engine.
    private struct Row: Hashable {
        let instructionSet: Substring
        let engine: Substring
        let hash: Substring
    }

    private static let models = [
        "xgboost_anomaly/1/model.json", "catboost_anomaly/1/model.cbm", "isolation_forest/1/model.onnx",
    ].map { "\(RepositoryRoot.path)/model_repository/\($0)" }

    /// The words in front of a command that let it run on a processor without AVX.
    private static let oldProcessor = ["/usr/bin/qemu-x86_64", "-cpu", "Nehalem"]

    private static func output(of command: [String]) throws -> String {
        let child = try ChildProcess(command[0], Array(command.dropFirst()))
        try #require(try child.waitForEnd(seconds: 300) == .exited(code: 0), "\(child.output)\(child.errorOutput)")
        return child.output
    }

    /// Runs the benchmarks with one row and reads what they print of each model.
    private static func rows(behind words: [String] = []) throws -> [String: [Row]] {
        let program = [BuiltProducts.folder + "/Benchmarks"]
        let options = ["--rows", "1", "--rows-per-call", "1", "--repetitions", "1"]
        let output = try output(of: words + program + models.flatMap { ["--model", $0] } + options)
        var rows: [String: [Row]] = [:]
        var model = ""
        for line in output.split(separator: "\n") {
            if let match = line.wholeMatch(of: /\ \ (\w+) ([a-z-]+): 1: \d+ \(\d+\) CPU ns\/row, hash ([0-9a-f]+)/) {
                rows[model, default: []].append(Row(instructionSet: match.1, engine: match.2, hash: match.3))
            } else {
                let heading = /(\S+): .+, \d+ trees, \d+ leaves, read in [\d.]+ ms of CPU/
                let match = try #require(line.wholeMatch(of: heading), "\(line)")
                model = String(match.1)
            }
        }
        return rows
    }

    @Test func `every engine is measured on every model, and all give the same margins`() throws {
        let rows = try Self.rows()
        #expect(Set(rows.keys) == Set(Self.models))
        for (model, measured) in rows {
            #expect(Set(measured.map(\.hash)).count == 1, "\(model)")
            for instructionSet in Set(measured.map(\.instructionSet)) {
                let engines = measured.filter { $0.instructionSet == instructionSet }.map(\.engine)
                // Kernels of AVX2 and above go by ranks, and not through every forest.
                #expect(engines.filter { $0 != "ranked-rows" } == ["bit-planes", "traversal"], "\(model)")
            }
            #expect(measured.contains { $0.instructionSet == "baseline" }, "\(model)")
        }
    }

    @Test(arguments: [("Nehalem", ["baseline"]), ("Haswell", ["baseline", "v3"])])
    func `an older processor runs the kernels that it has and nothing newer`(
        _ processor: String, _ instructionSets: [Substring]
    ) throws {
        let rows = try Self.rows()
        for (model, measured) in try Self.rows(behind: ["/usr/bin/qemu-x86_64", "-cpu", processor]) {
            let always = measured.filter { $0.engine != "ranked-rows" }
            #expect(always.count == 2 * instructionSets.count, "\(model)")
            #expect(Set(measured.map(\.instructionSet)) == Set(instructionSets), "\(model)")
            #expect(Set(measured.map(\.hash)) == Set((rows[model] ?? []).map(\.hash)), "\(model)")
        }
    }

    @Test func `an old processor runs the server's program`() throws {
        let version = try Self.output(of: Self.oldProcessor + [BuiltProducts.releasedRowan, "--version"])
        #expect(version.contains("instruction sets found: baseline\n"))
        let repository = RepositoryRoot.path + "/model_repository"
        let report = try Self.output(of: Self.oldProcessor + [BuiltProducts.releasedRowan, "check", repository])
        #expect(report.contains("xgboost_anomaly") && report.contains("isolation_forest"), "\(report)")
    }

    @Test func `a newer processor offers more, so that it is the emulation that takes it away`() throws {
        let version = try Self.output(
            of: ["/usr/bin/qemu-x86_64", "-cpu", "Haswell", BuiltProducts.releasedRowan, "--version"])
        #expect(version.contains("instruction sets found: baseline, v3\n"))
    }
}
