import CFastFloat

extension JSONNumberArray {
    /// Reads numbers into doubles, for models that compare doubles; otherwise the same.
    ///
    /// A decimal of at most 2^53 × 10^±22 has an exact significand and an exact power of ten, so that one
    /// multiplication or division rounds it correctly (Clinger 1990); others go to fast_float.
    package static func read(
        _ type: JSONNumberType, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Double>, from first: Int, stride: Int
    ) -> Int {
        precondition(first >= 0 && stride > 0, "elements are written from the first to the last")
        guard cursor.isInArray else { return first }
        switch type {
        case .float64:
            return read(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { decimal, range in
                exactDouble(decimal) ?? JSONNumber.double(in: bytes, range)
            }
        case .float32:
            return read(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { decimal, range in
                Double(nearestFloat(decimal) ?? JSONNumber.float(in: bytes, range))
            }
        case .float16, .bfloat16:
            return read(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { _, range in
                Double(JSONNumber.feature(type, in: bytes, range))
            }
        case .signedInteger(let bits):
            return read(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { decimal, _ in
                decimal.signedInteger(bits: bits)
            }
        case .unsignedInteger(let bits):
            return read(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { decimal, _ in
                decimal.unsignedInteger(bits: bits)
            }
        }
    }

    @inline(__always)
    private static func exactDouble(_ decimal: PlainDecimal) -> Double? {
        let exponent = decimal.exponent
        guard decimal.significand <= 1 << 53 && exponent >= -22 && exponent <= 22 else { return nil }
        var value = Double(Int64(truncatingIfNeeded: decimal.significand))
        if exponent < 0 {
            value /= rowan_double_power_of_ten(UInt32(truncatingIfNeeded: 0 &- exponent))
        } else {
            value *= rowan_double_power_of_ten(UInt32(truncatingIfNeeded: exponent))
        }
        return decimal.isNegative ? -value : value
    }
}
