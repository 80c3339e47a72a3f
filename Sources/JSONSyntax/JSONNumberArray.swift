import CFastFloat

/// Reads the numbers of an array: the hottest loop of the server.
///
/// What it recognises is exactly what `JSONCursor` and `JSONNumber` recognise, only faster; at anything else, a
/// bracket, a word, a malformed number, it stops and leaves the cursor in front of it. So the cursor alone is the slow
/// twin that this is tested against.
///
/// How a decimal becomes a float32 without a second rounding: significand and power of ten, both exact or rounded
/// once, are multiplied or divided as doubles, so that the result d is off by at most two units of its last place. If
/// no midpoint between two neighbouring floats lies within four units of d, the decimal and d round to the same float.
/// A midpoint has the low 29 bits 1000…0 in a double, because all these floats are normal numbers: 10^-22 is far above
/// the subnormal ones. The few decimals for which this cannot be said go to fast_float.
package enum JSONNumberArray {
    /// Reads numbers into every `stride`th element as long as plain numbers follow and elements are left.
    ///
    /// - Complexity: linear; no allocation.
    /// - Parameter cursor: inside an array; afterwards behind the last number that was read.
    /// - Parameter first: index of the first element to write.
    /// - Returns: index of the next element to write.
    package static func read(
        _ type: JSONNumberType, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Float>, from first: Int, stride: Int
    ) -> Int {
        precondition(first >= 0 && stride > 0, "elements are written from the first to the last")
        guard cursor.isInArray else { return first }
        switch type {
        case .float32:
            return readFloats(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { range in
                JSONNumber.float(in: bytes, range)
            }
        case .float64:
            // The guard band around midpoints is wide enough for the double of the decimal as well: see above.
            return readFloats(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { range in
                Float(JSONNumber.double(in: bytes, range))
            }
        case .float16, .bfloat16:
            return read(in: bytes, at: &cursor, into: &values, from: first, stride: stride) { _, range in
                JSONNumber.feature(type, in: bytes, range)
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

    /// Alternates between the loop for the usual numbers and single steps over the others.
    ///
    /// - Parameter convert: rounds a number correctly where the fast way cannot.
    @inline(__always)
    private static func readFloats(
        in bytes: Span<UInt8>, at cursor: inout JSONCursor, into values: inout MutableSpan<Float>, from first: Int,
        stride: Int, _ convert: (Range<Int>) -> Float
    ) -> Int {
        var index = first
        while index < values.count {
            index = readUsual(in: bytes, at: &cursor, into: &values, from: index, stride: stride)
            let next = read(
                in: bytes, at: &cursor, into: &values, from: index, stride: stride, limit: 1
            ) { decimal, range in
                nearestFloat(decimal) ?? convert(range)
            }
            if next == index { return index }
            index = next
        }
        return index
    }

    /// Reads the usual numbers until there is another one.
    @inline(__always)
    private static func readUsual(
        in bytes: Span<UInt8>, at cursor: inout JSONCursor, into values: inout MutableSpan<Float>, from first: Int,
        stride: Int
    ) -> Int {
        // The first number stands behind the bracket as the others stand behind commas.
        let isFirst = cursor.isAtStartOfArray
        var run = NumberRun(
            end: isFirst ? cursor.offset &- 1 : cursor.offset, separator: UInt8(ascii: isFirst ? "[" : ","),
            index: first)
        run.read(bytes, into: &values, stride: stride)
        let rest = bytes.count &- run.end
        if run.index < values.count && rest < NumberRun.readableByteCount {
            // The last two numbers or so have fewer bytes behind them than a step loads; zeros do for those.
            var tail = InlineArray<48, UInt8>(repeating: 0)
            var space = tail.mutableSpan
            EightBytes.copy(bytes, from: run.end, to: &space)
            let distance = run.end
            run.end = 0
            run.read(tail.span, into: &values, stride: stride)
            run.end &+= distance
        }
        if run.index > first {
            cursor.offset = run.end
            cursor.valueWasRead()
        }
        return run.index
    }

    @inline(__always)
    static func read<Element>(
        in bytes: Span<UInt8>, at cursor: inout JSONCursor, into values: inout MutableSpan<Element>, from first: Int,
        stride: Int, limit: Int = .max, _ convert: (PlainDecimal, Range<Int>) -> Element?
    ) -> Int {
        var index = first
        var end = cursor.offset
        var isFirst = cursor.isAtStartOfArray
        var numberCount = 0
        while index < values.count && numberCount < limit {
            var start = skipWhiteSpace(bytes, from: end)
            if !isFirst {
                guard start < bytes.count && bytes[start] == UInt8(ascii: ",") else { break }
                start = skipWhiteSpace(bytes, from: start &+ 1)
            }
            var decimal = PlainDecimal()
            let next = decimal.read(bytes, from: start)
            guard next > start, let value = convert(decimal, start..<next) else { break }
            values[index] = value
            index &+= stride
            numberCount &+= 1
            end = next
            isFirst = false
        }
        if !isFirst {
            cursor.offset = end
            cursor.valueWasRead()
        }
        return index
    }

    /// The float nearest to a decimal, nil where the way over a double does not prove which one that is.
    @inline(__always)
    static func nearestFloat(_ decimal: PlainDecimal) -> Float? {
        let exponent = decimal.exponent
        guard decimal.significand <= UInt64(Int64.max) && exponent >= -22 && exponent <= 22 else { return nil }
        var value = Double(Int64(truncatingIfNeeded: decimal.significand))
        if exponent < 0 {
            value /= rowan_double_power_of_ten(UInt32(truncatingIfNeeded: 0 &- exponent))
        } else {
            value *= rowan_double_power_of_ten(UInt32(truncatingIfNeeded: exponent))
        }
        return isFarFromMidpoint(value) ? Float(decimal.isNegative ? -value : value) : nil
    }

    /// Whether no midpoint between two floats lies within four units of a double's last place.
    @inline(__always)
    static func isFarFromMidpoint(_ value: Double) -> Bool {
        (value.bitPattern & 0x1fff_ffff) &- (0x1000_0000 &- 4) > 8
    }

    @inline(__always)
    private static func skipWhiteSpace(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
            position &+= 1
        }
        return position
    }
}

extension PlainDecimal {
    /// The integer as a floating-point number, rounded once; nil if it is none of so many bits.
    @inline(__always)
    func signedInteger<Element: BinaryFloatingPoint>(bits: Int) -> Element? {
        guard isInteger else { return nil }
        let largest = UInt64(1) &<< UInt64(truncatingIfNeeded: bits &- 1) &- (isNegative ? 0 : 1)
        guard significand <= largest else { return nil }
        return isNegative ? Element(Int64(truncatingIfNeeded: 0 &- significand)) : Element(significand)
    }

    /// The same without a sign.
    @inline(__always)
    func unsignedInteger<Element: BinaryFloatingPoint>(bits: Int) -> Element? {
        guard isInteger && (!isNegative || significand == 0) else { return nil }
        guard significand <= UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- bits) else { return nil }
        return Element(significand)
    }
}
