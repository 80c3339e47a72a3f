/// Eight bytes of text and how many of the first ones are digits; beyond the end of the text there are zeros.
struct DigitChunk {
    /// Each byte's value as a digit; meaningless from the first byte on that is none.
    private let digits: UInt64
    /// The bytes themselves.
    private let text: UInt64
    /// Number of digits before the first byte that is none.
    let count: Int

    /// Takes the eight bytes from an offset on, or what there is of them.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at offset: Int) {
        self.init(
            offset >= 0 && offset &+ 8 <= bytes.count
                ? EightBytes.load(bytes, at: offset) : DigitChunk.lastBytes(bytes, from: offset))
    }

    /// Takes the eight bytes from an offset on, of which the caller knows that they are there.
    @inline(__always)
    init(within bytes: Span<UInt8>, at offset: Int) {
        self.init(EightBytes.load(bytes, at: offset))
    }

    @inline(__always)
    private init(_ text: UInt64) {
        self.text = text
        digits = text ^ 0x3030_3030_3030_3030
        // A byte is a digit if it is below ten now: adding 118 then leaves its highest bit clear.
        let others = ((digits & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
        count = others.trailingZeroBitCount &>> 3
    }

    @inline(__always)
    var startsWithZero: Bool { text & 0xff == 0x30 }

    /// The first byte that is no digit, if there are fewer than eight of them.
    @inline(__always)
    var byteBehind: UInt8 { UInt8(truncatingIfNeeded: text &>> UInt64(truncatingIfNeeded: 8 &* count)) }

    /// The value of eight digits.
    @inline(__always)
    var value: UInt64 { DigitChunk.value(of: digits) }

    /// The value of the first `count` digits, of which there are fewer than eight.
    @inline(__always)
    var leadingValue: UInt64 {
        // Moved to the high end, the digits have zeros in front of them.
        DigitChunk.value(of: (digits &<< UInt64(truncatingIfNeeded: 56 &- 8 &* count)) &<< 8)
    }

    /// Joins neighbours three times: eight digits, four pairs, two quadruples, one number.
    @inline(__always)
    static func value(of digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ digits &>> 8
        return
            ((pairs & 0xff_0000_00ff) &* 0xf_4240_0000_0064
            &+ (pairs &>> 16 & 0xff_0000_00ff) &* 0x2710_0000_0001) &>> 32
    }

    @inline(never)
    private static func lastBytes(_ bytes: Span<UInt8>, from offset: Int) -> UInt64 {
        var text: UInt64 = 0
        var index = bytes.count
        while index > offset {
            index &-= 1
            text = text &<< 8 | UInt64(bytes[index])
        }
        return text
    }
}
