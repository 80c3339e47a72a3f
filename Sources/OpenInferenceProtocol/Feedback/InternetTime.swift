/// A moment in the form of the internet's protocols.
///
/// - Source: RFC 3339 section 5.6, `date-time`; a leap second is taken for the second after it.
package struct InternetTime: Equatable, Sendable {
    /// Seconds since 1970, UTC, without fraction.
    package let secondsSince1970: Int64

    /// Reads a moment; nil for anything else.
    package init?(_ text: String) {
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
        else { return nil }
        var end = 19
        if bytes[end] == UInt8(ascii: ".") {
            end += 1
            let start = end
            while end < bytes.count, number(end..<end + 1) != nil { end += 1 }
            if end == start { return nil }
        }
        guard end < bytes.count, let offset = Self.offset(bytes[end...], number) else { return nil }
        let days = Self.daysSince1970(year, month, day)
        secondsSince1970 = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    }

    /// Seconds by which a zone's clocks are ahead.
    private static func offset(_ zone: ArraySlice<UInt8>, _ number: (Range<Int>) -> Int64?) -> Int64? {
        let start = zone.startIndex
        if zone.count == 1, zone[start] | 0x20 == UInt8(ascii: "z") { return 0 }
        guard zone.count == 6, zone[start] == UInt8(ascii: "+") || zone[start] == UInt8(ascii: "-"),
            zone[start + 3] == UInt8(ascii: ":"), let hours = number(start + 1..<start + 3),
            let minutes = number(start + 4..<start + 6), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return zone[start] == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days by the proleptic Gregorian calendar; years begin in March, so that a leap day is the last of its year.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
