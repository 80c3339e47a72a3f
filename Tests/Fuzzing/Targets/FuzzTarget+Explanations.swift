import LinuxSystem

@testable import AnomalyExplanation

extension FuzzTarget {
    /// Taking secrets out leaves the rest of a text as it is; advice of any section keeps its bounds; whatever is read
    /// as a record, nothing outside of it is.
    static let anomalyText = FuzzTarget(name: "anomaly-text") { input in
        let text = String(decoding: input, as: UTF8.self)
        var rest = Array(text.utf8)[...]
        for piece in Array(SecretRedaction.redacted(text).utf8).split(separator: Array("[redacted]".utf8)) {
            guard let found = rest.firstRange(of: piece) else { preconditionFailure("what is no secret stays") }
            rest = rest[found.upperBound...]
        }
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
