import Testing

@testable import OpenInferenceProtocol

@Suite struct DatatypeTests {
    @Test(arguments: Datatype.allCases)
    func `a datatype is found by its name`(datatype: Datatype) {
        let name = Array("\(datatype.name)".utf8)
        #expect(Datatype(name: name.span) == datatype)
    }

    @Test(arguments: ["", "FP", "FP31", "fp32", "FP32 ", "UINT128", "TYPE_FP32", "BOO", "BYTE", "STRING", "INT8\0"])
    func `other names are no datatypes`(name: String) {
        let name = Array(name.utf8)
        #expect(Datatype(name: name.span) == nil)
    }

    @Test func `sizes and numbers are the protocol's`() {
        let sizes = Datatype.allCases.map(\.byteCount)
        #expect(sizes == [1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 0, 2])
        #expect(Datatype.allCases.map(\.rawValue) == Array(1...14))
    }
}
