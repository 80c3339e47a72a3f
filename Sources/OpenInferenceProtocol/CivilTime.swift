/// A moment as calendar and clock show it in UTC.
///
/// - Source: the proleptic Gregorian calendar; days are counted from a first of March, so that the leap day is the
///   last of its year.
package struct CivilTime: Equatable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let millisecond: Int

    /// Reads a moment after 0000-03-01.
    package init(nanosecondsSince1970: Int64) {
        let milliseconds = Self.floorDivide(Int(nanosecondsSince1970), 1_000_000)
        let days = Self.floorDivide(milliseconds, 86_400_000)
        let millisecondOfDay = milliseconds - days * 86_400_000
        hour = millisecondOfDay / 3_600_000
        minute = millisecondOfDay / 60_000 % 60
        second = millisecondOfDay / 1_000 % 60
        millisecond = millisecondOfDay % 1_000

        // 719,468 days lie between 0000-03-01 and 1970-01-01; 146,097 days are 400 years.
        let dayNumber = days + 719_468
        let era = Self.floorDivide(dayNumber, 146_097)
        let dayOfEra = dayNumber - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// As RFC 3339 writes it, with milliseconds.
    package var rfc3339: String {
        func digits(_ number: Int, _ count: Int = 2) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month))-\(digits(day))T\(digits(hour)):\(digits(minute)):\(digits(second))"
            + ".\(digits(millisecond, 3))Z"
    }

    private static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }
}
