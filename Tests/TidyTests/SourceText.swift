/// A Swift or C text, and the same text with everything blanked out that the compiler does not execute.
///
/// Rules look for calls and keywords in `code`, where a word in a comment or in a string literal cannot deceive
/// them, and for prose in `comments`. All three have the same lines.
struct SourceText {
    let lines: [Substring]
    /// Comments and the contents of string literals are blanks; what is interpolated into a literal is code.
    let code: [String]
    /// Only comments are left.
    let comments: [String]

    /// Sorts a text; prose has no code.
    init(_ text: String, isCode: Bool = true) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard isCode else {
            (code, comments) = ([], [])
            return
        }
        var splitter = Splitter(Array(text.utf8))
        splitter.run()
        code = Self.lines(of: splitter.code)
        comments = Self.lines(of: splitter.comments)
    }

    private static func lines(of bytes: [UInt8]) -> [String] {
        bytes.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Walks over a text once and sorts its bytes.
private struct Splitter {
    private enum Place {
        case code
        /// Code inside a string's interpolation, with the number of open parentheses.
        case interpolation(open: Int)
        case string(quotes: Int, hashes: Int)
        case blockComment(depth: Int)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var places: [Place] = [.code]
    private(set) var code: [UInt8] = []
    private(set) var comments: [UInt8] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        code = bytes.map { $0 == 10 ? 10 : 32 }
        comments = code
    }

    mutating func run() {
        while position < bytes.count {
            switch places[places.count - 1] {
            case .code: stepInCode(open: nil)
            case .interpolation(let open): stepInCode(open: open)
            case .string(let quotes, let hashes): stepInString(quotes: quotes, hashes: hashes)
            case .blockComment(let depth): stepInComment(depth: depth)
            }
        }
    }

    private mutating func stepInCode(open: Int?) {
        if Self.isPlain(bytes[position]) {
            // Most of a text: names, blanks and operators.
            code[position] = bytes[position]
            position += 1
        } else if starts(with: "//") {
            while position < bytes.count, bytes[position] != 10 { take(1, asComment: true) }
        } else if starts(with: "/*") {
            take(2, asComment: true)
            places.append(.blockComment(depth: 1))
        } else if let opening = openingQuotes() {
            take(opening.hashes + opening.quotes, asCode: true)
            places.append(.string(quotes: opening.quotes, hashes: opening.hashes))
        } else {
            if let open {
                if bytes[position] == UInt8(ascii: "(") {
                    places[places.count - 1] = .interpolation(open: open + 1)
                } else if bytes[position] == UInt8(ascii: ")") {
                    if open == 1 {
                        places.removeLast()
                    } else {
                        places[places.count - 1] = .interpolation(open: open - 1)
                    }
                }
            }
            take(1, asCode: true)
        }
    }

    /// Whether a byte neither begins a comment or a literal nor counts in an interpolation.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "("), UInt8(ascii: ")"): false
        default: true
        }
    }

    private mutating func stepInString(quotes: Int, hashes: Int) {
        let isEscape =
            bytes[position] == UInt8(ascii: "\\") && count(of: UInt8(ascii: "#"), from: position + 1) >= hashes
        let next = position + 1 + hashes
        if isEscape, next < bytes.count, bytes[next] == UInt8(ascii: "(") {
            take(1 + hashes)
            take(1, asCode: true)
            places.append(.interpolation(open: 1))
        } else if isEscape {
            take(min(2 + hashes, bytes.count - position))
        } else if count(of: UInt8(ascii: "\""), from: position) >= quotes,
            count(of: UInt8(ascii: "#"), from: position + quotes) >= hashes
        {
            take(quotes + hashes, asCode: true)
            places.removeLast()
        } else if quotes == 1, bytes[position] == 10 {
            // A literal of one line that does not end is not valid; the rest is code again.
            places.removeLast()
        } else {
            take(1)
        }
    }

    private mutating func stepInComment(depth: Int) {
        if starts(with: "*/") {
            take(2, asComment: true)
            if depth == 1 { places.removeLast() } else { places[places.count - 1] = .blockComment(depth: depth - 1) }
        } else if starts(with: "/*") {
            take(2, asComment: true)
            places[places.count - 1] = .blockComment(depth: depth + 1)
        } else {
            take(1, asComment: true)
        }
    }

    private func openingQuotes() -> (quotes: Int, hashes: Int)? {
        let hashes = count(of: UInt8(ascii: "#"), from: position)
        let quotes = count(of: UInt8(ascii: "\""), from: position + hashes)
        guard quotes > 0 else { return nil }
        return (quotes >= 3 ? 3 : 1, hashes)
    }

    private func count(of byte: UInt8, from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] == byte { end += 1 }
        return end - start
    }

    private func starts(with text: StaticString) -> Bool {
        var index = position
        for scalar in "\(text)".utf8 {
            guard index < bytes.count, bytes[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    private mutating func take(_ number: Int, asCode: Bool = false, asComment: Bool = false) {
        for index in position..<position + number {
            if asCode { code[index] = bytes[index] }
            if asComment { comments[index] = bytes[index] }
        }
        position += number
    }
}
