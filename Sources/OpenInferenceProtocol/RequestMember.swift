import JSONSyntax
import LinuxSystem

/// The members of a request's objects that have a meaning; all others are skipped.
enum RequestMember {
    case id
    case parameters
    case inputs
    case outputs
    case name
    case shape
    case datatype
    case data
    case other

    /// Recognises a member by its key.
    init(_ key: JSONStringRange, in bytes: Span<UInt8>) {
        if key.hasEscapes {
            let text = Array(JSONString.decode(key, in: bytes).utf8)
            self.init(text.span, 0..<text.count)
        } else {
            self.init(bytes, key.range)
        }
    }

    /// Recognises a member whose name, quotation mark and colon stand in the text without anything in between.
    ///
    /// Nearly all keys of nearly all requests are of this kind, and one comparison of eight bytes finds them.
    ///
    /// - Parameter start: position of the name's first letter; on return behind the colon, if a member was recognised.
    /// - Precondition: `JSONCursor.keyByteCount` bytes follow `start`.
    @inline(__always)
    init?(compact bytes: Span<UInt8>, at start: inout Int) {
        let letters = bytes.littleEndian(UInt64.self, at: start)
        let length: Int
        if letters & 0xffff_ffff_ffff == 0x3a22_6174_6164 {
            self = .data
            length = 6
        } else if letters & 0xffff_ffff_ffff == 0x3a22_656d_616e {
            self = .name
            length = 6
        } else if letters & 0xff_ffff_ffff_ffff == 0x3a_2265_7061_6873 {
            self = .shape
            length = 7
        } else if letters == 0x6570_7974_6174_6164 && bytes.littleEndian(UInt16.self, at: start &+ 8) == 0x3a22 {
            self = .datatype
            length = 10
        } else if letters == 0x3a22_7374_7570_6e69 {
            self = .inputs
            length = 8
        } else if letters == 0x2273_7475_7074_756f && bytes[start &+ 8] == UInt8(ascii: ":") {
            self = .outputs
            length = 9
        } else if letters & 0xffff_ffff == 0x3a22_6469 {
            self = .id
            length = 4
        } else if letters == 0x6574_656d_6172_6170 && bytes.littleEndian(UInt32.self, at: start &+ 8) == 0x3a22_7372 {
            self = .parameters
            length = 12
        } else {
            return nil
        }
        start &+= length
    }

    /// The letters are compared as one integer, the first one lowest.
    private init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var letters: UInt64 = 0
        if range.count <= 8 && range.lowerBound &+ 8 <= bytes.count {
            letters = bytes.littleEndian(UInt64.self, at: range.lowerBound)
            letters &= ~(UInt64.max << UInt64(8 &* range.count))
        } else if range.count <= 8 {
            for index in range.reversed() { letters = letters &<< 8 | UInt64(bytes[index]) }
        }
        switch letters {
        case 0x6469: self = .id
        case 0x7374_7570_6e69: self = .inputs
        case 0x73_7475_7074_756f: self = .outputs
        case 0x656d_616e: self = .name
        case 0x65_7061_6873: self = .shape
        case 0x6570_7974_6174_6164: self = .datatype
        case 0x6174_6164: self = .data
        default: self = bytes.matches(range, "parameters") ? .parameters : .other
        }
    }
}
