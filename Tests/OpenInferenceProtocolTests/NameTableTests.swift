import Testing

@testable import OpenInferenceProtocol

@Suite struct NameTableTests {
    @Test func `every name is found and no other`() {
        let names = (0..<500).map { "feature_\($0)" } + ["", "é", "a b"]
        let table = NameTable(names)
        for (index, name) in names.enumerated() {
            let bytes = Array(name.utf8)
            #expect(table.index(of: bytes.span) == index)
        }
        for name in ["feature_500", "feature_", "Feature_1", "feature_1 ", "feature_01"] {
            let bytes = Array(name.utf8)
            #expect(table.index(of: bytes.span) == nil)
        }
        let bytes = Array("x".utf8)
        #expect(NameTable([]).index(of: bytes.span) == nil)
    }
}
