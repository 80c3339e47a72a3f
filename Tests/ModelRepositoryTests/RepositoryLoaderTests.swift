import Glibc
import OpenInferenceProtocol
import TestSupport
import Testing
import TreeEnsembles

@testable import ModelRepository

/// Repositories on disk, what is served of them, and every fault with its place.
struct RepositoryLoaderTests {
    /// The findings without the folder's own path.
    static func findings(_ findings: [RepositoryReport.Finding], in folder: TemporaryFolder) -> [String] {
        findings.map {
            $0.description.hasPrefix(folder.path)
                ? String($0.description.dropFirst(folder.path.utf8.count + 1)) : $0.description
        }
    }

    @Test(arguments: [
        ("backnd: \"fil\"", "m/config.pbtxt:1:1: inference.ModelConfig has no field 'backnd'; did you mean 'backend'?"),
        (
            "input { name: \"x\" data_type: TYPE_FP32 dims: 9 }",
            "m/config.pbtxt:1:7: input 'x' has dims [9], the model takes 10 features"
        ),
        (
            "input { name: \"x\" data_type: TYPE_STRING dims: 10 }",
            "m/config.pbtxt:1:7: input 'x' is text; features are numbers"
        ),
        (
            "\noutput { name: \"probabilites\" data_type: TYPE_FP32 dims: 2 }",
            "m/config.pbtxt:2:8: a forest has no output 'probabilites'; did you mean 'probabilities'?"
        ),
        (
            "output { name: \"score\" data_type: TYPE_FP32 dims: 1 }",
            "m/config.pbtxt:1:8: this model has no output 'score'"
        ),
        (
            "output { name: \"treeshap\" data_type: TYPE_FP32 dims: 10 }",
            "m/config.pbtxt:1:8: output 'treeshap' has dims [10], the model gives [11]"
        ),
        (
            "output { name: \"treeshap_output\" data_type: TYPE_FP32 dims: 11 }",
            "m/config.pbtxt:1:8: a forest has no output 'treeshap_output'"
        ),
        (
            "output { name: \"margin\" data_type: TYPE_INT32 dims: 1 }",
            "m/config.pbtxt:1:8: output 'margin' is of FP32 here"
        ),
        (
            "output { name: \"probabilities\" data_type: TYPE_FP32 dims: 3 }",
            "m/config.pbtxt:1:8: output 'probabilities' has dims [3], the model gives [2]"
        ),
        (
            "parameters { key: \"iteration_range\" value { string_value: \"0,31\" } }",
            "m/config.pbtxt:1:12: iteration_range '0,31' is not a range \"first,end\" within the model's 30 iterations"
        ),
        ("version_policy { specific { versions: 4 } }", "m: the version policy chooses none of the versions"),
        ("default_model_filename: \"none.json\"", "m/1/none.json: No such file or directory"),
    ])
    func `a configuration that does not fit is refused with file and line`(
        _ configuration: String, _ fault: String
    ) throws {
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json", configuration: configuration)
        let loaded = folder.load()
        #expect(Self.findings(loaded.report.faults, in: folder) == [fault])
        #expect(loaded.table.servedModels.isEmpty && !loaded.table.isStrictlyReady)
        #expect(loaded.table.index.map(\.state) == ["UNAVAILABLE"])
        #expect(loaded.table.index.map(\.reason) == [fault], "clients see the path within the repository")
    }

    @Test(arguments: [
        ("features { name: \"a\" }", "m/rowan.pbtxt:1:10: 1 features are named, the model takes 10"),
        (
            "# a split\ntraffic_split { variant { name: \"a\" model: \"m\" weight: 1 } }",
            "m/rowan.pbtxt:2:25: variant 'a': splits and ensembles call each other in a circle: 'm', 'm'"
        ),
        ("monitor { }", "m/rowan.pbtxt:1:1: rowan.RowanConfiguration has no field 'monitor'"),
    ])
    func `a rowan.pbtxt that does not fit is refused with file and line`(_ rowan: String, _ fault: String) throws {
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json", rowan: rowan)
        let found = Self.findings(folder.load().report.faults, in: folder)
        #expect(found.count == 1 && found[0].hasPrefix(fault), "\(found)")
    }

