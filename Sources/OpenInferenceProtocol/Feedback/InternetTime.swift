/// A moment in the form of the internet's protocols, which is checked and not used.
///
/// - Source: RFC 3339 section 5.6, `date-time`, leap seconds included.
enum InternetTime {
    /// Whether a text is a moment.
    static func isWritten(in text: String) -> Bool {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard bytes.count >= 20, bytes.count <= 64, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return false }
        var end = 19
        if bytes[end] == UInt8(ascii: ".") {
            end += 1
            let start = end
            while end < bytes.count, number(end..<end + 1) != nil { end += 1 }
            if end == start { return false }
        }
        return end < bytes.count && isZone(bytes[end...], number)
    }

    /// Whether bytes say by how much a zone's clocks are ahead.
    private static func isZone(_ zone: ArraySlice<UInt8>, _ number: (Range<Int>) -> Int64?) -> Bool {
        let start = zone.startIndex
        if zone.count == 1, zone[start] | 0x20 == UInt8(ascii: "z") { return true }
        guard zone.count == 6, zone[start] == UInt8(ascii: "+") || zone[start] == UInt8(ascii: "-"),
            zone[start + 3] == UInt8(ascii: ":"), let hours = number(start + 1..<start + 3),
            let minutes = number(start + 4..<start + 6)
        else { return false }
        return hours < 24 && minutes < 60
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
