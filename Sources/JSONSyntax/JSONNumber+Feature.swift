import CFastFloat

extension JSONNumber {
    /// The value of a number as a feature: rounded to the tensor's type, then, if that is wider, to float32.
    ///
    /// - Throws: `notAnInteger` or `integerOutOfRange` for the integer types; the others do not throw. What is beyond
    ///   the range of a floating-point type becomes an infinity, as IEEE 754 rounds it.
    package static func float(
        _ type: JSONNumberType, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> Float {
        switch type {
        case .float32, .float64, .float16, .bfloat16: return feature(type, in: bytes, range)
        case .signedInteger(let bits): return Float(try signedInteger(bits: bits, in: bytes, range))
        case .unsignedInteger(let bits): return Float(try unsignedInteger(bits: bits, in: bytes, range))
        }
    }

    /// The value of a number as a feature of a model that compares doubles: rounded to the tensor's type only.
    ///
    /// - Throws: as above.
    package static func double(
        _ type: JSONNumberType, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> Double {
        switch type {
        case .float64: double(in: bytes, range)
        case .float32, .float16, .bfloat16: Double(feature(type, in: bytes, range))
        case .signedInteger(let bits): Double(try signedInteger(bits: bits, in: bytes, range))
        case .unsignedInteger(let bits): Double(try unsignedInteger(bits: bits, in: bytes, range))
        }
    }

    // The sign of -0 is lost, as it is in every integer.
    private static func signedInteger(
        bits: Int, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> Int64 {
        let value = try int64(in: bytes, range)
        let unused = Int64(64 - bits)
        guard (value << unused) >> unused == value else { throw JSONFault(at: range.lowerBound, .integerOutOfRange) }
        return value
    }

    private static func unsignedInteger(
        bits: Int, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> UInt64 {
        let value = try uint64(in: bytes, range)
        guard bits == 64 || value >> UInt64(bits) == 0 else {
            throw JSONFault(at: range.lowerBound, .integerOutOfRange)
        }
        return value
    }

    /// The value of a number of a floating-point type, at most as precise as a float32.
    static func feature(_ type: JSONNumberType, in bytes: Span<UInt8>, _ range: Range<Int>) -> Float {
        switch type {
        case .float64: Float(double(in: bytes, range))
        case .float16: rounded(in: bytes, range, precision: 11, leastExponent: -14)
        case .bfloat16: rounded(in: bytes, range, precision: 8, leastExponent: -126)
        default: float(in: bytes, range)
        }
    }

    /// Rounds a decimal once to a binary format narrower than float32, ties to even.
    ///
    /// The nearest double decides, except where it lies exactly between two values of the format: then the decimal is
    /// compared with it digit by digit.
    ///
    /// - Parameter precision: bits of the significand, the hidden one included.
    /// - Parameter leastExponent: binary exponent of the smallest normal number.
    private static func rounded(
        in bytes: Span<UInt8>, _ range: Range<Int>, precision: Int, leastExponent: Int
    ) -> Float {
        let nearest = double(in: bytes, range)
        let magnitude = nearest.magnitude
        guard magnitude > 0 && magnitude.isFinite else { return Float(nearest) }
        let quantumExponent = max(Int(magnitude.exponent), leastExponent) - (precision - 1)
        // Scaling by a power of two is exact here: nothing leaves the range of a double.
        let scaled = Double(sign: .plus, exponent: -quantumExponent, significand: magnitude)
        var steps = scaled.rounded(.toNearestOrEven)
        if scaled - scaled.rounded(.down) == 0.5 {
            let order = compareMagnitude(in: bytes, range, with: magnitude)
            if order != 0 { steps = scaled.rounded(order < 0 ? .down : .up) }
        }
        let value = Double(sign: .plus, exponent: quantumExponent, significand: steps)
        let limit = Double(sign: .plus, exponent: 2 - leastExponent, significand: 1)
        return Float(value >= limit ? Double.infinity : value) * (nearest.sign == .minus ? -1 : 1)
    }

    /// Compares the magnitude of a decimal with a positive double that has few significant bits.
    ///
    /// - Returns: negative if the decimal is smaller, 0 if equal, positive if greater.
    private static func compareMagnitude(in bytes: Span<UInt8>, _ range: Range<Int>, with value: Double) -> Int {
        // A midpoint of bfloat16's subnormal numbers has the most digits: 9 bits × 2^-134 has fewer than 100.
        var exact = InlineArray<128, CChar>(repeating: 0)
        let digitCount = 110
        var span = exact.mutableSpan
        let length = unsafe span.withUnsafeMutableBufferPointer { text in
            // The callee writes at most 118 bytes.
            unsafe text.baseAddress.map { unsafe rowan_format_exact_digits(value, Int32(digitCount), $0) } ?? 0
        }
        // d.ddd…e±xx: the digits are the first and those behind the point, the exponent ends the text.
        var exponent = 0
        for index in digitCount + 3..<Int(length) { exponent = exponent * 10 + Int(exact[index] - 48) }
        if exact[digitCount + 2] == CChar(bitPattern: UInt8(ascii: "-")) { exponent = -exponent }
        var digits = DecimalDigits(in: bytes, range)
        // The double is the decimal's nearest, so their leading digits differ by one place at most: 9.99… and 10.0….
        let leading = digits.exponentOfFirstDigit
        if leading != exponent { return leading < exponent ? -1 : 1 }
        for index in 0..<digitCount {
            let ours = Int(digits.next(in: bytes) ?? 0)
            let theirs = Int(exact[index == 0 ? 0 : index + 1] - 48)
            if ours != theirs { return ours - theirs }
        }
        while let digit = digits.next(in: bytes) {
            if digit != 0 { return 1 }
        }
        return 0
    }
}