    @Test func `features are named by rowan.pbtxt, with defaults`() throws {
        let folder = TemporaryFolder()
        let rowan = (0..<10).map { "features { name: \"n\($0)\" \($0 == 3 ? "default: -1" : "") }" }
        try folder.writeModel(.binary, file: "model.json", rowan: rowan.joined(separator: "\n"))
        let layout = try #require(folder.load().table.servedModels.first).signature.input
        #expect(layout.featureNames.names == (0..<10).map { "n\($0)" })
        #expect(layout.defaults == [nil, nil, nil, -1] + Array(repeating: nil, count: 6))
    }

    /// A name as the text format writes it.
    private static func quoted(_ name: String) -> String {
        "\"" + name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
    }

    @Test func `the model's own feature names are used, and never in another order`() throws {
        let folder = TemporaryFolder()
        let fixture = TrainerFixture("xgboost_json/feature_names")
        try folder.writeModel(fixture, file: "model.json")
        let names = try #require(folder.load().table.servedModels.first).signature.input.featureNames.names
        #expect(!names.isEmpty && Set(names).count == names.count)
        var exchanged = names
        exchanged.swapAt(0, 1)
        folder.write(exchanged.map { "features { name: \(Self.quoted($0)) }\n" }.joined(), to: "m/rowan.pbtxt")
        let found = Self.findings(folder.load().report.faults, in: folder)
        #expect(
            found == ["m/rowan.pbtxt:1:10: column 0 is '\(names[1])' here and '\(names[0])' in the model file"])
        folder.write(names.map { "features { name: \(Self.quoted("my " + $0)) }\n" }.joined(), to: "m/rowan.pbtxt")
        let renamed = folder.load()
        #expect(renamed.report.faults.isEmpty)
        #expect(renamed.report.notices.count == 1)
    }

    @Test func `a directory without configuration serves its only model file`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json")
        folder.write("not a model", to: "m/1/notes.txt")
        folder.write("{}", to: "m/1/.hidden")
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        #expect(model.configuration.defaultModelFilename == "model.json")
        #expect(model.configuration.maxBatchSize == ModelRepositoryLimits.inferredBatchSize)
        #expect(model.inputs.map(\.name) == ["features"])
        #expect(model.signature.outputs.map(\.name) == ["label", "probabilities", "margin"])
        let json = String(decoding: model.configurationJSON, as: UTF8.self)
        for part in [
            "\"name\":\"m\"", "\"backend\":\"forest\"", "\"version_policy\":{\"latest\":{\"num_versions\":1}}",
            "\"max_batch_size\":1048576", "\"default_model_filename\":\"model.json\"",
            "\"rowan.engine\":{\"string_value\":\"\(model.engineName)\"}", "\"dims\":[10]", "\"kind\":\"KIND_CPU\"",
        ] {
            #expect(json.contains(part), "\(part) in \(json)")
        }
    }

    @Test(
        arguments: [
            ([], "m/1: no model file"),
            (["a.txt", "b.txt"], "m/1: none of 'a.txt', 'b.txt' is a model file of a known format"),
            (["a.txt"], "m/1/a.txt: not a model file of a known format"),
            (
                ["a.json", "b.json"],
                "m/1: several model files, 'a.json', 'b.json'; default_model_filename says which one serves"
            ),
        ] as [([String], String)])
    func `without configuration one file must be the model`(_ files: [String], _ fault: String) throws {
        let folder = TemporaryFolder()
        folder.makeDirectory("m/1")
        for file in files {
            let content = file.hasSuffix(".json") ? try TrainerFixture.binary.bytes("model.json") : Array("text".utf8)
            folder.write(content, to: "m/1/\(file)")
        }
        #expect(Self.findings(folder.load().report.faults, in: folder) == [fault])
    }

    @Test func `versions are chosen by the policy and fail one by one`() throws {
        let folder = TemporaryFolder()
        let model = try TrainerFixture.binary.bytes("model.json")
        folder.write(model, to: "m/1/model.json")
        folder.write(Array(model.prefix(model.count / 2)), to: "m/2/model.json")
        folder.write(model, to: "m/30/model.json")
        func versions(_ policy: String) -> [String] {
            folder.write("version_policy { \(policy) }", to: "m/config.pbtxt")
            return folder.load().table.index.map { "\($0.version ?? -1) \($0.state ?? "")" }
        }
        #expect(versions("latest { }") == ["30 READY"])
        #expect(versions("latest { num_versions: 2 }") == ["2 UNAVAILABLE", "30 READY"])
        #expect(versions("all { }") == ["1 READY", "2 UNAVAILABLE", "30 READY"])
        #expect(versions("specific { versions: [ 1, 5 ] }") == ["1 READY"])
        let loaded = folder.load()
        #expect(
            Self.findings(loaded.report.notices, in: folder) == [
                "m/config.pbtxt: version 5 is asked for and not there"
            ])
    }

    /// No forest has as many different outputs, so that those of the greatest number are refused for their names.
    @Test(arguments: [OpenInferenceProtocolLimits.outputCount, OpenInferenceProtocolLimits.outputCount + 1])
    func `outputs of a configuration are limited`(count: Int) throws {
        let limit = OpenInferenceProtocolLimits.outputCount
        let outputs = (0..<count).map { "output { name: \"o\($0)\" data_type: TYPE_FP32 dims: 1 }" }
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json", configuration: outputs.joined(separator: "\n"))
        let sentence = count > limit ? "more than \(limit) outputs" : "a forest has no output 'o0'"
        #expect(
            Self.findings(folder.load().report.faults, in: folder) == ["m/config.pbtxt:1:8: \(sentence)"])
    }

    @Test func `pipes, directories and huge files in place of files are refused without waiting`() throws {
        let folder = TemporaryFolder()
        folder.makeDirectory("a/1")
        folder.makePipe("a/config.pbtxt")
        folder.write("default_model_filename: \"p\"", to: "b/config.pbtxt")
        folder.makeDirectory("b/1")
        folder.makePipe("b/1/p")
        folder.makeDirectory("c/config.pbtxt")
        folder.write(String(repeating: " ", count: ModelRepositoryLimits.textFormatByteLimit + 1), to: "d/config.pbtxt")
        folder.write("", to: "e/1/huge.json")
        let limit = ModelRepositoryLimits.modelFileByteLimit
        let grown = unsafe truncate(folder.path + "/e/1/huge.json", limit + 1)
        #expect(grown == 0)
        #expect(
            Self.findings(folder.load().report.faults, in: folder) == [
                "a/config.pbtxt: not a regular file", "b/1/p: not a regular file",
                "c/config.pbtxt: a directory, not a file",
                "d/config.pbtxt: larger than \(ModelRepositoryLimits.textFormatByteLimit) bytes",
                "e/1/huge.json: larger than \(limit) bytes",
            ])
    }

    @Test func `faults of one model leave the others serving`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json", as: "good")
        folder.makeDirectory("empty")
        folder.write("{\"learner\":", to: "broken/1/model.json")
        let loaded = folder.load()
        #expect(loaded.table.servedModels.map(\.name) == ["good"])
        #expect(!loaded.table.isStrictlyReady)
        #expect(loaded.report.faults.count == 2)
        #expect(loaded.table.lookup(name: Array("good".utf8).span, version: nil) == .ready(slot: 0))
    }

    @Test func `a single file or a mounted directory is served under a given name`() throws {
        let folder = TemporaryFolder()
        folder.write(try TrainerFixture.binary.bytes("model.json"), to: "mount/model.json")
        let loaded = RepositoryLoader(instructionSet: .detect()).load(
            repositories: [],
            models: [
                (name: "a", path: folder.path + "/mount/model.json"), (name: "b", path: folder.path + "/mount"),
            ])
        #expect(loaded.report.faults.isEmpty, "\(loaded.report.text)")
        #expect(loaded.table.servedModels.map { "\($0.name) \($0.version)" } == ["a 1", "b 1"])
    }

    @Test func `truncated and mutated model files are refused, never a crash`() throws {
        var generator = SeededGenerator.forTest()
        let model = try TrainerFixture("xgboost_json/no_trees").bytes("model.json")
        let folder = TemporaryFolder()
        for _ in 0..<60 {
            var bytes = model
            if generator.chance(oneIn: 2) { bytes.removeLast(generator.int(in: 0...bytes.count)) }
            for _ in 0..<generator.int(in: 0...3) where !bytes.isEmpty {
                bytes[generator.int(in: 0...bytes.count - 1)] = UInt8(truncatingIfNeeded: generator.next())
            }
            folder.write(bytes, to: "m/1/model.json")
            let loaded = folder.load()
            #expect(loaded.report.faults.count + loaded.report.served.count == 1)
        }
    }
}
