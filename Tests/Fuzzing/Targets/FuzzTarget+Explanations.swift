import LinuxSystem

@testable import AnomalyExplanation

extension FuzzTarget {
    /// Taking secrets out leaves a text, and is done once; advice of any section keeps its bounds; whatever is read as
    /// a record, nothing outside of it is.
    static let anomalyText = FuzzTarget(name: "anomaly-text") { input in
        let text = String(decoding: input, as: UTF8.self)
        let redacted = SecretRedaction.redacted(text)
        precondition(SecretRedaction.redacted(redacted) == redacted, "what is redacted stays as it is")
        for step in AdviceText.steps(of: text, limit: 20) {
            precondition(step.utf8.count <= ExplanationLimits.stepByteCount, "a step keeps its limit")
            precondition(AdviceText.sentences(step).allSatisfy { !$0.isEmpty }, "a sentence says something")
        }
        precondition(
            AdviceText.paragraph(text).utf8.count <= ExplanationLimits.paragraphByteCount, "a paragraph keeps its limit"
        )
        var place = 0
        while place < input.count {
            let before = place
            let anomaly = AnomalyRecord.next(in: input.span, from: &place)
            precondition(place > before, "reading goes on")
            if anomaly == nil { break }
        }
    }
}
