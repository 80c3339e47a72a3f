import CFastFloat

/// The usual number: at most seven digits before the point, at most 18 in all, no exponent.
///
/// It is read without a loop and nearly without branches, because a branch on the length of a number is predicted
/// wrongly as often as not. Its significand is below 10^18, so it fits a signed integer.
struct ShortDecimal {
    let significand: UInt64
    /// Number of digits behind the point.
    let fractionDigits: Int
    /// Position behind the number.
    let end: Int

    /// How many bytes must be there from the first digit on.
    static let readableByteCount = 7 + 1 + 8

    /// Reads a number; nil if it is not of this kind.
    ///
    /// - Parameter start: position of the first digit.
    /// - Precondition: `readableByteCount` bytes follow `start`.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, from start: Int) {
        let whole = DigitChunk(within: bytes, at: start)
        // No digit or eight of them.
        guard whole.count &- 1 < 7 && whole.count > 0 && !(whole.startsWithZero && whole.count > 1) else { return nil }
        let point = start &+ whole.count
        guard whole.byteBehind == UInt8(ascii: ".") else {
            guard whole.byteBehind | 0x20 != UInt8(ascii: "e") else { return nil }
            significand = whole.leadingValue
            fractionDigits = 0
            end = point
            return
        }
        let first = DigitChunk(within: bytes, at: point &+ 1)
        if first.count < 8 {
            guard first.count > 0 && first.byteBehind | 0x20 != UInt8(ascii: "e") else { return nil }
            significand = whole.leadingValue &* ShortDecimal.powerOfTen(first.count) &+ first.leadingValue
            fractionDigits = first.count
            end = point &+ 1 &+ first.count
            return
        }
        guard point &+ 1 &+ 24 <= bytes.count else { return nil }
        let second = DigitChunk(within: bytes, at: point &+ 9)
        var value = whole.leadingValue &* 100_000_000 &+ first.value
        var last = second
        var count = 8
        if second.count == 8 {
            guard value < 10_000_000_000 else { return nil }
            value = value &* 100_000_000 &+ second.value
            last = DigitChunk(within: bytes, at: point &+ 17)
            count = 16
        }
        guard last.count < 8 && last.byteBehind | 0x20 != UInt8(ascii: "e") else { return nil }
        // 22 is the greatest power of ten that a double holds exactly.
        guard value < ShortDecimal.powerOfTen(18 &- last.count) && count &+ last.count <= 22 else { return nil }
        significand = value &* ShortDecimal.powerOfTen(last.count) &+ last.leadingValue
        fractionDigits = count &+ last.count
        end = point &+ 1 &+ count &+ last.count
    }

    /// Power of ten with an exponent of at most 19.
    @inline(__always)
    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        rowan_integer_power_of_ten(UInt32(truncatingIfNeeded: exponent))
    }
}
