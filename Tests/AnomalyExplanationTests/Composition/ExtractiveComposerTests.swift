import KnowledgeRetrieval
import Testing

@testable import AnomalyExplanation

@Suite struct ExtractiveComposerTests {
    private let composer = ExtractiveComposer()

    private func answer(_ documents: [RetrievedDocument]) -> RetrievalAnswer {
        RetrievalAnswer(documents: documents, isKeywordOnly: true)
    }

    @Test func `the model's reasons and the runbook's sections become an explanation`() {
        let explanation = composer.compose(
            IncidentCases.incident(), answer([IncidentCases.runbook]), similar: [])
        #expect(explanation.title == "checkout: JVM heap is nearly full (heap used high, gc pause high)")
        #expect(
            explanation.rootCause.hasPrefix(
                "Model xgboost_anomaly (version 1) gives 0.986, and its rule is probabilities[1] > 0.85. "
                    + "Two features together make 90 % of what raises it, all of it: `heap_used_ratio` is 97.2 %, "
                    + "above all 20,000 rows of training (usually 31 % to 58 %); `gc_pause_seconds` is 310 ms, higher "
                    + "than in 99.4 % of training's rows"))
        #expect(explanation.rootCause.contains("“JVM heap is nearly full”: The heap is full. The collector"))
        #expect(explanation.impact == "Requests wait for the collector. [1]")
        #expect(
            explanation.actions == [
                "Take a histogram:\n```\njcmd 1 GC.class_histogram\n```\n[1]", "Look at the rate. [1]",
                "Restart one replica. [1]", "Raise `-Xmx` if memory is free. [1]",
            ])
        #expect(explanation.prevention == ["Alert at 80 %. [1]"])
        #expect(
            explanation.citations == [Citation(number: 1, id: "jvm-heap", title: "JVM heap is nearly full", score: 1)])
        #expect(explanation.generator == .extractive)
        #expect((0.5...1).contains(explanation.confidence))
    }

    @Test func `without a document that fits nothing is invented`() {
        var stranger = IncidentCases.runbook
        stranger.why.terms = ["the"]
        let explanation = composer.compose(IncidentCases.incident(), answer([stranger]), similar: [])
        #expect(explanation.impact.isEmpty && explanation.actions.isEmpty && explanation.prevention.isEmpty)
        #expect(explanation.citations.isEmpty)
        #expect(explanation.rootCause.contains("No document of the knowledge base fits"))
        #expect(explanation.title == "checkout: heap used high, gc pause high")
    }

    @Test func `corrections of people are told`() {
        let similar = SimilarIncident(
            id: "x-1", title: "t", lastTime: 0, count: 1, likeness: 1, verdict: .wrong, correction: "It was a leak.")
        let explanation = composer.compose(IncidentCases.incident(), answer([]), similar: [similar])
        #expect(explanation.rootCause.hasSuffix("Somebody has found of a similar incident (x-1): It was a leak."))
    }

    @Test func `advice is limited`() {
        var long = IncidentCases.runbook
        let list = (0..<30).map { "- step \($0)" }.joined(separator: "\n")
        long.sections = ["Diagnosis", "Mitigation", "Prevention"].map { DocumentSection(heading: $0, text: list) }
        let explanation = composer.compose(IncidentCases.incident(), answer([long]), similar: [])
        #expect(explanation.actions.count == ExplanationLimits.actions)
        #expect(explanation.prevention.count == ExplanationLimits.preventions)
    }

    @Test func `what is searched for is the message, or the symptoms where there is none`() {
        let silent = composer.query(for: IncidentCases.incident())
        #expect(silent.message == "heap used high, gc pause high")
        #expect(silent.names == ["xgboost_anomaly", "checkout"])
        #expect(silent.service == "checkout")
        #expect(silent.limit == ExplanationLimits.documents)
        let told = composer.query(for: IncidentCases.incident(message: "Java heap space"))
        #expect(told.message == "Java heap space")
        #expect(told.names == ["heap used high", "gc pause high", "xgboost_anomaly", "checkout"])
    }

    @Test func `rows that nobody can explain are told so`() {
        let none = composer.compose(IncidentCases.incident(evidence: RowEvidence()), answer([]), similar: [])
        #expect(none.rootCause.contains("No single feature stands out"))
        #expect(none.title == "checkout: unusual row")
        let rare = RowEvidence(features: [IncidentCases.heap], method: .rarity)
        let rarity = composer.compose(IncidentCases.incident(evidence: rare), answer([]), similar: [])
        #expect(rarity.rootCause.contains("How much each feature adds is not known"))
    }
}
