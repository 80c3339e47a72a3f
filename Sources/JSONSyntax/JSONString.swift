/// Reads the text of JSON strings.
package enum JSONString {
    /// Finds the end of a string and checks every byte of it.
    ///
    /// - Parameter start: position of the opening quotation mark.
    /// - Throws: control characters, malformed escapes, lone surrogates, text that is not UTF-8, a missing end.
    /// - Source: RFC 8259 section 7; RFC 3629 section 4 for UTF-8.
    static func scan(_ bytes: Span<UInt8>, from start: Int) throws(JSONFault) -> JSONStringRange {
        var index = start &+ 1
        var hasEscapes = false
        while true {
            index = PlainText.end(in: bytes, from: index)
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                return JSONStringRange(range: start &+ 1..<index, hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index = try scanEscape(bytes, from: index)
            } else if byte < 0x20 {
                throw JSONFault(at: index, .controlCharacter)
            } else {
                index = try scanUTF8Sequence(bytes, from: index)
            }
        }
        throw JSONFault(at: bytes.count, .endedEarly)
    }

    /// The text of a string, its escape sequences replaced.
    ///
    /// - Complexity: linear; allocates.
    package static func decode(_ string: JSONStringRange, in bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(string.range.count)
        forEachByte(of: string, in: bytes) { byte in
            text.append(byte)
            return true
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a string's text is a given one, without making a `String` of it.
    package static func equals(_ string: JSONStringRange, in bytes: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
        if !string.hasEscapes {
            guard string.range.count == text.count else { return false }
            return EightBytes.equal(bytes.extracting(string.range), text)
        }
        var position = 0
        let isPrefix = forEachByte(of: string, in: bytes) { byte in
            guard position < text.count && text[position] == byte else { return false }
            position &+= 1
            return true
        }
        return isPrefix && position == text.count
    }

    /// Whether a string's text is a given literal, without making a `String` of it.
    package static func equals(_ string: JSONStringRange, in bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        // A static string's bytes live as long as the process.
        equals(string, in: bytes, unsafe Span(_unsafeStart: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Whether a string's text begins with a given literal.
    package static func hasPrefix(_ string: JSONStringRange, in bytes: Span<UInt8>, _ prefix: StaticString) -> Bool {
        if !string.hasEscapes && string.range.count < prefix.utf8CodeUnitCount { return false }
        // A static string's bytes live as long as the process.
        let expected = unsafe Span(_unsafeStart: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
        var position = 0
        forEachByte(of: string, in: bytes) { byte in
            guard position < expected.count && expected[position] == byte else { return false }
            position &+= 1
            return true
        }
        return position == expected.count
    }

    /// Calls a closure with each byte of the text in UTF-8, escape sequences replaced, until it returns false.
    ///
    /// What has no escapes is given as it stands: it may be no JSON, and a backslash in it is only that.
    ///
    /// - Returns: false if the closure stopped it.
    @discardableResult
    package static func forEachByte(
        of string: JSONStringRange, in bytes: Span<UInt8>, _ body: (UInt8) -> Bool
    ) -> Bool {
        var index = string.range.lowerBound
        while index < string.range.upperBound {
            let byte = bytes[index]
            index &+= 1
            if !string.hasEscapes || byte != UInt8(ascii: "\\") {
                guard body(byte) else { return false }
                continue
            }
            let escape = bytes[index]
            index &+= 1
            if escape == UInt8(ascii: "u") {
                var scalar = hexadecimalValue(bytes, at: index)
                index &+= 4
                if scalar & 0xfc00 == 0xd800 {
                    let low = hexadecimalValue(bytes, at: index &+ 2)
                    index &+= 6
                    scalar = 0x10000 &+ (scalar &- 0xd800) &<< 10 &+ (low &- 0xdc00)
                }
                guard encode(scalar, body) else { return false }
            } else {
                guard body(replacement(for: escape)) else { return false }
            }
        }
        return true
    }

    private static func encode(_ scalar: UInt32, _ body: (UInt8) -> Bool) -> Bool {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar &>> shift & 0x3f) | 0x80 }
        if scalar < 0x80 { return body(UInt8(truncatingIfNeeded: scalar)) }
        if scalar < 0x800 { return body(UInt8(truncatingIfNeeded: scalar &>> 6) | 0xc0) && body(continuation(0)) }
        if scalar < 0x10000 {
            return body(UInt8(truncatingIfNeeded: scalar &>> 12) | 0xe0) && body(continuation(6))
                && body(continuation(0))
        }
        return body(UInt8(truncatingIfNeeded: scalar &>> 18) | 0xf0) && body(continuation(12))
            && body(continuation(6)) && body(continuation(0))
    }

    private static func replacement(for escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    /// The value of four hexadecimal digits that have been checked.
    private static func hexadecimalValue(_ bytes: Span<UInt8>, at start: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start &+ 4 { value = value &<< 4 | UInt32(hexadecimalDigit(bytes[index]) ?? 0) }
        return value
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// Checks an escape sequence, for a surrogate pair both halves, and returns the position behind it.
    private static func scanEscape(_ bytes: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
        guard start &+ 1 < bytes.count else { throw JSONFault(at: bytes.count, .endedEarly) }
        switch bytes[start &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start &+ 2
        case UInt8(ascii: "u"): break
        default: throw JSONFault(at: start, .badEscape)
        }
        let first = try scanHexadecimal(bytes, escapeAt: start)
        if first & 0xfc00 == 0xdc00 { throw JSONFault(at: start, .loneSurrogate) }
        if first & 0xfc00 != 0xd800 { return start &+ 6 }
        let second = start &+ 6
        guard second &+ 1 < bytes.count else { throw JSONFault(at: bytes.count, .endedEarly) }
        guard bytes[second] == UInt8(ascii: "\\") && bytes[second &+ 1] == UInt8(ascii: "u") else {
            throw JSONFault(at: start, .loneSurrogate)
        }
        guard try scanHexadecimal(bytes, escapeAt: second) & 0xfc00 == 0xdc00 else {
            throw JSONFault(at: start, .loneSurrogate)
        }
        return start &+ 12
    }

    private static func scanHexadecimal(_ bytes: Span<UInt8>, escapeAt start: Int) throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for index in start &+ 2..<start &+ 6 {
            guard index < bytes.count else { throw JSONFault(at: bytes.count, .endedEarly) }
            guard let digit = hexadecimalDigit(bytes[index]) else { throw JSONFault(at: start, .badEscape) }
            value = value &<< 4 | UInt32(digit)
        }
        return value
    }

    /// Checks one sequence of two to four bytes and returns the position behind it.
    private static func scanUTF8Sequence(_ bytes: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
        let lead = bytes[start]
        // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch lead {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if lead == 0xe0 { second = 0xa0...0xbf }
            if lead == 0xed { second = 0x80...0x9f }
        case 0xf0...0xf4:
            length = 4
            if lead == 0xf0 { second = 0x90...0xbf }
            if lead == 0xf4 { second = 0x80...0x8f }
        default: throw JSONFault(at: start, .badUTF8)
        }
        for index in start &+ 1..<start &+ length {
            guard index < bytes.count else { throw JSONFault(at: bytes.count, .endedEarly) }
            guard (index == start &+ 1 ? second : 0x80...0xbf).contains(bytes[index]) else {
                throw JSONFault(at: start, .badUTF8)
            }
        }
        return start &+ length
    }
}
