/// Korean syllables, which normalisation takes apart by arithmetic.
///
/// - Source: the Unicode Standard, section 3.12.
enum HangulSyllable {
    static let range: Range<UInt32> = 0xAC00..<0xD7A4

    /// The leading consonant, the vowel and the trailing consonant, 0 where there is none.
    static func parts(of syllable: UInt32) -> InlineArray<3, UInt32> {
        let number = syllable &- range.lowerBound
        let trailing = number % 28
        return [0x1100 &+ number / 588, 0x1161 &+ number % 588 / 28, trailing == 0 ? 0 : 0x11A7 &+ trailing]
    }
}
