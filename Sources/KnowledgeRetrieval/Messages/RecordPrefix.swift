/// Strips a line of what logging systems put in front of a message: times, levels, threads, processes, names.
///
/// The parts are recognised by their form and may come in any order, because every layout has its own.
struct RecordPrefix {
    private let record: ArraySlice<UInt8>
    private var position: Int
    private(set) var shape = LogMessage.Shape.plain
    private var level: String?
    private var service: String?
    private var host: String?
    private var logger: String?
    private var time: String?

    private static let levels: Set<String> = [
        "trace", "debug", "info", "information", "notice", "warn", "warning", "error", "err", "severe", "crit",
        "critical", "fatal", "alert", "emerg", "emergency", "panic",
    ]

    init(_ record: ArraySlice<UInt8>) {
        self.record = record
        position = record.startIndex
    }

    /// The message.
    var rest: ArraySlice<UInt8> { record[position...] }
    /// Whether something was stripped that another record may stand in.
    var isEnvelope: Bool { position > record.startIndex }

    /// A message with what its prefix says beside it.
    func completed(_ message: LogMessage) -> LogMessage {
        var message = message
        message.level = message.level ?? level
        message.service = message.service ?? service
        message.host = message.host ?? host
        message.logger = message.logger ?? logger
        message.time = message.time ?? time
        return message
    }

    mutating func strip() {
        if klog() || syslog() { return }
        kernelTime()
        // Each part is taken once; what comes again is the message.
        while position < record.endIndex {
            let before = position
            skipSeparators()
            if position < record.endIndex, takePart() { continue }
            // Separators are taken off only where a part stood before them.
            if position > before, time == nil, level == nil, logger == nil { position = before }
            return
        }
    }

    private mutating func takePart() -> Bool {
        takeTime() || takeLevel() || takeBracket() || takeRequest() || takeProcess() || takeLogger()
    }

