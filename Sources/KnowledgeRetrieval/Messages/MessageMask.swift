/// Puts a word in place of everything in a message that differs from one time to the next.
///
/// Words are judged by their form alone: numbers with and without units, times, addresses, paths, URLs, identifiers
/// of hexadecimal digits, and the random ends of names that Kubernetes gives. What is left is equal for equal events,
/// which signatures are made of.
enum MessageMask {
    /// What a word is.
    enum Kind: Equatable {
        case time, address, path, url, number, identifier

        var mask: String {
            switch self {
            case .time: "<time>"
            case .address: "<address>"
            case .path: "<path>"
            case .url: "<url>"
            case .number: "<n>"
            case .identifier: "<id>"
            }
        }
    }

    /// Where a message is cut into words for this purpose.
    private static let separators = Set(" \t\r\n()[]{}<>\"'`,;|=".utf8)
    /// Signs that end a sentence or a clause, not a word.
    private static let endings = Set(".:!?".utf8)
    /// Signs that a URL does not hold.
    private static let closings = Set("\"'`<>)]}".utf8)
    /// What may follow a number as its unit.
    private static let units: Set<String> = [
        "ns", "us", "ms", "s", "sec", "secs", "m", "min", "h", "d", "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib",
        "tib", "k", "g", "t", "x", "hz", "khz", "mhz", "ghz", "µs", "bytes", "pages",
    ]

    static func masked(_ text: String) -> String {
        var masked: [UInt8] = []
        forEachWord(of: Array(text.utf8)) { word, isWord in
            if isWord { mask(word, into: &masked) } else { masked += word }
        }
        return String(decoding: masked, as: UTF8.self)
    }

