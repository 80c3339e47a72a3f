import Testing

@testable import ModelRepository

/// Who writes which tensor, in which order steps run, and what is wrong with a graph.
struct EnsembleGraphTests {
    private typealias Text = EnsembleText

    private static func configuration(_ tensors: String, _ steps: String...) throws -> ModelConfiguration {
        let text = "platform: \"ensemble\" \(tensors) ensemble_scheduling {\n\(steps.joined()) }"
        return try ModelConfiguration.read(Array(text.utf8).span, directoryName: "e")
    }

    private static let input = Text.tensor("input", "x", "FP32")
    private static let output = Text.tensor("output", "y", "FP32")

    @Test func `steps run behind those whose tensors they read, else as they stand`() throws {
        let configuration = try Self.configuration(
            Self.input + Self.output,
            Text.step("c", [("p", "a"), ("q", "b")], [("margin", "y")]),
            Text.step("b", [("f", "x")], [("margin", "b"), ("score", "unused")]),
            Text.step("a", [("f", "x")], [("margin", "a")]))
        let graph = try EnsembleGraph(configuration)
        #expect(graph.order == [1, 2, 0])
        #expect(graph.origins["x"] == .input(0))
        #expect(graph.origins["a"] == .output(step: 2, name: "margin"))
        #expect(graph.unread.map(\.tensor) == ["unused"])
    }

    private static func all(_ parts: String...) -> String { parts.joined() }

    private static let refusals: [(String, String)] = [
        (
            Text.step("a", [("f", "other")], [("o", "y")]),
            "4:52: step 0 ('a'): tensor 'other' is neither an input of the ensemble nor written by a step"
        ),
        (
            all(Text.step("a", [("f", "x")], [("o", "y")]), Text.step("b", [("f", "x")], [("o", "y")])),
            "5:87: step 1 ('b'): tensor 'y' is written already, by step 0 ('a')"
        ),
        (
            Text.step("a", [("f", "x")], [("o", "y"), ("p", "x")]),
            "4:122: step 0 ('a'): tensor 'x' is written already, by requests"
        ),
        (
            all(
                Text.step("a", [("f", "x"), ("g", "s")], [("o", "r")]), Text.step("b", [("f", "r")], [("o", "s")]),
                Text.step("c", [("f", "s")], [("o", "y")])),
            "4:6: steps wait for each other in a circle: step 0 ('a'), step 1 ('b')"
        ),
        (
            Text.step("a", [("f", "x"), ("g", "y")], [("o", "y")]),
            "4:6: steps wait for each other in a circle: step 0 ('a')"
        ),
        (
            Text.step("a", [("f", "x")], [("o", "z")]),
            "2:8: output 'y' is written by no step"
        ),
    ]

    @Test(arguments: refusals)
    func `a graph that cannot run is refused where it is wrong`(_ steps: String, _ fault: String) throws {
        let configuration = try Self.configuration(Self.input + Self.output, steps)
        do throws(TextFormatFault) {
            _ = try EnsembleGraph(configuration)
            Issue.record("the graph was accepted")
        } catch {
            #expect(error.description == fault)
        }
    }

    @Test func `an input that no step reads is refused`() throws {
        let configuration = try Self.configuration(
            Self.input + Text.tensor("input", "w", "FP32") + Self.output,
            Text.step("a", [("f", "x")], [("o", "y")]))
        #expect(
            throws: TextFormatFault(.meaningless("input 'w' is read by no step"), at: TextPosition(line: 2, column: 7))
        ) {
            try EnsembleGraph(configuration)
        }
    }

    @Test func `a circle is told from what only waits for it`() {
        let waitsFor: [Int: Set<Int>] = [1: [2], 2: [3], 3: [2], 4: [3]]
        #expect(DependencyCircle.find(among: [1, 2, 3, 4]) { waitsFor[$0] ?? [] } == [2, 3])
        #expect(DependencyCircle.find(among: ["a"]) { _ in ["a"] } == ["a"])
    }

    @Test(arguments: [
        (["a", "b", "c"], ["a": Set(["c"]), "c": Set(["b"])], ["b", "c", "a"]),
        (["a", "b"], ["a": Set(["b"]), "b": Set(["a"])], ["b", "a"]),
        (["a", "c"], ["a": Set(["b"]), "b": Set(["c"])], ["c", "a"]),
        (["z", "a"], [:], ["a", "z"]),
    ])
    func `models stand behind those that they call`(
        _ names: [String], _ callees: [String: Set<String>], _ sorted: [String]
    ) {
        #expect(CallOrder.sorted(names, calling: callees) == sorted)
    }

    @Test(
        arguments: [
            (["e"], ["a", "b"]), (["e", "a", "b"], ["c"]), (["e", "a", "b", "c"], []), (["b"], ["c"]), (["self"], []),
            (["other"], []), ([], []),
        ] as [([String], [String])])
    func `models that are called and not there are told`(_ names: [String], _ missing: [String]) {
        let callees: [String: Set<String>] = ["e": ["a", "b"], "b": ["c"], "c": ["e"], "self": ["self"]]
        #expect(CallOrder.uncalled(besides: Set(names)) { callees[$0] ?? [] } == Set(missing))
    }

    @Test func `parts of a source keep their places`() {
        let input = EnsembleSource(origin: .input(first: 10), columns: 3..<8)
        #expect(input.slice(4..<6, at: 0) == EnsembleSource(origin: .input(first: 11), columns: 0..<2))
        #expect(input.slice(0..<5, at: 7) == EnsembleSource(origin: .input(first: 10), columns: 10..<12))
        #expect(input.slice(0..<3, at: 0) == nil && input.slice(8..<9, at: 0) == nil)
        let output = EnsembleSource(origin: .output(step: 1, output: 2, first: 5), columns: 0..<4)
        #expect(
            output.slice(2..<9, at: 1)
                == EnsembleSource(origin: .output(step: 1, output: 2, first: 7), columns: 1..<3))
        let constant = EnsembleSource(origin: .constant(2), columns: 1..<2)
        #expect(constant.slice(0..<9, at: 4) == EnsembleSource(origin: .constant(2), columns: 5..<6))
    }
}
