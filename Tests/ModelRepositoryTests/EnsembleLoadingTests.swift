import OpenInferenceProtocol
import TestSupport
import Testing
import TreeEnsembles

@testable import ModelRepository

/// Ensembles on disk against the models that they call: what serves, and every refusal with its place.
struct EnsembleLoadingTests {
    private typealias Text = EnsembleText

    /// `rows` takes [N, 2]; `named` takes a, b and c, which has a default; `texts` answers texts; `fil` is Triton's.
    private static func writeModels(to folder: TemporaryFolder) {
        folder.write(SyntheticForest(featureCount: 2, marginCount: 3), as: "rows", configuration: "max_batch_size: 8")
        folder.write(
            SyntheticForest(featureCount: 3), as: "named",
            rowan: "features { name: \"a\" } features { name: \"b\" } features { name: \"c\" default: 0.5 }")
        folder.write(
            SyntheticForest(featureCount: 2, isClassifier: true), as: "texts",
            configuration: """
                input { name: "features" data_type: TYPE_FP32 dims: 2 }
                output { name: "label" data_type: TYPE_STRING dims: 1 }
                output { name: "margin" data_type: TYPE_FP64 dims: 1 }
                """)
        folder.write(
            SyntheticForest(featureCount: 2), as: "fil",
            configuration: "backend: \"fil\" default_model_filename: \"model.json\"")
        folder.write(SyntheticForest(featureCount: 2, comparesDoubles: true), as: "wide")
    }

    private static func load(_ configuration: String) -> (RepositoryLoader.Loaded, [String]) {
        let folder = TemporaryFolder()
        writeModels(to: folder)
        folder.writeEnsemble(configuration)
        let loaded = folder.load()
        return (loaded, RepositoryLoaderTests.findings(loaded.report.faults, in: folder))
    }

    private static let rows = Text.tensor("input", "x", "FP32", "2")
    private static let first = Text.tensor("input", "p", "FP32")
    private static let margins = Text.tensor("output", "y", "FP32", "3")
    private static let margin = Text.tensor("output", "y", "FP32")

    private static func all(_ parts: String...) -> String { parts.joined() }

