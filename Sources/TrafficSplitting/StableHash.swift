/// Hashes that never change: of the same bytes, every replica, version and language gets the same number.
///
/// - Source: FNV-1a with 64 bits, draft-eastlake-fnv section 6; the last step of SplitMix64, Steele, Lea and Flood,
///   "Fast Splittable Pseudorandom Number Generators" (2014), in the constants of variant 13 by Stafford.
package enum StableHash {
    /// What FNV-1a begins with.
    package static let seed: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01b3

    /// Goes on with FNV-1a over more bytes.
    package static func fnv1a(_ bytes: Span<UInt8>, from state: UInt64 = seed) -> UInt64 {
        var state = state
        for index in bytes.indices { state = (state ^ UInt64(bytes[index])) &* prime }
        return state
    }

    /// Spreads what differs in few bits over all of them; no two numbers become the same.
    @inline(__always)
    package static func mixed(_ number: UInt64) -> UInt64 {
        var number = number
        number = (number ^ number &>> 30) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ number &>> 27) &* 0x94d0_49bb_1331_11eb
        return number ^ number &>> 31
    }
}
