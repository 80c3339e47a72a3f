import CFastFloat

/// The shortest decimal that reads back to a float, the nearest one of that length: digits × 10^exponent.
///
/// It covers floats m × 2^e with e from -59 to -1, that is fractions between 2^-36 and 2^24 without the powers of two,
/// whose neighbours are not equally far away. There one product takes 128 bits and all else 64, so that no rounded
/// table of powers and no error analysis is needed: probabilities and margins take half of the instructions of
/// `std::to_chars`, which does the rest and gives the same text.
///
/// With 10^k ≤ 2^e < 10^(k+1), the numbers that read back to the float, an interval as wide as 2^e, hold one or more
/// multiples of 10^k and at most one of 10^(k+1). If there is that one, it is the shortest, once its zeros are dropped;
/// otherwise the nearest multiple of 10^k is.
///
/// - Source: R. Giulietti, "The Schubfach way to render doubles", for the choice of k.
struct ShortestFloat {
    /// The digits, at most nine, as a number that does not end with a zero.
    let digits: UInt64
    /// Power of ten, negative.
    let exponent: Int

    /// Finds the decimal; nil if the float is not of this kind, or is a whole number.
    @inline(__always)
    init?(_ magnitude: Float) {
        let bits = magnitude.bitPattern
        let binaryExponent = Int(bits &>> 23) &- 150
        let fraction = bits & 0x7f_ffff
        guard binaryExponent >= -59 && binaryExponent <= -1 && fraction != 0 else { return nil }
        // log10(2) is 1233 / 4096, exactly enough for these exponents.
        let decimalExponent = (binaryExponent &* 1233) &>> 12
        // The float, and half the distance to its neighbours, as multiples of 10^k in units of 2^-shift.
        let half = rowan_integer_power_of_ten(UInt32(truncatingIfNeeded: 0 &- decimalExponent))
        let (high, low) = UInt64(2 &* (fraction | 0x80_0000)).multipliedFullWidth(by: half)
        let shift = UInt64(truncatingIfNeeded: 1 &- binaryExponent)
        // The shift is from 2 to 60, so that ten times 2^shift still fits.
        let quotient = high &<< (64 &- shift) | low &>> shift
        let rest = low & (1 &<< shift &- 1)
        let tens = quotient / 10
        let units = quotient &- tens &* 10
        // A tie with the interval's end belongs to it if the float's significand is even.
        let reach = half &+ (bits & 1 == 0 ? 1 : 0)
        let distanceBelow = units &<< shift &+ rest
        let distanceAbove = 10 &<< shift &- distanceBelow
        if distanceBelow < reach || distanceAbove < reach {
            var shortened = distanceBelow < reach ? tens : tens &+ 1
            var exponent = decimalExponent &+ 1
            while shortened % 10 == 0 && exponent < 0 {
                shortened /= 10
                exponent &+= 1
            }
            digits = shortened
            self.exponent = exponent
        } else {
            let middle = UInt64(1) &<< (shift &- 1)
            digits = quotient &+ (rest > middle || (rest == middle && quotient & 1 == 1) ? 1 : 0)
            exponent = decimalExponent
        }
        guard exponent < 0 else { return nil }
    }

    /// Writes the decimal as `std::to_chars` would: in scientific form only where that is shorter.
    ///
    /// - Returns: the position behind the text.
    /// - Precondition: 32 bytes follow `start`.
    @inline(__always)
    func write(into text: inout MutableSpan<UInt8>, at start: Int) -> Int {
        let count = digitCount
        // The last eight digits; a ninth stands in front of them.
        let first = digits / 100_000_000
        let last = ShortestFloat.text(ofEightDigits: digits &- first &* 100_000_000)
        let hasNine = count == 9
        let letters = hasNine ? last : last &>> UInt64(truncatingIfNeeded: 8 &* (8 &- count))
        let point = count &+ exponent
        if point > 0 {
            let behind = UInt64(truncatingIfNeeded: 8 &* (hasNine ? point &- 1 : point))
            ShortestFloat.write(letters, first, hasNine, into: &text, at: start)
            text[start &+ point] = UInt8(ascii: ".")
            EightBytes.store(letters &>> behind, in: &text, at: start &+ point &+ 1)
            return start &+ count &+ 1
        }
        let scientificCount = (count == 1 ? 1 : count &+ 1) &+ 4
        if 2 &- exponent <= scientificCount {
            EightBytes.store(0x3030_3030_3030_2e30, in: &text, at: start)
            ShortestFloat.write(letters, first, hasNine, into: &text, at: start &+ 2 &- point)
            return start &+ 2 &- exponent
        }
        ShortestFloat.write(letters, first, hasNine, into: &text, at: start &+ 1)
        text[start] = text[start &+ 1]
        text[start &+ 1] = UInt8(ascii: ".")
        let end = start &+ scientificCount
        let size = UInt8(truncatingIfNeeded: 1 &- point)
        text[end &- 4] = UInt8(ascii: "e")
        text[end &- 3] = UInt8(ascii: "-")
        text[end &- 2] = UInt8(ascii: "0") &+ size / 10
        text[end &- 1] = UInt8(ascii: "0") &+ size % 10
        return end
    }

    private var digitCount: Int {
        // One too few where the bits promise less than there is.
        let least = ((64 &- digits.leadingZeroBitCount) &* 1233) &>> 12
        return digits >= rowan_integer_power_of_ten(UInt32(truncatingIfNeeded: least)) ? least &+ 1 : least
    }

    @inline(__always)
    private static func write(
        _ letters: UInt64, _ first: UInt64, _ hasNine: Bool, into text: inout MutableSpan<UInt8>, at start: Int
    ) {
        text[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: first)
        EightBytes.store(letters, in: &text, at: start &+ (hasNine ? 1 : 0))
    }

    /// The digits of a number below 10^8 as text, the first one lowest, zeros in front.
    ///
    /// Splits two numbers of four digits, four of two and eight of one side by side.
    @inline(__always)
    private static func text(ofEightDigits number: UInt64) -> UInt64 {
        let upper = number / 10_000
        let fours = upper | (number &- upper &* 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x7f_0000_007f
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x0f_000f_000f_000f
        return (tens | (twos &- tens &* 10) &<< 8) | 0x3030_3030_3030_3030
    }
}
