/// CatBoost's number of a category: a hash of the category's text, of which 32 bits count.
///
/// A row of numbers holds for a category an integer, whose text is its decimal digits, as CatBoost writes columns of
/// integers.
///
/// - Source: CityHash 1.0 (Pike and Alakuijala), texts of up to 16 bytes; `CalcCatFeatureHash` of CatBoost takes the
///   lower half. Checked against the hashes that CatBoost 1.2.10 writes into its JSON models.
enum TextHash {
    /// Magnitude up to which an integer is a category: its text has at most 16 bytes.
    static let integerLimit = 1_000_000_000_000_000.0

    private static let mixing: UInt64 = 0x9ddf_ea08_eb38_2d69
    private static let second: UInt64 = 0x9ae1_6a3b_2f90_404f
    private static let third: UInt64 = 0xc949_d7c7_509e_6557

    /// The hash of a value's decimal text, or nil if the value is no integer within the limit.
    static func hash(ofInteger value: Double) -> UInt32? {
        guard abs(value) < integerLimit, value == value.rounded(.towardZero) else { return nil }
        var text = Bytes()
        var rest = UInt64(abs(value))
        repeat {
            text.prepend(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        // −0 is the integer 0.
        if value < 0 { text.prepend(UInt8(ascii: "-")) }
        return UInt32(truncatingIfNeeded: hash(of: text))
    }

    private static func hash(of text: Bytes) -> UInt64 {
        let count = text.count
        if count > 8 {
            let end = text.word(at: count - 8, byteCount: 8)
            let sum = end &+ UInt64(count)
            let rotated = sum >> UInt64(count) | sum << UInt64(64 - count)
            return combined(text.word(at: 0, byteCount: 8), rotated) ^ end
        }
        if count >= 4 {
            let start = text.word(at: 0, byteCount: 4)
            return combined(UInt64(count) + start << 3, text.word(at: count - 4, byteCount: 4))
        }
        let start = text.word(at: 0, byteCount: 1) + text.word(at: count / 2, byteCount: 1) << 8
        let end = UInt64(count) + text.word(at: count - 1, byteCount: 1) << 2
        return shifted(start &* second ^ end &* third) &* second
    }

    private static func combined(_ low: UInt64, _ high: UInt64) -> UInt64 {
        let first = shifted((low ^ high) &* mixing)
        return shifted((high ^ first) &* mixing) &* mixing
    }

    private static func shifted(_ value: UInt64) -> UInt64 { value ^ value >> 47 }

    /// Up to 16 bytes of text; the first byte is the lowest.
    private struct Bytes {
        var count = 0
        private var low: UInt64 = 0
        private var high: UInt64 = 0

        mutating func prepend(_ byte: UInt8) {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
            count += 1
        }

        /// A little-endian number of 1, 4 or 8 bytes.
        func word(at offset: Int, byteCount: Int) -> UInt64 {
            let shift = UInt64(offset * 8)
            let value = shift < 64 ? low >> shift | (shift == 0 ? 0 : high << (64 - shift)) : high >> (shift - 64)
            return byteCount == 8 ? value : value & (1 << UInt64(byteCount * 8) - 1)
        }
    }
}
