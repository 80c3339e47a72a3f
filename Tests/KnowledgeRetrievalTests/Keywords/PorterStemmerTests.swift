import TestSupport
import Testing

@testable import KnowledgeRetrieval

@Suite struct PorterStemmerTests {
    /// Against Snowball's answers for 4,400 words.
    @Test func `stems are those of Snowball`() throws {
        let text = try FixtureFile.text("stems.txt")
        var count = 0
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            let stem = Letter.text(PorterStemmer.stem(Array(words[0].utf8)))
            #expect(stem == words[1], "of \(words[0])")
            count += 1
        }
        #expect(count > 4_000)
    }

    @Test(arguments: ["a", "größe", "x86", "Pods"]) func `what is no word of small letters stays`(word: String) {
        #expect(PorterStemmer.stem(Array(word.utf8)) == Array(word.utf8))
    }
}
