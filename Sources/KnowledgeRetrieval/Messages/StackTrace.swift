/// What of several lines says what happened.
enum StackTrace {
    /// The first line, and of a stack trace also the exception at its root.
    static func message(_ text: ArraySlice<UInt8>) -> String {
        let lines = text.split(separator: 0x0A).map { Letter.trimmed($0) }.filter { !$0.isEmpty }
        guard let first = lines.first else { return "" }
        guard lines.count > 1 else { return Letter.text(first) }
        // The last cause named is the root in Java; in Python the last line is the exception.
        if let cause = lines.last(where: { $0.starts(with: Array("Caused by: ".utf8)) }) {
            return "\(Letter.text(first)): \(Letter.text(cause.dropFirst(11)))"
        }
        if let trace = lines.firstIndex(where: { $0.starts(with: Array("Traceback (most recent".utf8)) }),
            let last = lines.last, lines.count > trace + 1
        {
            return trace == 0 ? Letter.text(last) : "\(Letter.text(first)): \(Letter.text(last))"
        }
        // A line in front of Java's frames often names the exception.
        let second = lines[1]
        if !second.starts(with: Array("at ".utf8)), second.first.map(Letter.isLetter) == true,
            lines.contains(where: { $0.starts(with: Array("at ".utf8)) })
        {
            return "\(Letter.text(first)): \(Letter.text(second))"
        }
        return Letter.text(first)
    }
}
