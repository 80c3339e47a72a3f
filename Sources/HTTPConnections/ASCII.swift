/// Classes and foldings of single bytes that HTTP/1.1 is made of.
enum ASCII {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let colon = UInt8(ascii: ":")

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// The value of a hexadecimal digit, nothing for any other byte.
    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- UInt8(ascii: "0") }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// Letters, digits and ``!#$%&'*+-.^_`|~``.
    ///
    /// - Source: `tchar` of RFC 9110 section 5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        isMember(byte, low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
    }

    /// What a host with an optional port is made of, in any of its forms, an IPv6 literal among them.
    ///
    /// - Source: `uri-host` and `port` of RFC 3986 section 3.2.
    static func isHostByte(_ byte: UInt8) -> Bool {
        isMember(byte, low: 0x2fff_7ff2_0000_0000, high: 0x47ff_fffe_afff_fffe)
    }

    /// Looks a byte up in a set of ASCII characters given as 128 bits.
    private static func isMember(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        let half = byte < 64 ? low : high
        return byte < 128 && half &>> UInt64(byte & 63) & 1 == 1
    }

    /// Reads a whole value of decimal digits.
    ///
    /// - Returns: nothing if it is empty, contains anything else or does not fit.
    static func decimal(_ bytes: Span<UInt8>) -> Int? {
        if bytes.isEmpty { return nil }
        var number = 0
        if bytes.count <= 18 {
            // No number of eighteen digits can overflow.
            for index in bytes.indices {
                if !isDigit(bytes[index]) { return nil }
                number = number &* 10 &+ Int(bytes[index] &- UInt8(ascii: "0"))
            }
            return number
        }
        for index in bytes.indices {
            if !isDigit(bytes[index]) { return nil }
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(Int(bytes[index] &- UInt8(ascii: "0")))
            if overflows || carries { return nil }
            number = sum
        }
        return number
    }

    /// Whether bytes equal a lower-case word, whatever their case.
    static func folded(_ bytes: Span<UInt8>, equals word: [UInt8]) -> Bool {
        if bytes.count != word.count { return false }
        for index in bytes.indices where lowercased(bytes[index]) != word[index] { return false }
        return true
    }
}