    private static let refusals: [(String, String)] = [
        (
            all(rows, margins, Text.scheduling(Text.step("none", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:5:6: step 0 ('none'): no repository has the model"
        ),
        (
            all(
                rows, margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")], version: "3"))),
            "e/config.pbtxt:5:6: step 0 ('rows'): version 3 of the model is not ready"
        ),
        (
            all(rows, margins, Text.scheduling(Text.step("rows", [("feature", "x")], [("margin", "y")]))),
            "e/config.pbtxt:5:55: step 0 ('rows'): the model has no input 'feature'; did you mean 'features'?"
        ),
        (
            all(rows, margins, Text.scheduling(Text.step("rows", [("features", "x")], [("margins", "y")]))),
            "e/config.pbtxt:5:97: step 0 ('rows'): the model has no output 'margins'; did you mean 'margin'?"
        ),
        (
            all(
                Text.tensor("input", "x", "FP32", "5"), margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:5:55: step 0 ('rows'): tensor 'x' has dims [5], input 'features' has [2]"
        ),
        (
            all(
                Text.tensor("input", "x", "FP64", "2"), margin,
                Text.scheduling(Text.step("fil", [("input__0", "x")], [("output__0", "y")]))),
            "e/config.pbtxt:5:54: step 0 ('fil'): tensor 'x' is of FP64, input 'input__0' of FP32"
        ),
        (
            all(
                Text.tensor("input", "x", "INT32", "2"), Text.tensor("output", "y", "FP64"),
                Text.scheduling(Text.step("texts", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:5:56: step 0 ('texts'): tensor 'x' is of INT32, input 'features' of FP32"
        ),
        (
            all(
                rows, margin,
                Text.scheduling(
                    Text.step("texts", [("features", "x")], [("label", "l")]),
                    Text.step("named", [("a", "l"), ("b", "l")], [("margin", "y")]))),
            "e/config.pbtxt:6:56: step 1 ('named'): tensor 'l' is text; features are numbers"
        ),
        (
            all(first, margin, Text.scheduling(Text.step("named", [("a", "p")], [("margin", "y")]))),
            "e/config.pbtxt:5:6: step 0 ('named'): input 'b' is not mapped and has no default"
        ),
        (
            all(
                rows, first, margin,
                Text.scheduling(Text.step("named", [("a", "p"), ("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:6:90: step 0 ('named'): inputs 'a' and 'features' are the same columns"
        ),
        (
            all(first, margin, Text.scheduling(Text.step("named", [("a", "p"), ("a", "p")], [("margin", "y")]))),
            "e/config.pbtxt:5:90: step 0: input_map: 'a' is mapped twice"
        ),
        (
            all(
                rows, Text.tensor("output", "y", "FP64", "3"),
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:3:8: output 'y' is declared as FP64, the step that writes it gives FP32"
        ),
        (
            all(rows, margin, Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:3:8: output 'y' has dims [1], the step that writes it gives [3]"
        ),
        (
            all(
                "max_batch_size: 9 ", rows, margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:2:1: max_batch_size 9 is more than the 8 rows that step 0 ('rows') takes"
        ),
        (
            all(
                Text.tensor("input", "x", "INT64", "2"), Text.tensor("output", "y", "FP32", "3"),
                Text.tensor("output", "z", "FP32"),
                Text.scheduling(
                    Text.step("rows", [("features", "x")], [("margin", "y")]),
                    Text.step("wide", [("features", "x")], [("margin", "z")]))),
            all(
                "e/config.pbtxt:2:7: input 'x' of INT64 goes to models that compare float32 ",
                "and to models that compare ",
                "float64; declare one input for each")
        ),
        (
            all(
                "input { name: \"x\" data_type: TYPE_FP32 dims: 2 optional: true }\n", margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:5:55: step 0 ('rows'): tensor 'x' is optional, and input 'features' has no default"
        ),
        (
            all(rows, margins, Text.scheduling(Text.step("e", [("x", "x")], [("y", "y")]))),
            "e/config.pbtxt:5:6: step 0 ('e'): ensembles call each other in a circle: 'e', 'e'"
        ),
        (
            all(
                Text.tensor("input", "x", "STRING"), margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:2:7: input 'x' is text; features are numbers"
        ),
        (
            all(
                Text.tensor("input", "x", "FP32", "[ 2, 2 ]"), margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            "e/config.pbtxt:2:7: input 'x' has 2 dims; rows of features have one"
        ),
        (
            all(
                "max_batch_size: 4\n", Text.tensor("input", "x", "FP32", "[ -1, -1 ]"), margins,
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            all(
                "e/config.pbtxt:3:7: input 'x' has dims [-1, -1]; with max_batch_size 4 the dimension of rows is not ",
                "declared: write [-1] or the elements of a row")
        ),
        (
            all(
                "max_batch_size: 4\n", rows, Text.tensor("output", "y", "FP32", "[ -1, -1 ]"),
                Text.scheduling(Text.step("rows", [("features", "x")], [("margin", "y")]))),
            all(
                "e/config.pbtxt:4:8: output 'y' has dims [-1, -1]; with max_batch_size 4 the dimension of rows is not ",
                "declared: write [-1] or the elements of a row")
        ),
    ]

    @Test(arguments: refusals)
    func `an ensemble that does not fit its models is refused with file, line and step`(
        _ configuration: String, _ fault: String
    ) {
        let (loaded, faults) = Self.load(configuration)
        #expect(faults == [fault])
        #expect(loaded.table.servedModels.count == 5, "the models serve")
        let entry = loaded.table.index.first { $0.name == "e" }
        #expect(entry?.state == "UNAVAILABLE" && entry?.reason == fault)
    }

    /// A way of ensembles of which each calls the next, down to a forest.
    private static func chain(_ count: Int, down end: String, to folder: TemporaryFolder) {
        for index in 0..<count {
            let callee = index == count - 1 ? end : "z\(index + 1)"
            let (input, output) = callee == "rows" ? ("features", "margin") : ("x", "y")
            let step = Text.step(callee, [(input, "x")], [(output, "y")])
            folder.writeEnsemble(rows + margins + Text.scheduling(step), as: "z\(index)")
        }
    }

    @Test func `ensembles within each other have a limit, and so have their reasons`() throws {
        let folder = TemporaryFolder()
        Self.writeModels(to: folder)
        let limit = ModelRepositoryLimits.ensembleDepthLimit
        Self.chain(limit, down: "rows", to: folder)
        #expect(folder.load().table.servedModels.count == 5 + limit)
        Self.chain(600, down: "rows", to: folder)
        let loaded = folder.load()
        #expect(loaded.table.servedModels.count == 5 + limit)
        let reasons = loaded.table.index.map(\.reason)
        #expect(reasons.contains { $0.hasSuffix("more than \(limit) ensembles lie within each other") })
        let longest = try #require(reasons.map(\.count).max())
        #expect(longest > ModelRepositoryLimits.innerReasonCharacterCount && longest < 1_000)
    }

    @Test func `a long circle is found`() {
        let folder = TemporaryFolder()
        Self.chain(500, down: "z0", to: folder)
        let loaded = folder.load()
        #expect(loaded.table.servedModels.isEmpty && loaded.report.faults.count == 500)
    }

    @Test func `an ensemble without the directory of a version is refused`() {
        let folder = TemporaryFolder()
        Self.writeModels(to: folder)
        let configuration = Self.rows + Self.margins + Text.scheduling(Text.step("rows", [("f", "x")], [("m", "y")]))
        folder.write("platform: \"ensemble\" " + configuration, to: "e/config.pbtxt")
        let faults = RepositoryLoaderTests.findings(folder.load().report.faults, in: folder)
        #expect(faults == ["e: no directory of a version: an ensemble has at least an empty e/1/"])
    }

    @Test func `an ensemble shows its tensors, versions and size`() throws {
        let (loaded, faults) = Self.load(
            Text.tensor("input", "x", "FP32", "-1") + Text.tensor("input", "p", "FP64", "[ -1, 1 ]")
                + Text.tensor("output", "label", "STRING") + Self.margins
                + Text.scheduling(
                    Text.step("rows", [("features", "x")], [("margin", "y"), ("score", "spare")]),
                    Text.step("texts", [("features", "x")], [("label", "label")]),
                    Text.step("named", [("b", "p"), ("a", "p")], [("margin", "unread")])))
        #expect(faults == [])
        let model = try #require(loaded.table.servedModels.first { $0.name == "e" })
        #expect(
            model.inputs == [
                TensorMetadata(name: "x", datatype: .float32, dims: [-1, 2]),
                TensorMetadata(name: "p", datatype: .float64, dims: [-1, 1]),
            ])
        #expect(
            model.signature.outputs == [
                TensorMetadata(name: "label", datatype: .bytes, dims: [-1]),
                TensorMetadata(name: "y", datatype: .float32, dims: [-1, 3]),
            ])
        #expect(model.signature.input.maxBatchSize == 8, "the least of its models'")
        #expect(model.signature.platform == "ensemble" && model.size.treeCount == 20)
        #expect(model.members.map(\.model.name) == ["rows", "texts", "named"])
        let json = String(decoding: model.configurationJSON, as: UTF8.self)
        #expect(json.contains("\"platform\":\"ensemble\",\"backend\":\"\",") && json.contains("\"model_version\":-1"))
        #expect(loaded.report.notices.map(\.sentence).filter { $0.contains("tensor") }.count == 2)
        #expect(loaded.report.text.contains("e version 1: ensemble, steps, engine ensemble"))
    }

    @Test func `more steps than permitted are refused, those of inner ensembles counted`() throws {
        let limit = ModelRepositoryLimits.ensembleStepLimit
        let folder = TemporaryFolder()
        Self.writeModels(to: folder)
        func steps(_ count: Int) -> String {
            let step = (1...count).map {
                Text.step("rows", [("features", "x")], [("margin", $0 == 1 ? "y" : "t\($0)")])
            }
            return Self.rows + Self.margins + Text.scheduling(step.joined())
        }
        folder.writeEnsemble(steps(limit), as: "largest")
        folder.writeEnsemble(steps(limit + 1), as: "larger")
        folder.writeEnsemble(
            Self.rows + Self.margins + Text.tensor("output", "z", "FP32", "3")
                + Text.scheduling(
                    Text.step("largest", [("x", "x")], [("y", "y")]),
                    Text.step("rows", [("features", "x")], [("margin", "z")])), as: "outer")
        let loaded = folder.load()
        #expect(
            RepositoryLoaderTests.findings(loaded.report.faults, in: folder) == [
                "larger/config.pbtxt:4:1: more than \(limit) steps",
                "outer/config.pbtxt:7:6: step 1 ('rows'): with the steps of ensembles there are more than \(limit)",
            ])
        #expect(loaded.table.servedModels.contains { $0.name == "largest" })
    }

    @Test func `an optional input that is missing has the default of its column`() throws {
        let (loaded, faults) = Self.load(
            Self.all(
                Self.first, "input { name: \"q\" data_type: TYPE_FP32 dims: 1 optional: true }\n", Self.margin,
                Text.scheduling(Text.step("named", [("a", "p"), ("b", "p"), ("c", "q")], [("margin", "y")]))))
        #expect(faults == [])
        let model = try #require(loaded.table.servedModels.first { $0.name == "e" })
        let named = try #require(loaded.table.servedModels.first { $0.name == "named" })
        func answer(_ text: String) throws -> [Float] {
            var request = InferenceRequest()
            var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
            try request.parse(Array(text.utf8).span, headerLength: nil, for: model.signature, into: &matrix)
            matrix.advance(by: request.rowCount)
            let workspace = model.engine.makeWorkspace(rowCapacity: 0)
            workspace.evaluate(matrix, wanted: 1)
            return workspace.outputs[0].floatValues
        }
        func tensor(_ name: String, _ value: Float) -> String {
            "{\"name\":\"\(name)\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[\(value)]}"
        }
        for value: Float in [-3, -1, 0, 0.7, 2, 3] {
            let without = try answer("{\"inputs\":[\(tensor("p", value))]}")
            #expect(without == named.evaluate([value, value, 0.5])["margin"]?.floatValues)
            let with = try answer("{\"inputs\":[\(tensor("q", 3)),\(tensor("p", value))]}")
            #expect(with == named.evaluate([value, value, 3])["margin"]?.floatValues)
        }
    }

    @Test func `long integers on their way to float32 are rounded once`() throws {
        let (loaded, faults) = Self.load(
            Self.all(
                Text.tensor("input", "x", "INT64", "2"), Text.tensor("input", "p", "INT64"),
                Text.tensor("output", "y", "FP32"), Text.tensor("output", "z", "FP32"),
                Text.scheduling(
                    Text.step("wide", [("features", "x")], [("margin", "y")]),
                    Text.step("named", [("a", "p"), ("b", "p")], [("margin", "z")]))))
        #expect(faults == [])
        let model = try #require(loaded.table.servedModels.first { $0.name == "e" })
        let tensors = [
            LayoutTensor(name: "x", datatype: .int64, columns: 0..<2),
            LayoutTensor(name: "p", datatype: .int64, columns: 2..<3, isNarrow: true),
        ]
        #expect(model.signature.input.isWide && model.signature.input.kind == .tensors(tensors))
    }

    @Test func `only what is wanted is computed`() throws {
        let (loaded, faults) = Self.load(
            Self.rows + Self.margins + Text.tensor("output", "z", "FP32")
                + Text.scheduling(
                    Text.step("rows", [("features", "x")], [("margin", "y")]),
                    Text.step("wide", [("features", "x")], [("margin", "m")]),
                    Text.step("named", [("a", "m"), ("b", "m")], [("margin", "z")])))
        #expect(faults == [])
        let model = try #require(loaded.table.servedModels.first { $0.name == "e" })
        let workspace = model.engine.makeWorkspace(rowCapacity: 4)
        let rows = FeatureMatrix([1, 2, 3, 4] as [Double], for: model.signature.input)
        for (wanted, evaluated): (UInt64, [Bool]) in [
            (0b01, [true, false, false]), (0b10, [false, true, true]), (0b11, [true, true, true]),
            (0, [false, false, false]),
        ] {
            workspace.evaluate(rows, wanted: wanted)
            #expect(workspace.stepTimes.map(\.isEvaluated) == evaluated)
            #expect(workspace.outputs.map(\.rowCount) == [wanted & 1 == 1 ? 2 : 0, wanted & 2 == 2 ? 2 : 0])
        }
    }

    @Test func `what an output costs is what all steps behind it cost`() throws {
        let folder = TemporaryFolder()
        let outputs = """
            output { name: "margin" data_type: TYPE_FP32 dims: 1 }
            output { name: "treeshap" data_type: TYPE_FP32 dims: 3 }
            """
        folder.write(SyntheticForest(featureCount: 2), as: "explained", configuration: outputs)
        folder.write(SyntheticForest(featureCount: 3), as: "next")
        folder.writeEnsemble(
            Self.rows + Self.margin + Text.tensor("output", "s", "FP32", "3") + Text.tensor("output", "z", "FP32")
                + Text.scheduling(
                    Text.step("explained", [("features", "x")], [("margin", "y"), ("treeshap", "s")]),
                    Text.step("next", [("features", "s")], [("margin", "z")])))
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first { $0.name == "e" }, "\(loaded.report.text)")
        #expect(model.signature.costlyOutputs == 0b110)
        #expect(model.signature.defaultOutputs == 0b101, "explanations come when they are listed")
    }
}
