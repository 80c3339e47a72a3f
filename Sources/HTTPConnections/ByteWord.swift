import LinuxSystem

/// Eight neighbouring bytes as one number, the first in the lowest bits, for looking at all of them at once.
///
/// The searches return a mask in which the top bit of a byte is set where the byte was found. Those that subtract
/// may also mark bytes behind the first found one; the first is always right, and only the first is used.
struct ByteWord: Equatable {
    let bits: UInt64

    /// Takes the eight bytes from an offset on.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        bits = bytes.littleEndian(UInt64.self, at: offset)
    }

    init(bits: UInt64) { self.bits = bits }

    /// Takes at most eight bytes and fills up with zeros.
    init(short bytes: Span<UInt8>) {
        precondition(bytes.count <= 8, "a word has eight bytes")
        var bits: UInt64 = 0
        for index in bytes.indices {
            bits |= UInt64(bytes[index]) &<< UInt64(index &* 8)
        }
        self.bits = bits
    }

    /// The word of up to eight ASCII characters, computed by the compiler.
    init(
        _ a: Unicode.Scalar, _ b: Unicode.Scalar, _ c: Unicode.Scalar, _ d: Unicode.Scalar,
        _ e: Unicode.Scalar = "\0", _ f: Unicode.Scalar = "\0", _ g: Unicode.Scalar = "\0",
        _ h: Unicode.Scalar = "\0"
    ) {
        let low = UInt64(a.value) | UInt64(b.value) << 8 | UInt64(c.value) << 16 | UInt64(d.value) << 24
        let high = UInt64(e.value) | UInt64(f.value) << 8 | UInt64(g.value) << 16 | UInt64(h.value) << 24
        bits = low | high << 32
    }

    /// Letters in lower case.
    ///
    /// Digits and `-` keep their value; other bytes may take that of another.
    var folded: ByteWord { ByteWord(bits: bits | Self.each(0x20)) }

    /// Number of bytes before the first marked one.
    static func firstIndex(_ mask: UInt64) -> Int { mask.trailingZeroBitCount &>> 3 }

    static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// Bytes below a value of at most 128.
    func below(_ limit: UInt8) -> UInt64 {
        (bits &- Self.each(limit)) & ~bits & Self.each(0x80)
    }

    func equal(to byte: UInt8) -> UInt64 {
        ByteWord(bits: bits ^ Self.each(byte)).below(1)
    }

    /// Bytes outside ASCII.
    var beyondASCII: UInt64 { bits & Self.each(0x80) }

    /// Control bytes, tab among them.
    var controls: UInt64 { below(0x20) | equal(to: 0x7f) }

    /// Everything but letters and `-`, exactly; what nearly every field name is made of.
    var otherThanLettersAndDashes: UInt64 {
        let low = bits & Self.each(0x7f)
        let letters = low | Self.each(0x20)
        // Adding carries into the top bit exactly when the byte reaches the bound; no sum leaves its byte.
        let fromA = letters &+ Self.each(0x80 - UInt8(ascii: "a"))
        let behindZ = letters &+ Self.each(0x80 - UInt8(ascii: "z") - 1)
        let notDash = (low ^ Self.each(UInt8(ascii: "-"))) &+ Self.each(0x7f)
        return (~(fromA & ~behindZ) & notDash | bits) & Self.each(0x80)
    }
}
