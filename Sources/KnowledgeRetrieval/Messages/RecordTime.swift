/// Finds times in log records, in the forms that logging systems write.
enum RecordTime {
    private static let months: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Whether a word is a time or a date, whole.
    static func isTime(_ word: ArraySlice<UInt8>) -> Bool {
        guard let end = end(in: word, from: word.startIndex, joinsWords: false) else { return false }
        return end == word.endIndex
    }

    /// Where a time ends that begins at a position; nil if none does.
    ///
    /// - Parameter joinsWords: whether a date and a time with a blank between them are one.
    static func end(in bytes: ArraySlice<UInt8>, from start: Int, joinsWords: Bool) -> Int? {
        if let date = dateEnd(bytes, start) {
            guard date < bytes.endIndex else { return date }
            if bytes[date] == UInt8(ascii: "T") || bytes[date] == UInt8(ascii: "t") {
                return timeEnd(bytes, date + 1) ?? nil
            }
            if bytes[date] == UInt8(ascii: ":"), let end = timeEnd(bytes, date + 1) { return end }
            if joinsWords, bytes[date] == 0x20, let end = timeEnd(bytes, date + 1) { return end }
            return date
        }
        if joinsWords, let end = syslogEnd(bytes, start) { return end }
        return timeEnd(bytes, start)
    }

    /// `2024-05-01`, `2024/05/01`, `01/May/2024`.
    private static func dateEnd(_ bytes: ArraySlice<UInt8>, _ start: Int) -> Int? {
        guard let first = digits(bytes, start, 2...4), first < bytes.endIndex else { return nil }
        let sign = bytes[first]
        guard sign == UInt8(ascii: "-") || sign == UInt8(ascii: "/") else { return nil }
        if first - start == 4 {
            guard let month = digits(bytes, first + 1, 2...2), month < bytes.endIndex, bytes[month] == sign else {
                return nil
            }
            return digits(bytes, month + 1, 2...2)
        }
        guard first - start == 2 else { return nil }
        let name = bytes[(first + 1)...].prefix(3)
        guard name.count == 3, months.contains(Letter.text(name).lowercased()), name.endIndex < bytes.endIndex,
            bytes[name.endIndex] == sign
        else { return nil }
        return digits(bytes, name.endIndex + 1, 4...4)
    }

    /// `22:14:15`, with a fraction and a zone, if there are any.
    private static func timeEnd(_ bytes: ArraySlice<UInt8>, _ start: Int) -> Int? {
        var end = start
        for part in 0..<3 {
            guard let next = digits(bytes, end, 2...2) else { return nil }
            end = next
            if part < 2 {
                guard end < bytes.endIndex, bytes[end] == UInt8(ascii: ":") else { return nil }
                end += 1
            }
        }
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: ","),
            let fraction = digits(bytes, end + 1, 1...9)
        {
            end = fraction
        }
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: "Z") { return end + 1 }
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-"),
            let hours = digits(bytes, end + 1, 2...4)
        {
            end = hours
            if end < bytes.endIndex, bytes[end] == UInt8(ascii: ":"), let minutes = digits(bytes, end + 1, 2...2) {
                end = minutes
            }
        }
        return end
    }

    /// `Oct 11 22:14:15`, with a weekday in front and a year behind, if there are any.
    private static func syslogEnd(_ bytes: ArraySlice<UInt8>, _ start: Int) -> Int? {
        var position = start
        if let end = word(bytes, position, weekdays) { position = end + 1 }
        guard var end = word(bytes, position, months) else { return nil }
        while end < bytes.endIndex, bytes[end] == 0x20 { end += 1 }
        guard let day = digits(bytes, end, 1...2), day < bytes.endIndex, bytes[day] == 0x20,
            let time = timeEnd(bytes, day + 1)
        else { return nil }
        if time < bytes.endIndex, bytes[time] == 0x20, let year = digits(bytes, time + 1, 4...4) { return year }
        return time
    }

    /// The end of one of some words of three letters that a blank follows.
    private static func word(_ bytes: ArraySlice<UInt8>, _ start: Int, _ words: Set<String>) -> Int? {
        let name = bytes[start...].prefix(3)
        guard name.count == 3, words.contains(Letter.text(name).lowercased()), name.endIndex < bytes.endIndex,
            bytes[name.endIndex] == 0x20
        else { return nil }
        return name.endIndex
    }

    /// The end of a run of digits, if it is as long as wanted.
    private static func digits(_ bytes: ArraySlice<UInt8>, _ start: Int, _ counts: ClosedRange<Int>) -> Int? {
        guard start <= bytes.endIndex else { return nil }
        let run = bytes[start...].prefix(while: Letter.isDigit)
        return counts.contains(run.count) ? run.endIndex : nil
    }
}
