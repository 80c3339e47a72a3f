import Testing

@testable import TreeEnsembles

/// Graphs that are no exported isolation forest, made by changing names inside one.
@Suite struct ONNXRefusalTests {
    /// The fault of a model in which one text is replaced by another of the same length.
    private static func refusal(replacing text: String, with other: String) throws -> String? {
        let fixture = try #require(FixtureCatalog.fixtures(format: "onnx_isolation_forest").first)
        var bytes = fixture.modelBytes
        let old = Array(text.utf8)
        let new = Array(other.utf8)
        precondition(old.count == new.count, "lengths stand in the file")
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: old) })
        bytes.replaceSubrange(place..<place + old.count, with: new)
        do {
            _ = try TreeEnsembleFormats.load(fileName: "m.onnx", bytes: bytes.span)
            return nil
        } catch {
            return error.reason.text
        }
    }

    /// An operator's name stands behind its field's tag, which is a quotation mark, and its length.
    @Test func `an operator that does not belong is refused by its name`() throws {
        #expect(
            try Self.refusal(replacing: "\"\u{7}Greater", with: "\"\u{7}Smaller")
                == "operator Smaller outside an exported isolation forest is not supported")
        #expect(
            try Self.refusal(replacing: "\"\u{3}Pow", with: "\"\u{3}Mod")
                == "operator Mod outside an exported isolation forest is not supported")
    }

    @Test func `a mode that is not ≤ is refused by its name`() throws {
        #expect(try Self.refusal(replacing: "BRANCH_LEQ", with: "BRANCH_NEQ") == "mode BRANCH_NEQ is not supported")
    }

    @Test func `a transform behind the trees is refused by its name`() throws {
        #expect(try Self.refusal(replacing: "NONE", with: "SOFT") == "post_transform SOFT is not supported")
    }
}
