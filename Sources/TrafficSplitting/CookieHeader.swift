/// Finds a cookie in the value of a `Cookie` field.
///
/// Whatever a client sends is a list of pairs here or nothing: there are no errors, because a bad cookie is no reason
/// to refuse a request, and what is found is a key and nothing else.
///
/// - Source: RFC 6265, sections 4.1.1 and 5.4: pairs are separated by semicolons, names are compared byte by byte, a
///   value may stand in quotation marks.
package enum CookieHeader {
    /// Where the first cookie of a name stands whose value can be a key.
    ///
    /// Cookies of the name with other values are passed over, those of an attacker's path among them.
    ///
    /// - Complexity: linear in the field; no allocation.
    /// - Returns: the value without quotation marks; nil if there is none.
    package static func key(of name: Span<UInt8>, in field: Span<UInt8>) -> Range<Int>? {
        var start = 0
        while start < field.count {
            var end = start
            while end < field.count, field[end] != UInt8(ascii: ";") { end &+= 1 }
            if let value = value(of: name, in: field, start..<end), isKey(field.extracting(value)) { return value }
            start = end &+ 1
        }
        return nil
    }

    /// Whether bytes can be the key in a cookie: 1 to 128 letters, digits, underscores and hyphens.
    package static func isKey(_ value: Span<UInt8>) -> Bool {
        guard !value.isEmpty, value.count <= TrafficSplittingLimits.cookieKeyByteCount else { return false }
        for index in value.indices {
            switch value[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }

    /// The value of a pair, if it has the name.
    private static func value(of name: Span<UInt8>, in field: Span<UInt8>, _ pair: Range<Int>) -> Range<Int>? {
        let pair = trimmed(pair, in: field)
        guard pair.count > name.count, field[pair.lowerBound &+ name.count] == UInt8(ascii: "=") else { return nil }
        for index in name.indices where field[pair.lowerBound &+ index] != name[index] { return nil }
        let value = trimmed((pair.lowerBound &+ name.count &+ 1)..<pair.upperBound, in: field)
        let isQuoted =
            value.count >= 2 && field[value.lowerBound] == UInt8(ascii: "\"")
            && field[value.upperBound &- 1] == UInt8(ascii: "\"")
        return isQuoted ? (value.lowerBound &+ 1)..<(value.upperBound &- 1) : value
    }

    /// A range without the white space around it.
    private static func trimmed(_ range: Range<Int>, in field: Span<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isSpace(field[start]) { start &+= 1 }
        while end > start, isSpace(field[end &- 1]) { end &-= 1 }
        return start..<end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
