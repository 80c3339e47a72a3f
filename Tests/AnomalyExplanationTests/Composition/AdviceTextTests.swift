import Testing

@testable import AnomalyExplanation

@Suite struct AdviceTextTests {
    @Test func `items of lists are steps, with what belongs to them`() {
        let section = "First:\n\n1. Look\n   at it\n2. Run\n```\na b\n```\n- And so on\n  * indented"
        #expect(
            AdviceText.steps(of: section, limit: 9) == [
                "First:", "Look at it", "Run\n```\na b\n```", "And so on", "indented",
            ])
    }

    @Test func `paragraphs are steps where there is no list`() {
        #expect(AdviceText.steps(of: "One\ntwo.\n\nThree.\n", limit: 9) == ["One two.", "Three."])
        #expect(AdviceText.steps(of: " \n", limit: 9) == [])
        #expect(AdviceText.steps(of: "- a\n- b\n- c", limit: 2) == ["a", "b"])
    }

    @Test func `sentences of paragraphs are orders`() {
        let text = "Stop it (e.g. by hand. Or not). Run `a. B`. Then e.g. wait for 1.5 s. Tell people"
        #expect(
            AdviceText.orders(of: text, limit: 9) == [
                "Stop it (e.g. by hand. Or not).", "Run `a. B`.", "Then e.g. wait for 1.5 s.", "Tell people",
            ])
        #expect(AdviceText.orders(of: "Run. Now\n```\na. B\n```", limit: 9) == ["Run. Now\n```\na. B\n```"])
    }

    @Test func `a long text is cut behind a sentence`() {
        let text = String(repeating: "A sentence of words. ", count: 60)
        let cut = AdviceText.paragraph(text)
        #expect(cut.utf8.count <= ExplanationLimits.paragraphByteCount)
        #expect(cut.hasSuffix("words."))
        let word = AdviceText.shortened(String(repeating: "word ", count: 300), byteLimit: 100)
        #expect(word.hasSuffix("word …") && word.utf8.count <= 100)
        let step = AdviceText.steps(of: "- " + String(repeating: "é", count: 900), limit: 1)[0]
        #expect(step.utf8.count <= ExplanationLimits.stepByteCount)
    }
}
