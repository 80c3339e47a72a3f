/// Takes the section of a runbook apart into pieces of advice.
enum AdviceText {
    /// The steps of a section: the items of its list, or its paragraphs.
    ///
    /// Commands in a block of code stay with the step before them.
    static func steps(of section: String, limit: Int) -> [String] {
        var steps: [String] = []
        var current = ""
        var isInCode = false
        var isList = false
        func finish() {
            let text = trimmed(current)
            if !text.isEmpty { steps.append(shortened(text, byteLimit: ExplanationLimits.stepByteCount)) }
            current = ""
        }
        for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " || $0 == "\t" }
            if bare.hasPrefix("```") {
                isInCode.toggle()
                if !isInCode { current += "\n```" } else { current += "\n" + bare }
            } else if isInCode {
                current += "\n" + line
            } else if let item = item(bare), line.count - bare.count < 4 {
                finish()
                isList = true
                current = String(item)
            } else if bare.isEmpty {
                // A paragraph ends; within a list the next lines may still belong to the item.
                if !isList { finish() } else { current += current.isEmpty ? "" : " " }
            } else {
                current +=
                    (current.isEmpty || current.hasSuffix(" ") ? "" : current.hasSuffix("```") ? "\n" : " ") + bare
            }
        }
        finish()
        return Array(steps.prefix(limit))
    }

    /// The same, with each sentence of a paragraph as a step: mitigations are often written as one paragraph.
    static func orders(of section: String, limit: Int) -> [String] {
        Array(steps(of: section, limit: .max).flatMap(sentences).prefix(limit))
    }

    /// The sentences of a text; one with a command in a block stays whole.
    ///
    /// A sentence ends at a full stop before a blank and a capital letter, outside of code and brackets.
    static func sentences(_ text: String) -> [String] {
        if text.contains("```") { return [text] }
        var sentences: [String] = []
        var start = text.startIndex
        var (isCode, depth) = (false, 0)
        for index in text.indices {
            switch text[index] {
            case "`": isCode.toggle()
            case "(": depth += 1
            case ")": depth = max(0, depth - 1)
            case "." where !isCode && depth == 0:
                let rest = text[text.index(after: index)...]
                guard rest.first == " ", rest.dropFirst().first?.isUppercase == true else { continue }
                sentences.append(String(text[start...index]))
                start = text.index(index, offsetBy: 2)
            default: break
            }
        }
        return sentences + [String(text[start...])]
    }

    /// What stands behind the mark of a list's item; nil for any other line.
    private static func item(_ line: Substring) -> Substring? {
        for mark in ["- ", "* ", "+ "] where line.hasPrefix(mark) { return line.dropFirst(2) }
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        let rest = line.dropFirst(digits.count)
        guard (1...3).contains(digits.count), rest.hasPrefix(". ") || rest.hasPrefix(") ") else { return nil }
        return rest.dropFirst(2)
    }

    /// A section as one paragraph of whole sentences.
    static func paragraph(_ section: String) -> String {
        let steps = steps(of: section, limit: .max)
        return shortened(steps.joined(separator: " "), byteLimit: ExplanationLimits.paragraphByteCount)
    }

    /// A text of at most so many bytes, cut behind a sentence, else between words.
    static func shortened(_ text: String, byteLimit: Int) -> String {
        guard text.utf8.count > byteLimit else { return text }
        var (kept, count, sentence, word) = ("", 0, 0, 0)
        for character in text {
            let size = character.utf8.count
            if count + size > byteLimit - 4 { break }
            kept.append(character)
            count += size
            if character == " " || character == "\n" {
                word = kept.count - 1
                if kept.dropLast().last.map({ ".!?:".contains($0) }) == true { sentence = word }
            }
        }
        if sentence > kept.count / 2 { return String(kept.prefix(sentence)) }
        return String(kept.prefix(word > 0 ? word : kept.count)) + " …"
    }

    /// A text without white space at its ends.
    static func trimmed(_ text: String) -> String {
        let head = text.drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
