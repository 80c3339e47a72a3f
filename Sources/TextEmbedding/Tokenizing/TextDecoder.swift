/// Reads the characters of a text in UTF-8 one by one; bytes that belong to none are left out.
///
/// - Source: RFC 3629 section 4.
struct TextDecoder {
    private var index = 0

    /// The next character; nil at the end.
    @inline(__always)
    mutating func next(in text: Span<UInt8>) -> UInt32? {
        guard index < text.count else { return nil }
        let byte = text[index]
        if byte < 0x80 {
            index &+= 1
            return UInt32(byte)
        }
        return nextLong(in: text)
    }

    @inline(never)
    private mutating func nextLong(in text: Span<UInt8>) -> UInt32? {
        while index < text.count {
            let lead = text[index]
            index &+= 1
            if lead < 0x80 { return UInt32(lead) }
            var scalar: UInt32
            let count: Int
            // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0xC2...0xDF: (scalar, count) = (UInt32(lead & 0x1F), 1)
            case 0xE0...0xEF:
                (scalar, count) = (UInt32(lead & 0x0F), 2)
                if lead == 0xE0 { second = 0xA0...0xBF }
                if lead == 0xED { second = 0x80...0x9F }
            case 0xF0...0xF4:
                (scalar, count) = (UInt32(lead & 0x07), 3)
                if lead == 0xF0 { second = 0x90...0xBF }
                if lead == 0xF4 { second = 0x80...0x8F }
            default: continue
            }
            var offset = 0
            while offset < count, index &+ offset < text.count,
                (offset == 0 ? second : 0x80...0xBF).contains(text[index &+ offset])
            {
                scalar = scalar &<< 6 | UInt32(text[index &+ offset] & 0x3F)
                offset &+= 1
            }
            index &+= offset
            if offset == count { return scalar }
        }
        return nil
    }
}
