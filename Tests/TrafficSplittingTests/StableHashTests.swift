import Testing

@testable import TrafficSplitting

struct StableHashTests {
    /// - Source: draft-eastlake-fnv, test vectors of 64-bit FNV-1a.
    @Test(
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
        ] as [(String, UInt64)])
    func `bytes hash as FNV-1a says`(_ text: String, _ hash: UInt64) {
        #expect(StableHash.fnv1a(Array(text.utf8).span) == hash)
    }

    @Test func `a hash goes on where another one ended`() {
        let state = StableHash.fnv1a(Array("foo".utf8).span)
        #expect(StableHash.fnv1a(Array("bar".utf8).span, from: state) == 0x8594_4171_f739_67e8)
    }

    /// - Source: SplitMix64 started with 0 gives this number first, and this one with 1234567.
    @Test func `numbers are mixed as SplitMix64 does`() {
        #expect(StableHash.mixed(0x9e37_79b9_7f4a_7c15) == 0xe220_a839_7b1d_cdaf)
        #expect(StableHash.mixed(1_234_567 &+ 0x9e37_79b9_7f4a_7c15) == 6_457_827_717_110_365_317)
        #expect(StableHash.mixed(0) == 0)
    }
}
