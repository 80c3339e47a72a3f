import Testing

/// One rule of style that a machine can check in one file, with the samples that prove that it checks.
struct TidyRule: Sendable, CustomTestStringConvertible {
    /// A file that a sample pretends to be.
    struct Sample: Sendable {
        let path: String
        let text: String

        init(_ path: String, _ text: String) {
            self.path = path
            self.text = text
        }
    }

    /// The rule in one sentence.
    let sentence: String
    /// A sample that breaks the rule and must be found.
    let bad: [Sample]
    /// A sample that looks like a breach and is none.
    let good: [Sample]
    /// What is wrong with a file, each with its line where there is one.
    let findings: @Sendable (SourceFile) -> [String]

    var testDescription: String { sentence }

    /// Makes a rule that looks at one line of code after the other, in files that hold one of some words.
    static func inCode(
        _ sentence: String, about words: [String], bad: [Sample], good: [Sample],
        where applies: @escaping @Sendable (SourceFile) -> Bool = { $0.isSwift },
        finding: @escaping @Sendable (_ code: String, _ file: SourceFile, _ line: Int) -> String?
    ) -> TidyRule {
        TidyRule(sentence: sentence, bad: bad, good: good) { file in
            guard applies(file), words.contains(where: file.mayContain) else { return [] }
            return file.source.code.enumerated().compactMap { index, code in
                finding(code, file, index).map { "\(file.path):\(index + 1): \($0)" }
            }
        }
    }
}
