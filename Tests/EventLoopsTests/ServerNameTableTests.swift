import Testing

@testable import EventLoops

@Suite struct ServerNameTableTests {
    private let table = ServerNameTable([
        ["a.example", "*.b.example"], ["A.example.", "x.b.example", "*.example"], ["*", "*.", "f*.example"],
    ])

    @Test(
        arguments: [
            ("a.example", 0), ("A.EXAMPLE", 0), ("a.example.", 0), ("y.b.example", 0), ("x.b.example", 1),
            ("q.example", 1), ("b.example", 1), ("z.y.b.example", nil), ("example", nil), ("", nil), (".", nil),
            (".example", nil), ("foo.bar", nil),
        ] as [(String, Int?)])
    func `names find their certificate`(name: String, index: Int?) {
        #expect(table.index(of: name) == index)
    }
}
