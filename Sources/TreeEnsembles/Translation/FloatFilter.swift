/// Says of nearly every number that it is not in a set, in a few instructions; a Bloom filter of one hash.
///
/// - Shape: at least 32 bits for each member, so that about one other number in 32 is taken for a member.
struct FloatFilter: Sendable {
    let words: [UInt64]
    /// What is left of a hash after this shift is the number of a bit.
    let shift: UInt64

    /// Collects the members.
    init(_ members: ArraySlice<Float>) {
        var bitCount: UInt64 = 6
        while 1 << bitCount < 32 * members.count { bitCount += 1 }
        shift = 64 - bitCount
        var words = [UInt64](repeating: 0, count: 1 << Int(bitCount - 6))
        for member in members {
            let place = Self.hash(member) >> shift
            words[Int(place >> 6)] |= 1 << (place & 63)
        }
        self.words = words
    }

    var byteCount: Int { words.byteCount }

    /// False only of numbers that are no members.
    @inline(__always)
    func mayContain(_ number: Float) -> Bool {
        let place = Self.hash(number) >> shift
        return words[Int(truncatingIfNeeded: place >> 6)] >> (place & 63) & 1 != 0
    }

    /// - Source: multiplicative hashing by 2^64 / φ (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    @inline(__always)
    static func hash(_ number: Float) -> UInt64 {
        // The sum makes one zero of both.
        UInt64((number + 0).bitPattern) &* 0x9E37_79B9_7F4A_7C15
    }
}
