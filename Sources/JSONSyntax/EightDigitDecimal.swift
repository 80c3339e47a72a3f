import CFastFloat

/// The most frequent number: at most eight digits, a point after the first to the seventh of them or none, no exponent.
///
/// The digits on both sides of the point are brought together in one register and converted at once, which takes
/// 103 instructions a number where `ShortDecimal` takes 133.
///
/// The quotient of significand and power of ten, rounded to a double, rounds to the decimal's own float: a decimal
/// s / 10^k that is not the midpoint M × 2^e between two floats differs from it by at least 2^e / 10^k, since
/// s × 2^-e and M × 10^k are integers, or by 1 / 10^k where e is not negative. In proportion to the midpoint that is
/// at least 1 / (M × 10^k) > 2^-49 or 1 / s > 2^-27, and a double is off by 2^-53 at most.
struct EightDigitDecimal {
    /// The number's digits without the point; below 10^8.
    let significand: UInt64
    /// Number of digits behind the point.
    let fractionDigits: Int
    /// Position behind the number.
    let end: Int

    /// How many bytes must be there from the first digit on.
    static let readableByteCount = 16

    /// Reads a number; nil if it is not of this kind.
    ///
    /// - Parameter start: position of the first digit.
    /// - Precondition: `readableByteCount` bytes follow `start`.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, from start: Int) {
        let marks = EightBytes.marksOfNonDigits(bytes, at: start)
        let whole = Int(truncatingIfNeeded: marks.trailingZeroBitCount)
        let text = EightBytes.load(bytes, at: start)
        guard UInt(bitPattern: whole &- 1) < 7 && (text & 0xff != 0x30 || whole == 1) else { return nil }
        let wholeBits = UInt64(truncatingIfNeeded: 8 &* whole)
        var digits = text
        var count = whole
        var last = UInt8(truncatingIfNeeded: text &>> wholeBits)
        if last == UInt8(ascii: ".") {
            let behind = Int(truncatingIfNeeded: (marks & (marks &- 1)).trailingZeroBitCount)
            count = behind &- 1
            guard count > whole && count <= 8 else { return nil }
            // The digits behind the point move one byte down, over the point.
            let wholeMask = UInt64(1) &<< wholeBits &- 1
            digits = text & wholeMask | EightBytes.load(bytes, at: start &+ 1) & ~wholeMask
            last = bytes[start &+ behind]
            fractionDigits = count &- whole
            end = start &+ behind
        } else {
            fractionDigits = 0
            end = start &+ whole
        }
        guard last | 0x20 != UInt8(ascii: "e") else { return nil }
        // Moved to the high end, the digits have zeros in front of them.
        let unused = UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        significand = DigitChunk.value(of: (digits ^ 0x3030_3030_3030_3030) &<< unused)
    }
}