    private mutating func skipSeparators() {
        let isStarted = position > record.startIndex
        while position < record.endIndex {
            let byte = record[position]
            let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ":")
            guard Letter.isBlank(byte) || isStarted && isSign && !isMinus else { return }
            position += 1
        }
    }

    /// Whether a number with a sign begins.
    private var isMinus: Bool {
        record[position] == UInt8(ascii: "-") && position + 1 < record.endIndex && Letter.isDigit(record[position + 1])
    }

    // MARK: Parts

    private mutating func takeTime() -> Bool {
        guard time == nil, let end = RecordTime.end(in: record, from: position, joinsWords: true) else { return false }
        // A word that only begins like a time is none.
        guard end == record.endIndex || !Letter.isWord(record[end]) else { return false }
        time = Letter.text(record[position..<end])
        position = end
        return true
    }

    private mutating func takeLevel() -> Bool {
        guard level == nil else { return false }
        let word = record[position...].prefix(while: Letter.isLetter)
        guard word.endIndex < record.endIndex, Self.levels.contains(Letter.text(word).lowercased()) else {
            return false
        }
        // "error while …" is a sentence; a level is in capitals, or set off.
        let next = record[word.endIndex]
        let isSetOff = next == UInt8(ascii: ":") || next == 0x09 || next == UInt8(ascii: "|")
        guard isSetOff || Letter.isBlank(next) && (time != nil || word.allSatisfy(Letter.isUpper)) else { return false }
        level = Letter.text(word)
        position = word.endIndex
        // Python's `LEVEL:name:message` has no blanks.
        if next == UInt8(ascii: ":"), word.allSatisfy(Letter.isUpper) { takePythonName() }
        return true
    }

    private mutating func takePythonName() {
        let name = record[(position + 1)...].prefix { Letter.isWord($0) || $0 == 0x2E || $0 == 0x5F }
        guard !name.isEmpty, name.endIndex < record.endIndex, record[name.endIndex] == UInt8(ascii: ":") else { return }
        logger = Letter.text(name)
        shape = .python
        position = name.endIndex + 1
    }

    private static let closings = [UInt8(ascii: "["): UInt8(ascii: "]"), UInt8(ascii: "("): UInt8(ascii: ")")]

    /// `[main]`, `[ERROR]`, `[2024-05-01 10:00:00,123]`, `(worker-3)`.
    private mutating func takeBracket() -> Bool {
        guard let closing = Self.closings[record[position]],
            let close = record[position...].firstIndex(of: closing), close - position <= 128
        else { return false }
        let inside = Letter.trimmed(record[(position + 1)..<close])
        let isAtStart = position == record.startIndex
        if time == nil, let end = RecordTime.end(in: inside, from: inside.startIndex, joinsWords: true),
            end == inside.endIndex
        {
            time = Letter.text(inside)
        } else if level == nil, Self.levels.contains(Letter.text(inside).lowercased()) {
            level = Letter.text(inside)
        } else if isAtStart || time == nil && level == nil {
            return false
        } else if shape == .plain {
            shape = .log4j
        }
        position = close + 1
        if position < record.endIndex, record[position] == UInt8(ascii: ":") { position += 1 }
        return true
    }

    /// The id of a request, as CloudWatch's functions write it between time and level.
    private mutating func takeRequest() -> Bool {
        guard time != nil else { return false }
        let word = record[position...].prefix { !Letter.isBlank($0) }
        guard MessageMask.isUUID(word) else { return false }
        shape = .cloudWatch
        position = word.endIndex
        return true
    }

    /// `31337 ---`, as Spring writes it.
    private mutating func takeProcess() -> Bool {
        guard time != nil || level != nil else { return false }
        let number = record[position...].prefix(while: Letter.isDigit)
        guard !number.isEmpty, record[number.endIndex...].starts(with: Array(" ---".utf8)) else { return false }
        shape = .log4j
        position = number.endIndex
        return true
    }

    /// `com.example.Pool -`, `app.db: `, `main.go:42:`, `in app:`.
    private mutating func takeLogger() -> Bool {
        guard logger == nil, time != nil || level != nil else { return false }
        var start = position
        if record[start...].starts(with: Array("in ".utf8)), level != nil { start += 3 }
        let word = record[start...].prefix {
            Letter.isWord($0) || [0x2E, 0x5F, 0x24, 0x2F, 0x3A, 0x2D, 0x40].contains($0)
        }
        guard word.contains(where: Letter.isLetter), let last = word.last else { return false }
        let behind = record[word.endIndex...]
        let isSetOff =
            last == UInt8(ascii: ":") || behind.starts(with: Array(" - ".utf8)) || behind.first == 0x09
            || behind.first == 0x20 && behind.drop { $0 == 0x20 }.starts(with: Array(": ".utf8))
        let isFile = RecordPrefix.isFile(word)
        guard isSetOff || isFile else { return false }
        // A word with a colon may be the beginning of the message, unless it has the form of a name.
        let hasForm = word.contains(0x2E) || isFile || start > position || last != UInt8(ascii: ":")
        guard hasForm || level != nil && !behind.isEmpty && word.count <= 40 && isQualified(word) else { return false }
        logger = Letter.text(word.last == UInt8(ascii: ":") ? word.dropLast() : word)
        if isFile, word.contains(0x2E) {
            shape = .go
        } else if shape == .plain {
            shape = level == nil || behind.starts(with: Array(" - ".utf8)) && level == nil ? .python : .log4j
        }
        position = word.endIndex
        return true
    }

    /// Whether a word is written like a name of a program's part.
    private func isQualified(_ word: ArraySlice<UInt8>) -> Bool { word.contains(0x5F) || word.contains(0x2E) }

    /// `server.go:42`, `pool.py:7:`.
    private static func isFile(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: ":"))
        guard parts.count >= 2, let name = parts.first, let dot = name.lastIndex(of: 0x2E) else { return false }
        return name.endIndex - dot <= 6 && name.endIndex - dot > 1 && !parts[1].isEmpty
            && parts[1].allSatisfy(Letter.isDigit)
    }

    // MARK: Whole forms

    /// Takes `E0501 10:00:00.000000   12345 file.go:12] message`.
    private mutating func klog() -> Bool {
        guard let first = record.first, "IWEF".utf8.contains(first),
            let close = record.prefix(200).firstIndex(of: UInt8(ascii: "]"))
        else { return false }
        let head = record[..<close].dropFirst()
        let parts = head.split(separator: 0x20)
        guard parts.count == 4, parts[0].count == 4, parts[0].allSatisfy(Letter.isDigit), RecordTime.isTime(parts[1]),
            parts[2].allSatisfy(Letter.isDigit)
        else { return false }
        shape = .klog
        level = Letter.text([first])
        time = Letter.text(parts[0] + [0x20] + parts[1])
        logger = Letter.text(parts[3])
        position = close + 1
        return true
    }

    /// Takes syslog's records of both standards.
    ///
    /// - Source: RFC 5424 section 6, RFC 3164 section 4.1.
    private mutating func syslog() -> Bool {
        var start = record.startIndex
        var hasPriority = false
        if record.first == UInt8(ascii: "<") {
            let digits = record.dropFirst().prefix(while: Letter.isDigit)
            guard (1...3).contains(digits.count), record[digits.endIndex...].first == UInt8(ascii: ">") else {
                return false
            }
            start = digits.endIndex + 1
            hasPriority = true
            if record[start...].starts(with: Array("1 ".utf8)) { return structured(start + 2) }
        }
        guard let end = RecordTime.end(in: record, from: start, joinsWords: true), end < record.endIndex,
            record[end] == 0x20
        else { return false }
        let isBSD = Letter.isLetter(record[start])
        let name = record[(end + 1)...].prefix { !Letter.isBlank($0) }
        let tag = record[name.endIndex...].dropFirst().prefix { !Letter.isBlank($0) }
        guard !name.isEmpty, tag.last == UInt8(ascii: ":"),
            isBSD || hasPriority || tag.contains(UInt8(ascii: "[")) && !name.contains(UInt8(ascii: "["))
        else { return false }
        take(time: record[start..<end], host: name, tag: tag.dropLast())
        position = tag.endIndex
        kernelTime()
        return true
    }

    private mutating func structured(_ start: Int) -> Bool {
        var fields: [ArraySlice<UInt8>] = []
        var place = start
        for _ in 0..<5 {
            let field = record[place...].prefix { $0 != 0x20 }
            guard !field.isEmpty, field.endIndex < record.endIndex else { return false }
            fields.append(field)
            place = field.endIndex + 1
        }
        take(time: fields[0], host: fields[1], tag: fields[2])
        if record[place...].first == UInt8(ascii: "-") {
            place += 1
        } else {
            place = dataEnd(place)
        }
        if record[place...].starts(with: [0x20, 0xEF, 0xBB, 0xBF]) { place += 4 }
        position = place
        return true
    }

    /// The end of structured data; brackets inside of quotation marks are part of a value.
    private func dataEnd(_ start: Int) -> Int {
        var place = start
        var isQuoted = false
        var isInside = false
        while place < record.endIndex {
            let byte = record[place]
            if byte == UInt8(ascii: "\\"), isQuoted { place += 1 }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, byte == UInt8(ascii: "[") { isInside = true }
            if !isQuoted, byte == UInt8(ascii: "]") { isInside = false }
            if !isInside, byte == 0x20 { return place }
            place += 1
        }
        return record.endIndex
    }

    private mutating func take(time: ArraySlice<UInt8>, host: ArraySlice<UInt8>, tag: ArraySlice<UInt8>) {
        shape = .syslog
        self.time = Letter.text(time)
        self.host = Letter.text(host)
        service = Letter.text(tag.prefix { $0 != UInt8(ascii: "[") })
    }

    /// `[12345.678901] `, seconds since the kernel began.
    private mutating func kernelTime() {
        let rest = record[position...].drop(while: Letter.isBlank)
        guard rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")) else { return }
        let inside = Letter.trimmed(rest[(rest.startIndex + 1)..<close])
        guard inside.contains(0x2E), inside.allSatisfy({ Letter.isDigit($0) || $0 == 0x2E }) else { return }
        shape = .syslog
        position = close + 1
    }
}