    /// A text without the words that name single things or times, for looking its other words up.
    ///
    /// Paths stay: their parts are often names of programs. Numbers are the analyser's to judge.
    static func searchable(_ text: String) -> String {
        var kept: [UInt8] = []
        forEachWord(of: Array(text.utf8)) { word, isWord in
            if isWord {
                switch kind(of: word) {
                case .time, .address, .url, .identifier: return
                case .path, .number, nil: break
                }
            }
            kept += word
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// The words of a text that are names of single things, in order and once each.
    static func identifiers(of text: String, limit: Int) -> [String] {
        var found: [String] = []
        forEachWord(of: Array(text.utf8)) { word, isWord in
            guard isWord, found.count < limit else { return }
            let isName: Bool
            switch kind(of: word) {
            case .address, .path, .url, .identifier: isName = true
            case .time, .number: isName = false
            case nil:
                var replaced: [UInt8] = []
                maskParts(word, into: &replaced)
                // A name with a part that is masked, but more than a number.
                isName = replaced.contains(UInt8(ascii: "<")) && word.contains { $0 == 0x2D || $0 == 0x2E }
            }
            let name = Letter.text(word)
            if isName, !found.contains(name) { found.append(name) }
        }
        return found
    }

    /// Gives words and what stands between them to a function, in order.
    private static func forEachWord(of bytes: [UInt8], _ body: (ArraySlice<UInt8>, Bool) -> Void) {
        var position = 0
        while position < bytes.count {
            let isSeparator = separators.contains(bytes[position])
            var end = position + 1
            while end < bytes.count, separators.contains(bytes[end]) == isSeparator { end += 1 }
            // The query of a URL has signs of its own.
            if !isSeparator, isURL(bytes[position..<end]) {
                while end < bytes.count, !Letter.isBlank(bytes[end]), !closings.contains(bytes[end]) { end += 1 }
            }
            var last = end
            if !isSeparator {
                while last > position, endings.contains(bytes[last - 1]) { last -= 1 }
            }
            if isSeparator || last == position {
                body(bytes[position..<end], false)
            } else {
                body(bytes[position..<last], true)
                if last < end { body(bytes[last..<end], false) }
            }
            position = end
        }
    }

    private static func mask(_ word: ArraySlice<UInt8>, into masked: inout [UInt8]) {
        if let kind = kind(of: word) {
            masked += Array(kind.mask.utf8)
        } else {
            maskParts(word, into: &masked)
        }
    }

    /// What a whole word is; nil if it is something to read, or has parts that are judged one by one.
    static func kind(of word: ArraySlice<UInt8>) -> Kind? {
        guard let first = word.first else { return nil }
        if isURL(word) { return .url }
        if first == UInt8(ascii: "/") || first == UInt8(ascii: "~") { return word.count > 1 ? .path : nil }
        if isDriveLetter(word) { return .path }
        if RecordTime.isTime(word) { return .time }
        if isUUID(word) { return .identifier }
        if isAddress(word) { return .address }
        if isNumber(word) { return .number }
        if word.starts(with: Array("0x".utf8)), word.count > 2, word.dropFirst(2).allSatisfy(Letter.isHexadecimal) {
            return .identifier
        }
        return nil
    }

    private static func isURL(_ word: ArraySlice<UInt8>) -> Bool {
        guard let colon = word.firstIndex(of: UInt8(ascii: ":")), colon > word.startIndex else { return false }
        let isScheme = word[..<colon].allSatisfy { Letter.isWord($0) || $0 == 0x2B }
        return isScheme && word[colon...].starts(with: Array("://".utf8))
    }

    private static func isDriveLetter(_ word: ArraySlice<UInt8>) -> Bool {
        let start = Array(word.prefix(3))
        return start.count == 3 && Letter.isLetter(start[0]) && start[1] == UInt8(ascii: ":") && start[2] == 0x5C
    }

    static func isUUID(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count == 36 else { return false }
        return word.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : Letter.isHexadecimal(byte)
        }
    }

    /// An address of the network, with or without a port, or one of electronic mail.
    static func isAddress(_ word: ArraySlice<UInt8>) -> Bool {
        if let at = word.firstIndex(of: UInt8(ascii: "@")), at > word.startIndex {
            return word[at...].contains(UInt8(ascii: "."))
        }
        let colons = word.count { $0 == UInt8(ascii: ":") }
        if colons >= 2 { return word.count >= 3 && word.allSatisfy { Letter.isHexadecimal($0) || $0 == 0x3A } }
        let host = word.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") }
        let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy(Letter.isDigit) }) else {
            return false
        }
        return word.dropFirst(host.count + 1).allSatisfy(Letter.isDigit)
    }

    /// A number, also a version, a share, a duration or a size.
    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        var rest = word
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard let first = rest.first, Letter.isDigit(first) else { return false }
        // Durations of Go are several numbers with their units.
        while !rest.isEmpty {
            let digits = rest.prefix { Letter.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count)
            if rest.elementsEqual([UInt8(ascii: "%")]) { return true }
            let unit = rest.prefix(while: Letter.isLetter)
            guard unit.isEmpty || units.contains(Letter.text(unit).lowercased()) else { return false }
            rest = rest.dropFirst(unit.count)
            if unit.isEmpty { return rest.isEmpty }
        }
        return true
    }

    /// Judges the parts of a word between its signs.
    private static func maskParts(_ word: ArraySlice<UInt8>, into masked: inout [UInt8]) {
        var position = word.startIndex
        var wasIdentifier = false
        while position < word.endIndex {
            let part = word[position...].prefix(while: Letter.isWord)
            if part.isEmpty {
                masked.append(word[position])
                position += 1
                continue
            }
            position += part.count
            let isIdentifier = Self.isIdentifier(part) || wasIdentifier && part.count == 5 && isRandomEnd(part)
            wasIdentifier = isIdentifier
            if isIdentifier {
                masked += Array(Kind.identifier.mask.utf8)
            } else if let firstDigit = part.firstIndex(where: Letter.isDigit) {
                // What is left has its digits at its end: the number of a node, a disk, a shard.
                masked += part[..<firstDigit]
                masked += Array(Kind.number.mask.utf8)
            } else {
                masked += part
            }
        }
    }

    private static func isIdentifier(_ part: ArraySlice<UInt8>) -> Bool {
        guard let firstDigit = part.firstIndex(where: Letter.isDigit) else { return false }
        if part.count >= 8, part.allSatisfy(Letter.isHexadecimal) { return true }
        return !part[firstDigit...].allSatisfy(Letter.isDigit)
    }

    /// The letters that Kubernetes makes random names of.
    private static let randomLetters = Set("bcdfghjklmnpqrstvwxz2456789".utf8)

    private static func isRandomEnd(_ part: ArraySlice<UInt8>) -> Bool { part.allSatisfy(randomLetters.contains) }
}
