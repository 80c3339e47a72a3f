import OpenInferenceProtocol
import Testing

/// What a caller says it reads.
@Suite struct GRPCAcceptedCompressionTests {
    @Test(arguments: [
        ("", false, false), ("identity", false, false), ("gzip", true, false), ("deflate", false, true),
        ("identity, deflate, gzip", true, true), ("identity,deflate,gzip", true, true),
        (" gzip\t,, deflate ", true, true), ("GZIP", false, false), ("gzip;q=1", false, false), ("gzi", false, false),
        (String(repeating: "br,", count: 15) + "gzip", true, false),
        (String(repeating: "br,", count: 16) + "gzip", false, false),
    ])
    func `codings are found by their names, up to a number of them`(value: String, gzip: Bool, deflate: Bool) {
        let bytes = Array(value.utf8)
        let accepted = GRPCAcceptedCompression(bytes.span)
        #expect((accepted.gzip, accepted.deflate) == (gzip, deflate))
    }
}
